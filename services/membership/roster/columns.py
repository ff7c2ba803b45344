"""What the sheet of the roster has in its columns, and the words that stand in them (M1, M2)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from services.membership.dues.rules import Standing
from services.membership.units.rules import Basis, Tier, tier
from shared.documents.rows import Cell, Column, folded
from shared.text import Language, Text

COLUMNS: Final = (
    Column("id", Text("会员编号", "Id")),
    Column("name", Text("单位名称", "Name"), required=True),
    Column("short_name", Text("简称", "Short name")),
    Column("credit_code", Text("统一社会信用代码", "Unified social credit code")),
    Column("tier", Text("会员层级", "Tier")),
    Column("place", Text("所在地", "Place")),
    Column("admitted_on", Text("入会日期", "Admitted on")),
    Column("basis", Text("会员身份依据", "How the membership is known")),
    Column("standing", Text("会费状态", "Standing")),
    Column("left_on", Text("退会日期", "No member since")),
)
"""The last three are only shown: a sheet that comes in changes nothing by them."""

ANOTHER: Final = Text("新增", "new")
"""What stands as the id of a unit that is none of those on record, although one is called like it."""

Places = Mapping[str, Text]


class OnRecord(Protocol):
    """A unit as it is on record."""

    id: UUID
    name: str
    short_name: str | None
    credit_code: str | None
    tier: str | None
    place: str | None
    admitted_on: date | None
    basis: str
    standing: str
    left_on: date | None


def line(unit: OnRecord, places: Places, language: Language) -> dict[str, Cell]:
    """``unit`` as a row of the sheet: codes as the words people use for them."""
    return {
        "id": str(unit.id),
        "name": unit.name,
        "short_name": unit.short_name,
        "credit_code": unit.credit_code,
        "tier": tier(unit.tier).label.in_(language) if unit.tier else None,
        "place": places[unit.place].in_(language) if unit.place else None,
        "admitted_on": unit.admitted_on,
        "basis": Basis(unit.basis).label.in_(language),
        "standing": Standing(unit.standing).label.in_(language),
        "left_on": unit.left_on,
    }


def tier_words() -> dict[str, str]:
    """Whatever people call a tier, folded → its code."""
    return _words((each.code, each.label) for each in Tier)


def place_words(places: Places) -> dict[str, str]:
    """Whatever people call a place, folded → its code; 太原 is 太原市 as well."""
    short = {folded(label.zh).removesuffix("市"): code for code, label in places.items()}
    return short | _words(places.items())


def _words(labels: Iterable[tuple[str, Text]]) -> dict[str, str]:
    return {folded(word): code for code, label in labels for word in (code, *label)}
