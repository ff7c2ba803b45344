"""A questionnaire 调查问卷: sections and questions whose weights total 100 exactly (M8).

Weights are decimals with at most two places. Every section has a weight, and within a section that weighs anything the
weights of its questions total 100 again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.errors import Refused
from shared.text import Text

WHOLE = Decimal(100)
PLACES = 2
MOST_SECTIONS = 20
MOST_QUESTIONS = 90
"""A sheet of responses has a column for each, and is read with at most 100."""
OPTIONS = range(2, 21)


class Kind(StrEnum):
    """How a question is answered."""

    SCALE_5 = "scale_5"
    SCALE_10 = "scale_10"
    YES_NO = "yes_no"
    CHOICE = "choice"
    TEXT = "text"

    @property
    def label(self) -> Text:
        return _KINDS[self]

    @property
    def weighs(self) -> bool:
        """Whether its answers can count towards the index."""
        return self in (Kind.SCALE_5, Kind.SCALE_10, Kind.YES_NO)


_KINDS = {
    Kind.SCALE_5: Text("1至5分", "1 to 5"),
    Kind.SCALE_10: Text("1至10分", "1 to 10"),
    Kind.YES_NO: Text("是或否", "Yes or no"),
    Kind.CHOICE: Text("单选", "Choice of one"),
    Kind.TEXT: Text("文字", "Free text"),
}


@dataclass(frozen=True)
class Question:
    """What is asked. ``weight`` is None where the kind cannot weigh; ``options`` are those of a choice."""

    text: str
    kind: Kind
    weight: Decimal | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    title: str
    weight: Decimal
    questions: tuple[Question, ...]


def check_questionnaire(sections: Sequence[Section]) -> None:
    """Refuse a questionnaire that nobody could compute an index of: nothing in it, weights that do not total 100, a
    weight that is no decimal with two places, a choice without options (M8). The refusal names the field."""
    if not 0 < len(sections) <= MOST_SECTIONS:
        raise _refused(
            f"问卷须有1至{MOST_SECTIONS}个部分",
            f"A questionnaire has 1 to {MOST_SECTIONS} sections",
            "sections",
            "sections",
        )
    if sum(len(section.questions) for section in sections) > MOST_QUESTIONS:
        raise _refused(
            f"问卷至多{MOST_QUESTIONS}题",
            f"A questionnaire has at most {MOST_QUESTIONS} questions",
            "questions",
            "sections",
        )
    for place, section in enumerate(sections):
        _check_section(section, f"sections.{place}")
    _check_total([section.weight for section in sections], WHOLE, "各部分权重", "The sections' weights", "sections")


def _check_section(section: Section, field: str) -> None:
    _check_weight(section.weight, f"{field}.weight")
    if not section.questions:
        raise _refused("每部分至少一题", "A section has at least one question", "questions", f"{field}.questions")
    for place, question in enumerate(section.questions):
        _check_question(question, f"{field}.questions.{place}")
    weights = [question.weight for question in section.questions if question.weight is not None]
    total = WHOLE if section.weight else Decimal(0)
    _check_total(weights, total, "本部分题目权重", "The weights of a section's questions", f"{field}.questions")


def _check_question(question: Question, field: str) -> None:
    if question.kind.weighs and question.weight is None:
        raise _refused(
            "此类题目须有权重，可以为0", "A question of this kind has a weight, be it 0", "weight", f"{field}.weight"
        )
    if not question.kind.weighs and question.weight is not None:
        raise _refused("此类题目没有权重", "A question of this kind has no weight", "weight", f"{field}.weight")
    if question.weight is not None:
        _check_weight(question.weight, f"{field}.weight")
    distinct = {option.strip() for option in question.options}
    if question.kind is Kind.CHOICE:
        if len(question.options) not in OPTIONS or len(distinct) != len(question.options) or "" in distinct:
            raise _refused(
                "单选题须有2至20个互不相同的选项",
                "A choice has 2 to 20 options, each of its own",
                "options",
                f"{field}.options",
            )
    elif question.options:
        raise _refused("只有单选题有选项", "Only a choice has options", "options", f"{field}.options")


def _check_weight(weight: Decimal, field: str) -> None:
    if not weight.is_finite() or not 0 <= weight <= WHOLE or weight != round(weight, PLACES):
        raise _refused("权重须为0至100、至多两位小数", "A weight is 0 to 100, with at most two places", "weight", field)


def _check_total(weights: Sequence[Decimal], total: Decimal, zh: str, en: str, field: str) -> None:
    found = sum(weights, Decimal(0))
    if found != total:
        raise _refused(f"{zh}之和须为{total}，现为{found}", f"{en} total {total}, not {found}", "weights-total", field)


def _refused(zh: str, en: str, code: str, field: str) -> Refused:
    return Refused("M8", zh, en, code=f"survey-{code}", field=field)
