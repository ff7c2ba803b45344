"""Scores, pass marks, re-sits and what comes of them (C5)."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final, Literal

from services.certification.versions import Versioned
from shared.errors import Refused
from shared.text import Text

_SCORE = re.compile(r"(?:0|[1-9][0-9]?)(?:\.[0-9])?|100(?:\.0)?", re.ASCII)
_TENTH = Decimal("0.1")
_ABSENT_WORD = "缺考"


class Part(StrEnum):
    """A part of the examination: 理论知识考试, 操作技能考核, 综合评审."""

    THEORY = "theory"
    PRACTICAL = "practical"
    REVIEW = "review"


PART_NAMES: Final[dict[Part, Text]] = {
    Part.THEORY: Text("理论知识考试", "theory"),
    Part.PRACTICAL: Text("操作技能考核", "practical"),
    Part.REVIEW: Text("综合评审", "comprehensive review"),
}


class Absence(Enum):
    """缺考: the candidate did not sit the part. Not a score, and not the same as no score yet."""

    ABSENT = "absent"


ABSENT: Final = Absence.ABSENT
Mark = Decimal | Literal[Absence.ABSENT]


@dataclass(frozen=True, kw_only=True)
class PassMarks(Versioned):
    """合格线: what each part needs (inclusive), which levels sit the review, its smallest panel."""

    theory: Decimal
    practical: Decimal
    review: Decimal
    review_levels: frozenset[int]
    review_panel_minimum: int

    def of(self, part: Part) -> Decimal:
        return {Part.THEORY: self.theory, Part.PRACTICAL: self.practical, Part.REVIEW: self.review}[part]


@dataclass(frozen=True, kw_only=True)
class ResitPeriod(Versioned):
    """How many months a passed part is kept for a re-sit of the others."""

    months: int


@dataclass(frozen=True)
class PartResult:
    """One part: its mark, the pass mark it met or missed, the day it was sat and the version that judged it.

    ``kept`` is true where the part was passed at an earlier sitting.
    """

    part: Part
    mark: Mark
    pass_mark: Decimal
    sat_on: date
    version: str
    kept: bool = False

    @property
    def passed(self) -> bool:
        return self.mark is not ABSENT and self.mark >= self.pass_mark

    @property
    def reason(self) -> Text:
        """Why the part is passed or not, in a sentence."""
        name = PART_NAMES[self.part]
        if self.mark is ABSENT:
            return Text(f"{name.zh}缺考", f"{name.en}: absent")
        if self.passed:
            zh = f"{name.zh}{self.mark}分，达到{self.pass_mark}分"
            en = f"{name.en}: {self.mark}, at least {self.pass_mark}"
        else:
            zh = f"{name.zh}{self.mark}分，未达{self.pass_mark}分"
            en = f"{name.en}: {self.mark}, below {self.pass_mark}"
        if self.kept:
            zh, en = f"{zh}（{self.sat_on}成绩保留）", f"{en} (kept from {self.sat_on})"
        return Text(zh, en)


@dataclass(frozen=True)
class Outcome:
    """What comes of a sitting: every part that the level needs, and the version of the pass marks (X4)."""

    parts: tuple[PartResult, ...]
    version: str

    @property
    def passed(self) -> bool:
        """Whether every part is passed: nothing makes up for a part."""
        return all(part.passed for part in self.parts)

    @property
    def took_part(self) -> bool:
        """Whether the candidate sat any part this time; pass rates count those who did."""
        return any(not part.kept and part.mark is not ABSENT for part in self.parts)

    @property
    def failed_parts(self) -> tuple[Part, ...]:
        return tuple(part.part for part in self.parts if not part.passed)

    @property
    def reason(self) -> Text:
        """The reasons of all parts, in the order of the parts."""
        return Text(
            "；".join(part.reason.zh for part in self.parts),
            "; ".join(part.reason.en for part in self.parts),
        )


def parse_score(value: object, field: str = "score") -> Decimal:
    """The score, from 0.0 to 100.0 with one decimal place; ``field`` is what a refusal calls it.

    ``value`` is a string of ASCII digits with at most one decimal place, or a number of that worth, as JSON
    and spreadsheets give it. Refused by C5 with the code ``score``: words, full-width digits, signs,
    exponents, spaces, leading zeros, NaN, booleans, a second decimal place, more than 100.
    """
    text = _digits(value)
    if not _SCORE.fullmatch(text):
        raise Refused(
            "C5",
            "成绩须为0至100之间、最多一位小数的数字，如 59.5",
            "A score is a number from 0 to 100 with at most one decimal place, such as 59.5",
            code="score",
            field=field,
        )
    return Decimal(text).quantize(_TENTH)


def parse_mark(value: object, field: str = "score") -> Mark:
    """The score as ``parse_score`` reads it, or ABSENT for 缺考. A blank is refused: it says neither."""
    if isinstance(value, str) and value.strip() == _ABSENT_WORD:
        return ABSENT
    return parse_score(value, field)


def mark_text(mark: Mark) -> str:
    """A mark as it is written: "59.5", or 缺考."""
    return _ABSENT_WORD if mark is ABSENT else str(mark)


def parts_needed(level: int, pass_marks: PassMarks) -> tuple[Part, ...]:
    """Theory and practical; at 二级/技师 and 一级/高级技师 (the levels are data) the review too."""
    both = (Part.THEORY, Part.PRACTICAL)
    return (*both, Part.REVIEW) if level in pass_marks.review_levels else both


def check_review_panel(size: int, pass_marks: PassMarks) -> None:
    """Refuse by C5 a review panel that is even or too small."""
    if size < pass_marks.review_panel_minimum or size % 2 == 0:
        raise Refused(
            "C5",
            f"综合评审组须为{pass_marks.review_panel_minimum}人（含）以上的单数",
            f"A review panel is an odd number of at least {pass_marks.review_panel_minimum}",
            code="review-panel",
        )


def outcome(
    level: int,
    marks: Mapping[Part, Mark],
    *,
    sat_on: date,
    pass_marks: PassMarks,
    kept: Iterable[PartResult] = (),
) -> Outcome:
    """What comes of ``marks``, sat on ``sat_on``, together with the parts ``kept`` from earlier.

    ``pass_marks`` is the version in force on ``sat_on``. Each part of the level is either marked or kept;
    refused by C5 where one is neither, where one is both, and where the level does not have the part.
    """
    if pass_marks.effective_from > sat_on:
        raise ValueError("these pass marks were not in force yet")
    needed = parts_needed(level, pass_marks)
    earlier = {result.part: result for result in kept}
    for part in marks:
        if part not in needed:
            raise _refused_part(part, "part-not-needed", "该等级不设", "this level does not have")
        if part in earlier:
            raise _refused_part(part, "part-kept", "成绩仍在保留期内，无须再考：", "already passed and kept:")
    for part in needed:
        if part not in marks and part not in earlier:
            raise _refused_part(part, "part-missing", "成绩尚未录入（缺考须注明）：", "no score yet for")
    return Outcome(
        tuple(
            PartResult(part, marks[part], pass_marks.of(part), sat_on, pass_marks.version)
            if part in marks
            else earlier[part]
            for part in needed
        ),
        pass_marks.version,
    )


def last_day_kept(sat_on: date, period: ResitPeriod) -> date:
    """The last day on which a part passed on ``sat_on`` still counts: the same day so many months later."""
    years, month = divmod(sat_on.month - 1 + period.months, 12)
    year = sat_on.year + years
    return date(year, month + 1, min(sat_on.day, monthrange(year, month + 1)[1]))


def kept_parts(earlier: Iterable[PartResult], *, sat_on: date, period: ResitPeriod) -> tuple[PartResult, ...]:
    """The passed parts of earlier sittings that still count on ``sat_on``, the latest of each part.

    A part keeps the day on which it was sat and the version that judged it, so a re-sit does not renew it and
    a new pass mark does not take it away (X4).
    """
    latest: dict[Part, PartResult] = {}
    for result in sorted(earlier, key=lambda result: result.sat_on):
        if result.passed and result.sat_on <= sat_on <= last_day_kept(result.sat_on, period):
            latest[result.part] = PartResult(
                result.part, result.mark, result.pass_mark, result.sat_on, result.version, kept=True
            )
    return tuple(latest.values())


def _digits(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    # Python refuses to print a whole number of thousands of digits, so the range comes first.
    if isinstance(value, int) and not 0 <= value <= 100:
        return ""
    return str(value)


def _refused_part(part: Part, code: str, zh: str, en: str) -> Refused:
    name = PART_NAMES[part]
    return Refused("C5", f"{zh}{name.zh}", f"{en[0].upper()}{en[1:]} {name.en}", code=code, field=part.value)
