"""Dues standards 会费标准: which there can be, which holds on a day, and until when it is published (M2, M3, X4).

A dues standard exists only by a resolution of the assembly, and there is proration and waiver only as that says.
Amounts are fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from services.membership.standards.months import Joining, Leaving
from services.membership.units.rules import tier
from shared.effective import in_force
from shared.errors import Refused
from shared.text import Text

MATTER = "dues-standard"
"""The matter on which a dues standard is resolved."""
ASSEMBLY = "assembly"
"""The only body that resolves on it (M3)."""

STANDARD = Text("会费标准", "dues standards")


class TierAmount(NamedTuple):
    """The yearly dues of one tier, in fen; zero where the resolution waives them."""

    tier: str
    amount: int


class Waiver(NamedTuple):
    """Whom the assembly let off 减免: a tier or one unit, for one year; None is for as long as the standard holds."""

    tier: str | None
    unit: UUID | None
    year: int | None

    def covers(self, unit: UUID, tier: str, year: int) -> bool:
        """Whether a unit of that tier owes nothing for that year by it."""
        return (self.tier == tier or self.unit == unit) and self.year in (None, year)


@dataclass(frozen=True, slots=True)
class Standard:
    """A dues standard 会费标准: fixed amounts by the code of the tier, from ``effective_from`` on,
    up to, not including, ``ended_on`` where its resolution was revoked."""

    id: UUID
    effective_from: date
    amounts: Mapping[str, int]
    ended_on: date | None = None
    joining: Joining = Joining.WHOLE_YEAR
    leaving: Leaving = Leaving.NOTHING_BACK
    waivers: Sequence[Waiver] = field(default=())

    def holds(self, on: date) -> bool:
        """Whether it has begun by that day and was not revoked by then (X7)."""
        return self.effective_from <= on and (self.ended_on is None or on < self.ended_on)

    def waives(self, unit: UUID, tier: str, year: int) -> bool:
        """Whether a unit of that tier owes nothing for that year."""
        return any(waiver.covers(unit, tier, year) for waiver in self.waivers)


def check_standard(
    body: str, amounts: Sequence[TierAmount], effective_from: date | None, waivers: Sequence[Waiver] = ()
) -> dict[str, int]:
    """The amounts of a new standard by tier. Refused (M3): resolved by another body than the assembly, without a
    first day, without a tier, a tier twice, a waiver that is not for one tier or one unit. Refused (M2): a tier that
    there is not."""
    if body != ASSEMBLY:
        raise Refused(
            "M3",
            "会费标准只能由会员代表大会决定",
            "Only the assembly sets a dues standard",
            code="not-the-assembly",
        )
    if effective_from is None:
        raise Refused(
            "M3", "会费标准须写明施行日期", "A dues standard names its first day", code="standard-without-day"
        )
    by_tier = {tier(each.tier).code: each.amount for each in amounts}
    if not by_tier or len(by_tier) < len(amounts):
        raise Refused(
            "M3",
            "会费标准须按层级定额，每一层级一个金额",
            "A dues standard sets one amount for each tier it names",
            code="standard-tiers",
        )
    for waiver in waivers:
        if (waiver.tier is None) == (waiver.unit is None):
            raise Refused(
                "M3", "减免须针对一个层级或一家单位", "A waiver is for one tier or for one unit", code="waiver-whose"
            )
        if waiver.tier is not None:
            tier(waiver.tier)
    return by_tier


def standard_for(standards: Sequence[Standard], year: int, day: date) -> Standard:
    """The standard by which an invoice of ``day`` for ``year`` is made: the one in force, for a past year on its
    last day. ``standards`` stand with the latest resolved first. Refused (M3): a year to come, none in force."""
    if year > day.year:
        raise Refused(
            "M3",
            f"{year}年尚未开始，不能开具会费通知",
            f"{year} has not begun: no invoice for it yet",
            code="year-to-come",
            field="year",
        )
    on = min(day, date(year, 12, 31))
    standing = [standard for standard in standards if standard.holds(on)]
    if not standing:
        raise Refused(
            "M3",
            f"{on.isoformat()}没有施行的会费标准；会费标准须经会员代表大会决议",
            f"No dues standard is in force on {on.isoformat()}: it takes a resolution of the assembly",
            code="no-standard",
        )
    return in_force(standing, on, STANDARD)


@dataclass(frozen=True, slots=True)
class PublicationTerms:
    """One version of within how many days a standard is published to the members (M3, X4)."""

    version: str
    effective_from: date
    days_to_publish: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PublicationTerms":
        """The terms as one entry of ``versions`` in data/dues_publication.json gives them."""
        return cls(data["id"], date.fromisoformat(data["effective_from"]), data["days_to_publish"])

    def publish_by(self, adopted_on: date) -> date:
        """The last day to publish what was resolved that day, all of it (X3)."""
        return adopted_on + timedelta(days=self.days_to_publish)


def publication_terms_on(versions: Iterable[PublicationTerms], adopted_on: date) -> PublicationTerms | None:
    """The terms for a standard resolved that day; None before there were any."""
    begun = [version for version in versions if version.effective_from <= adopted_on]
    return max(begun, key=lambda version: version.effective_from, default=None)


def check_publication(adopted_on: date, published_on: date, published: date | None, today: date) -> None:
    """Refuse (M3) to record that a standard was published before it was resolved or later than today, and (X7) a second
    time: ``published`` is the day on record."""
    if published is not None:
        raise Refused(
            "X7",
            f"该会费标准已于{published.isoformat()}向会员公布",
            f"The standard was published to the members on {published.isoformat()}",
            code="standard-published",
        )
    if not adopted_on <= published_on <= today:
        raise Refused(
            "M3",
            f"公布日期须在通过之日（{adopted_on.isoformat()}）至今天之间",
            f"It was published on a day from {adopted_on.isoformat()}, when it was resolved, through today",
            code="publication-day",
            field="published_on",
        )
