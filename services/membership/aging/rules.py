"""The bands by which open dues are aged 账龄 (M4, X4). A day is overdue that comes after the last day to pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from shared.errors import Refused
from shared.text import Text

BANDS = Text("会费账龄分段", "bands by which dues are aged")
NOT_DUE = "not_due"


class Band(NamedTuple):
    """From ``since`` through ``through`` days overdue; None has no end on that side."""

    code: str
    label: Text
    since: int | None
    through: int | None

    def due_between(self, as_of: date) -> tuple[date | None, date | None]:
        """The first and the last last day to pay of what is in this band on ``as_of``; None has no end."""
        first = as_of - timedelta(days=self.through) if self.through is not None else None
        return first, as_of - timedelta(days=self.since) if self.since is not None else None


@dataclass(frozen=True, slots=True)
class AgingBands:
    """One version of the bands: ``through`` is the last day overdue of each but the last (X4)."""

    version: str
    effective_from: date
    through: tuple[int, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "AgingBands":
        """The bands as one entry of ``versions`` in data/dues_aging.json gives them."""
        return cls(data["id"], date.fromisoformat(data["effective_from"]), tuple(data["through"]))

    @property
    def starts(self) -> tuple[int, ...]:
        """The first day overdue of each band but that of what is not due yet."""
        return 1, *(last + 1 for last in self.through)

    @property
    def bands(self) -> tuple[Band, ...]:
        """Every band, what is not due yet first: each day, overdue or not, is in exactly one."""
        oldest = self.through[-1]
        overdue = (
            Band(f"{since}-{last}", Text(f"逾期{since}—{last}天", f"{since} to {last} days overdue"), since, last)
            for since, last in zip(self.starts, self.through, strict=False)
        )
        return (
            Band(NOT_DUE, Text("未到期", "Not due yet"), None, 0),
            *overdue,
            Band(f"over-{oldest}", Text(f"逾期超过{oldest}天", f"More than {oldest} days overdue"), oldest + 1, None),
        )

    def band(self, code: str) -> Band:
        """The band of that code; another word is refused (M4)."""
        for band in self.bands:
            if band.code == code:
                return band
        codes = "、".join(band.code for band in self.bands)
        raise Refused("M4", f"账龄分段为：{codes}", f"The bands are: {codes}", code="unknown-band", field="band")


def check_as_of(as_of: date, today: date) -> None:
    """Refuse (M4) to age as of a past day: what was open then is not known here, only what is open now."""
    if as_of < today:
        raise Refused(
            "M4",
            "账龄按目前尚欠计算，截止日不能早于今天",
            "What is open now is aged: as of today or a later day",
            code="aging-past",
            field="as_of",
        )
