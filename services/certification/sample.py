"""The sample batch: 284 made-up candidates whose results are those of December 2020 (C6).

187 call-centre agents, of whom 171 pass, and 97 line workers, of whom 91 pass. Every run gives the same
people: all of it is arithmetic on the place in the list, nothing is drawn at random. Identity numbers are
valid by check digit, but their region code is 999999: the province codes of GB/T 2260 run from 11 to 82,
so no such number belongs to anybody (X5). Two candidates share the name 王丽.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from services.certification.candidates import rules as enrolments
from services.certification.catalogue.rules import Catalogue, Qualification
from services.certification.data import CATALOGUES
from services.certification.scores import rules as scores
from shared.documents.rows import Cell
from shared.documents.spreadsheets import Table, write_rows
from shared.standards.identity_number import IdentityNumber, Sex

UNASSIGNED_REGION: Final = "999999"
SHARED_NAME: Final = "王丽"
ENROLMENT_SHEET: Final = "报名"
SCORE_SHEET: Final = "成绩"

_SURNAMES: Final = "王李张刘陈杨黄吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
_MEN: Final = "建志永国海文晓立宏春俊少子"
_MEN_SECOND: Final = "平强军刚明斌峰鹏宇辉龙涛飞杰凯"
_WOMEN: Final = "雅晓慧淑秀玉美春海雪若佳文"
_WOMEN_SECOND: Final = "芬娟敏静萍霞婷琴洁颖莲芸玲倩薇"
_SHARERS: Final = (16, 203)
_TENTH: Final = Decimal("0.1")
_FIRST_BIRTHDAY: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class _Group:
    """Candidates examined in one thing: how many, and the two scores of each who fails."""

    qualification: Qualification
    count: int
    failing: tuple[tuple[str, str], ...]


_GROUPS: Final = (
    _Group(
        Qualification("call-centre-agent", "call-centre-agent", 3),
        112,
        (
            ("59.5", "72.0"),
            ("48.0", "66.5"),
            ("70.5", "59.5"),
            ("55.5", "81.0"),
            ("63.0", "41.5"),
            ("45.0", "38.5"),
            ("52.0", "60.0"),
            ("88.0", "54.0"),
            ("59.5", "59.5"),
        ),
    ),
    _Group(
        Qualification("call-centre-agent", "call-centre-agent", 4),
        75,
        (
            ("57.0", "64.5"),
            ("61.5", "56.5"),
            ("50.5", "77.0"),
            ("60.0", "59.5"),
            ("33.5", "52.0"),
            ("59.0", "69.5"),
            ("74.0", "47.0"),
        ),
    ),
    _Group(Qualification("line-worker", "optical-cable-line-worker", 3), 34, (("59.5", "83.0"), ("79.5", "58.0"))),
    _Group(Qualification("line-worker", "optical-cable-line-worker", 4), 24, (("66.0", "59.5"), ("51.5", "49.0"))),
    _Group(Qualification("line-worker", "antenna-line-worker", 3), 22, (("58.5", "90.0"),)),
    _Group(Qualification("line-worker", "antenna-line-worker", 4), 17, (("60.0", "30.0"),)),
)


@dataclass(frozen=True)
class SampleCandidate:
    """One made-up person, what they enrol in, and how they score."""

    name: str
    identity_number: IdentityNumber
    qualification: Qualification
    theory: Decimal
    practical: Decimal


@cache
def candidates() -> tuple[SampleCandidate, ...]:
    """The 284, call-centre agents first; the same at every call."""
    return tuple(_candidates())


def enrolment_rows() -> list[dict[str, Cell]]:
    """The rows of the enrolment sheet by column key, with names from the catalogue and full numbers."""
    names = _Names(CATALOGUES[0])
    return [
        {
            "name": person.name,
            "identity_number": person.identity_number.reveal(),
            "occupation": names.occupation[person.qualification.occupation],
            "work_type": names.work_type[person.qualification.work_type],
            "level": names.level[person.qualification.level],
        }
        for person in candidates()
    ]


def score_rows() -> list[dict[str, Cell]]:
    """The rows of the score sheet by column key, in the same order; scores are numbers."""
    names = _Names(CATALOGUES[0])
    return [
        {
            "name": person.name,
            "identity_number": person.identity_number.reveal(),
            "occupation": names.occupation[person.qualification.occupation],
            "theory": person.theory,
            "practical": person.practical,
        }
        for person in candidates()
    ]


def workbook() -> bytes:
    """The .xlsx file with the sheets 报名 and 成绩; the same bytes at every call."""
    score_columns = [column for column in scores.COLUMNS if column.key != "review"]
    return write_rows(
        [
            Table(ENROLMENT_SHEET, enrolments.COLUMNS, enrolment_rows()),
            Table(SCORE_SHEET, score_columns, score_rows()),
        ]
    )


class _Names:
    """From code to the Chinese name that a sheet shows."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.occupation = {each.code: each.name.zh for each in catalogue.occupations}
        self.work_type: dict[str | None, str] = {
            branch.code: branch.name.zh for each in catalogue.occupations for branch in each.work_types
        }
        self.level = {each.number: each.name.zh for each in catalogue.levels}


def _candidates() -> Iterator[SampleCandidate]:
    index = 0
    for group in _GROUPS:
        failing = {_place(group, nth): pair for nth, pair in enumerate(group.failing)}
        for place in range(group.count):
            theory, practical = failing.get(place) or _passing(index)
            yield SampleCandidate(
                _name(index),
                _identity_number(index),
                group.qualification,
                Decimal(theory).quantize(_TENTH),
                Decimal(practical).quantize(_TENTH),
            )
            index += 1


def _place(group: _Group, nth: int) -> int:
    """Where in its group the ``nth`` who fails stands: spread evenly, never the first."""
    return (2 * nth + 1) * group.count // (2 * len(group.failing))


def _passing(index: int) -> tuple[str, str]:
    """Two scores from 60.0 to 98.5 in halves; the first candidate just passes both parts."""
    theory, practical = index * 29 % 78, index * 43 % 78
    return str(60 + Decimal(theory) / 2), str(60 + Decimal(practical) / 2)


def _sex(index: int) -> Sex:
    return Sex.FEMALE if index in _SHARERS or index % 5 < 2 else Sex.MALE


def _name(index: int) -> str:
    if index in _SHARERS:
        return SHARED_NAME
    woman = _sex(index) is Sex.FEMALE
    first, second = (_WOMEN, _WOMEN_SECOND) if woman else (_MEN, _MEN_SECOND)
    surname = _SURNAMES[index % len(_SURNAMES)]
    return surname + first[index * 7 % len(first)] + second[index * 11 % len(second)]


def _identity_number(index: int) -> IdentityNumber:
    birthday = _FIRST_BIRTHDAY + timedelta(days=index * 37 % 10_500)
    serial = 2 * (index % 400) + (1 if _sex(index) is Sex.MALE else 2)
    return IdentityNumber.make(UNASSIGNED_REGION, birthday, serial)
