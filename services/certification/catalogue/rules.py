"""The catalogue and the accreditation (C1): what the centre may examine, and since when.

Names are what people write in sheets, codes are what the software keeps. Where an occupation names no work
type, it is examined as a whole and its work type is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from services.certification.versions import Versioned
from shared.errors import Refused
from shared.text import Text


@dataclass(frozen=True)
class WorkType:
    """工种, a branch of an occupation."""

    code: str
    name: Text


@dataclass(frozen=True)
class Occupation:
    """职业. ``also`` are shorter names in use; ``work_types`` only those that a source names."""

    code: str
    name: Text
    also: tuple[str, ...]
    work_types: tuple[WorkType, ...]


@dataclass(frozen=True)
class Level:
    """技能等级, from 5 (五级/初级工) up to 1 (一级/高级技师)."""

    number: int
    name: Text


@dataclass(frozen=True, kw_only=True)
class Catalogue(Versioned):
    """What exists. ``work_types_stated`` is the number the notice gives, more than are named."""

    occupations: tuple[Occupation, ...]
    levels: tuple[Level, ...]
    work_types_stated: int


@dataclass(frozen=True, kw_only=True)
class Accreditation(Versioned):
    """备案资格: what the authority lets the centre examine, from ``effective_from`` on.

    ``expires_on`` is the last day and ``levels`` are those covered, each None where the notice is silent.
    """

    expires_on: date | None
    occupations: frozenset[str]
    levels: frozenset[int] | None


class Qualification(NamedTuple):
    """What a candidate is examined in, by codes; no work type where the occupation names none."""

    occupation: str
    work_type: str | None
    level: int


def find_occupation(catalogue: Catalogue, text: object) -> Occupation:
    """The occupation with that code, name or shorter name. Refused by C1 outside the catalogue."""
    wanted = _cell(text)
    for occupation in catalogue.occupations:
        if wanted in (occupation.code, occupation.name.zh, *occupation.also):
            return occupation
    raise Refused(
        "C1",
        "职业不在本中心的认定目录内",
        "The occupation is not in the catalogue",
        code="occupation-unknown",
        field="occupation",
    )


def find_work_type(occupation: Occupation, text: object) -> WorkType | None:
    """The work type of ``occupation`` with that code or name.

    Blank is None where the occupation names no work type, and its one work type where that bears the
    occupation's own name; elsewhere a work type is required. Refused by C1.
    """
    wanted = _cell(text)
    if not wanted:
        if not occupation.work_types:
            return None
        only = occupation.work_types[0]
        if len(occupation.work_types) == 1 and only.name.zh == occupation.name.zh:
            return only
        raise Refused(
            "C1",
            f"{occupation.name.zh}须注明工种",
            "This occupation needs a work type",
            code="work-type-required",
            field="work_type",
        )
    for work_type in occupation.work_types:
        if wanted in (work_type.code, work_type.name.zh):
            return work_type
    raise Refused(
        "C1",
        f"工种不在{occupation.name.zh}的认定目录内",
        "The work type is not in the catalogue for this occupation",
        code="work-type-unknown",
        field="work_type",
    )


def find_level(catalogue: Catalogue, text: object) -> Level:
    """The level by number (3 or "3"), by name (三级/高级工) or by either half of it. Refused by C1."""
    wanted = str(text) if isinstance(text, int) and not isinstance(text, bool) else _cell(text)
    for level in catalogue.levels:
        if wanted in (str(level.number), level.name.zh, *level.name.zh.split("/")):
            return level
    raise Refused(
        "C1",
        "技能等级须为五级/初级工至一级/高级技师之一",
        "The level is none of the five",
        code="level-unknown",
        field="level",
    )


def find(catalogue: Catalogue, occupation: object, work_type: object, level: object) -> Qualification:
    """The qualification that three texts name. Refused by C1 where one is outside the catalogue."""
    found = find_occupation(catalogue, occupation)
    branch = find_work_type(found, work_type)
    return Qualification(found.code, branch.code if branch else None, find_level(catalogue, level).number)


def check_accredited(accreditation: Accreditation, qualification: Qualification, day: date) -> None:
    """Refuse by C1 what the accreditation does not cover on ``day``; its first and last day are covered."""
    if day < accreditation.effective_from:
        raise Refused(
            "C1",
            f"本中心自 {accreditation.effective_from.isoformat()} 起方具备认定资格",
            f"The centre is accredited from {accreditation.effective_from.isoformat()} on only",
            code="not-yet-accredited",
        )
    if accreditation.expires_on is not None and day > accreditation.expires_on:
        raise Refused(
            "C1",
            f"本中心的认定资格已于 {accreditation.expires_on.isoformat()} 到期",
            f"The accreditation ended on {accreditation.expires_on.isoformat()}",
            code="accreditation-expired",
        )
    if qualification.occupation not in accreditation.occupations:
        raise Refused(
            "C1",
            "该职业不在本中心的备案范围内",
            "The accreditation does not cover this occupation",
            code="occupation-not-accredited",
            field="occupation",
        )
    if accreditation.levels is not None and qualification.level not in accreditation.levels:
        raise Refused(
            "C1",
            "该等级不在本中心的备案范围内",
            "The accreditation does not cover this level",
            code="level-not-accredited",
            field="level",
        )


@dataclass(frozen=True)
class QualificationNames:
    """A qualification as people read it; no work type where the occupation names none."""

    occupation: Text
    work_type: Text | None
    level: Text


def names(catalogue: Catalogue, qualification: Qualification) -> QualificationNames:
    """The names of a qualification that the catalogue has."""
    occupation = _by_code(catalogue.occupations, qualification.occupation)
    level = next(level for level in catalogue.levels if level.number == qualification.level)
    if qualification.work_type is None:
        return QualificationNames(occupation.name, None, level.name)
    return QualificationNames(
        occupation.name, _by_code(occupation.work_types, qualification.work_type).name, level.name
    )


_Coded = TypeVar("_Coded", Occupation, WorkType)


def _by_code(things: Iterable[_Coded], code: str) -> _Coded:
    return next(thing for thing in things if thing.code == code)


def _cell(text: object) -> str:
    return text.strip() if isinstance(text, str) else ""
