"""Member units 会员单位: their unified social credit code and their tier (M1, M2, X5).

A unit is known by its id and its credit code, never by its name: names change, and two units may share one.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, own_unit
from shared.text import Text

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
# Registrar and kind of body, six digits of administrative division, organisation code, check character.
_SHAPE = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")


def check_character(first17: str) -> str:
    """The 18th character of a credit code from the first 17, per GB 32100-2015.

    Weights are the powers of 3 modulo 31; ``first17`` must consist of the code's own characters (KeyError).
    """
    weighted = sum(_VALUE[character] * pow(3, place, 31) for place, character in enumerate(first17))
    return _ALPHABET[-weighted % 31]


def credit_code(text: str) -> str:
    """The unified social credit code 统一社会信用代码 in capitals, shape and check character verified (M1).

    Small ASCII letters are read as capitals. Refused: another length, full-width characters, the letters that
    the standard leaves out (I O S V Z), a wrong check character.
    """
    code = text.upper() if text.isascii() else text
    if not _SHAPE.fullmatch(code):
        raise Refused(
            "M1",
            "统一社会信用代码为18位，第3至8位是数字，其余为数字或大写字母（不含I、O、S、V、Z）",
            "A unified social credit code has 18 characters: digits in places 3 to 8, elsewhere digits or "
            "letters other than I, O, S, V and Z",
            code="credit-code",
            field="credit_code",
        )
    if check_character(code[:17]) != code[17]:
        raise Refused(
            "M1",
            "统一社会信用代码校验位不符",
            "The check character of the unified social credit code is wrong",
            code="credit-code-check",
            field="credit_code",
        )
    return code


def whose_change(unit: UUID, wanted: Collection[str]) -> tuple[Bond, ...]:
    """Who does not make a change to ``unit`` with the fields ``wanted`` (X8): where it sets the tier, by which the unit
    is admitted and pays, whoever represents it. Other fields are for the unit itself to keep right."""
    return (own_unit(Text("会员层级", "tier"), [unit]),) if "tier" in wanted else ()


def check_code_free(holder: UUID | None) -> None:
    """Refuse a credit code that ``holder``, another unit, has already (M1)."""
    if holder is not None:
        raise Refused(
            "M1",
            "此统一社会信用代码已登记在另一单位名下",
            "Another unit has this unified social credit code",
            code="credit-code-taken",
            field="credit_code",
        )


class Tier(IntEnum):
    """A unit's tier by its office (M2), lowest first. The president's unit is a VICE_PRESIDENT one too."""

    MEMBER = 1
    DIRECTOR = 2
    STANDING_DIRECTOR = 3
    VICE_PRESIDENT = 4

    @property
    def code(self) -> str:
        """The word that stores and messages use, e.g. "standing_director"."""
        return self.name.lower()

    @property
    def label(self) -> Text:
        return _TIERS[self]


_TIERS = {
    Tier.MEMBER: Text("会员单位", "Member unit"),
    Tier.DIRECTOR: Text("理事单位", "Director unit"),
    Tier.STANDING_DIRECTOR: Text("常务理事单位", "Standing director unit"),
    Tier.VICE_PRESIDENT: Text("副理事长单位", "Vice-president unit"),
}
_BY_CODE = {tier.code: tier for tier in Tier}


class Basis(StrEnum):
    """How the association knows that a unit is a member (M1)."""

    STATED = "stated"
    INFERRED = "inferred"
    ADMITTED = "admitted"

    @property
    def label(self) -> Text:
        return _BASES[self]


_BASES = {
    Basis.STATED: Text("文件明言", "The founding document says so"),
    Basis.INFERRED: Text("由文件推断，待核", "Inferred from the founding document, to be confirmed"),
    Basis.ADMITTED: Text("入会登记", "Admitted and recorded here"),
}

NAME_LENGTH = 100
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Co"})


def unit_name(text: str, field: str = "name") -> str:
    """A unit's name or short name as it is kept: without outer white space, 1 to 100 visible characters (M1)."""
    name = unicodedata.normalize("NFC", text).strip()
    if not 0 < len(name) <= NAME_LENGTH or any(unicodedata.category(c) in _NOT_TEXT for c in name):
        raise Refused(
            "M1",
            f"单位名称不能为空，不超过{NAME_LENGTH}个字，不含不可见字符",
            f"A unit's name has 1 to {NAME_LENGTH} characters, all of them visible",
            code="unit-name",
            field=field,
        )
    return name


def check_admission(admitted_on: date, today: date) -> None:
    """Refuse to record an admission before it has happened (M1)."""
    if admitted_on > today:
        raise Refused(
            "M1",
            "入会日期不能晚于今天",
            "A unit cannot have been admitted later than today",
            code="admitted-later",
            field="admitted_on",
        )


ADMISSION = "unit-admission"
"""The matter on which a body admits an applicant."""
REMOVAL = "unit-removal"
"""The matter on which a body removes a member."""


class Leaving(StrEnum):
    """How a membership ends (M1)."""

    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    REVOKED = "revoked"

    @property
    def label(self) -> Text:
        return _LEAVINGS[self]


_LEAVINGS = {
    Leaving.WITHDRAWN: Text("退会", "Withdrawn"),
    Leaving.REMOVED: Text("除名", "Removed"),
    Leaving.REVOKED: Text("入会决议已撤销", "Admission revoked"),
}


def is_member(left_on: date | None, day: date) -> bool:
    """Whether a unit that left on that day, its first as no member, is one on ``day`` (M1)."""
    return left_on is None or day < left_on


def check_member(left_on: date | None, day: date, field: str = "unit_id") -> None:
    """Refuse (M1) on ``day`` what only members may, for a unit that has left by then."""
    if not is_member(left_on, day):
        raise Refused(
            "M1",
            f"该单位已不是会员（{left_on}起）",
            f"The unit is no member any more (since {left_on})",
            code="unit-left",
            field=field,
        )


class Membership(NamedTuple):
    """One time as a member: from ``admitted_on``, None where that is not known, up to, not including, ``left_on``,
    None while it lasts. A unit that came back has several."""

    admitted_on: date | None
    left_on: date | None

    def meets(self, year: int) -> bool:
        """Whether a day of that year lies in it."""
        begun = self.admitted_on is None or self.admitted_on.year <= year
        return begun and (self.left_on is None or self.left_on > date(year, 1, 1))


def was_member_in(year: int, memberships: Iterable[Membership]) -> bool:
    """Whether the unit was a member on any day of that year (M1)."""
    return any(each.meets(year) for each in memberships)


@dataclass(frozen=True)
class Change:
    """What one field of a unit was and what it is from now on; codes and names as they are kept."""

    field: str
    before: str | date | None
    after: str | date | None

    @property
    def written(self) -> dict[str, str | None]:
        """The change in words, as it is kept and shown; a day as in ISO 8601."""
        before, after = (None if value is None else str(value) for value in (self.before, self.after))
        return {"field": self.field, "before": before, "after": after}


def changes(unit: Mapping[str, str | date | None], wanted: Mapping[str, str | date | None]) -> tuple[Change, ...]:
    """What really changes when ``unit`` (field → value) takes over ``wanted``; nothing where they agree (M1)."""
    return tuple(Change(name, unit[name], value) for name, value in wanted.items() if unit[name] != value)


def tier(code: str) -> Tier:
    """The tier of that code; another word is refused (M2)."""
    found = _BY_CODE.get(code)
    if found is None:
        raise Refused("M2", "没有这一会员层级", "There is no such tier", code="unknown-tier", field="tier")
    return found


def known_place(code: str, known: Collection[str]) -> str:
    """``code``, if it is one of the places that units can be registered under; another is refused (M1)."""
    if code not in known:
        raise Refused("M1", "没有这一所在地代码", "There is no place of this code", code="unknown-place", field="place")
    return code
