"""Results of a survey 调查结果: scores, indexes and rates, exact and rounded once (M8).

What is computed of several figures is computed of those that are shown, and of nothing else. So an index never tells
anything of a cell that is hidden.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from services.membership.surveys.questionnaires.rules import Kind, Question, Section
from services.membership.surveys.rules import Scale, SurveyTerms
from services.membership.surveys.suppression.rules import hide
from shared.errors import Refused

WHOLE = 100


class Tally(NamedTuple):
    """How many answered a question, and the sum of what they answered."""

    answered: int
    total: int


class Place(NamedTuple):
    """Where a question stands: its section and its place in it, both from 1."""

    section: int
    question: int

    def __str__(self) -> str:
        return f"{self.section}.{self.question}"


@dataclass(frozen=True)
class Count:
    """What the valid responses of a survey say, counted. ``responses``: operator → valid responses; the operators in
    the order of the plan. ``tallies`` by question and operator, ``chosen`` by question and option (from 1)."""

    invited: int
    responses: Mapping[UUID, int]
    tallies: Mapping[tuple[Place, UUID], Tally]
    chosen: Mapping[tuple[Place, int], int]


# --- what is shown: None is hidden ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A question as it was answered by some: how many, the sum of their answers and the score from 0 to 100; the last
    two are None where the kind has no score."""

    answered: int
    total: int | None
    score: str | None


@dataclass(frozen=True)
class OptionFigures:
    option: str
    answered: int | None
    share: str | None


@dataclass(frozen=True)
class QuestionFigures:
    number: str
    text: str
    kind: str
    weight: str | None
    all: Cell | None
    operators: list[Cell | None]
    options: list[OptionFigures]


@dataclass(frozen=True)
class SectionFigures:
    number: int
    title: str
    weight: str
    index: str | None
    operators: list[str | None]
    questions: list[QuestionFigures]


@dataclass(frozen=True)
class OperatorFigures:
    operator_id: str
    short_name: str
    valid: int | None
    index: str | None


@dataclass(frozen=True)
class Figures:
    """All that is shown of a survey. Lists ``operators`` of sections and questions are in the order of the first."""

    terms: str
    formula: str
    invited: int
    valid: int | None
    rate: str | None
    index: str | None
    operators: list[OperatorFigures]
    sections: list[SectionFigures]

    def as_data(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        return asdict(self)


def check_countable(closed: bool) -> None:
    """Refuse results before the close (M8): two counts with one response between them would tell that response."""
    if not closed:
        raise Refused(
            "M8", "调查结束后方可统计", "Results are there once the survey is closed", code="survey-not-closed"
        )


def score(tally: Tally, scale: Scale) -> Fraction | None:
    """The score of a question from 0 (all gave the worst) to 100 (all the best); None where nobody answered."""
    if tally.answered == 0:
        return None
    mean = Fraction(tally.total, tally.answered)
    return (mean - scale.worst) / (scale.best - scale.worst) * WHOLE


def weighted_mean(parts: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """The mean of values by their weights. One that is missing is left out, and its weight goes to the others in
    proportion; None where none that weighs anything is left."""
    there = [(weight, value) for weight, value in parts if value is not None and weight > 0]
    if not there:
        return None
    return sum((weight * value for weight, value in there), Fraction(0)) / sum(weight for weight, _ in there)


def rounded(value: Fraction) -> str:
    """A figure that is not negative, half up to two places: 2/3 is "0.67", 1/200 is "0.01"."""
    hundredths = (value * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def rate(part: int, whole: int) -> str | None:
    """``part`` in ``whole`` as a percentage; None of nothing."""
    return rounded(Fraction(part * WHOLE, whole)) if whole else None


def figures(sections: Sequence[Section], count: Count, short_names: Mapping[UUID, str], terms: SurveyTerms) -> Figures:
    """All that is shown of ``count`` under ``terms`` (M8)."""
    operators = list(count.responses)
    row = hide(count.responses, terms.smallest_cell)
    shown = [_section(at, section, count, row.cells, terms) for at, section in enumerate(sections, 1)]
    valid = None if row.total else sum(count.responses.values())
    return Figures(
        terms=terms.version,
        formula=terms.formula,
        invited=count.invited,
        valid=valid,
        rate=None if valid is None else rate(valid, count.invited),
        index=_index(sections, [each.whole for each in shown]),
        operators=[
            OperatorFigures(
                operator_id=str(operator),
                short_name=short_names[operator],
                valid=None if operator in row.cells else count.responses[operator],
                index=_index(sections, [each.by_operator[place] for each in shown]),
            )
            for place, operator in enumerate(operators)
        ],
        sections=[each.figures for each in shown],
    )


class _SectionShown(NamedTuple):
    """A section as it is shown, and its indexes before they were rounded."""

    figures: SectionFigures
    whole: Fraction | None
    by_operator: list[Fraction | None]


class _QuestionShown(NamedTuple):
    figures: QuestionFigures
    whole: Fraction | None
    by_operator: list[Fraction | None]


def _section(at: int, section: Section, count: Count, unseen: frozenset[UUID], terms: SurveyTerms) -> _SectionShown:
    asked = [
        _question(Place(at, place), question, count, unseen, terms)
        for place, question in enumerate(section.questions, 1)
    ]
    weights = [Fraction(question.weight or 0) for question in section.questions]
    whole = weighted_mean(zip(weights, (each.whole for each in asked), strict=True))
    by_operator = [
        weighted_mean(zip(weights, (each.by_operator[place] for each in asked), strict=True))
        for place in range(len(count.responses))
    ]
    shown = SectionFigures(
        number=at,
        title=section.title,
        weight=str(section.weight),
        index=_shown(whole),
        operators=[_shown(each) for each in by_operator],
        questions=[each.figures for each in asked],
    )
    return _SectionShown(shown, whole, by_operator)


def _question(
    place: Place, question: Question, count: Count, unseen: frozenset[UUID], terms: SurveyTerms
) -> _QuestionShown:
    tallies = {operator: count.tallies.get((place, operator), Tally(0, 0)) for operator in count.responses}
    row = hide({operator: tally.answered for operator, tally in tallies.items()}, terms.smallest_cell, unseen)
    everybody = Tally(*(sum(column) for column in zip(*tallies.values(), strict=True)))
    scale = terms.scales.get(question.kind)
    seen = [None if operator in row.cells else tally for operator, tally in tallies.items()]
    whole = None if row.total else everybody
    shown = QuestionFigures(
        number=str(place),
        text=question.text,
        kind=question.kind.value,
        weight=None if question.weight is None else str(question.weight),
        all=_cell(whole, scale),
        operators=[_cell(tally, scale) for tally in seen],
        options=_options(place, question, count, whole, terms.smallest_cell),
    )
    return _QuestionShown(shown, _score(whole, scale), [_score(tally, scale) for tally in seen])


def _options(place: Place, question: Question, count: Count, whole: Tally | None, smallest: int) -> list[OptionFigures]:
    """How many chose each option, all operators together; a choice is not broken down any further."""
    if question.kind is not Kind.CHOICE:
        return []
    counts = {option: count.chosen.get((place, option), 0) for option in range(1, len(question.options) + 1)}
    row = hide(counts, smallest)
    unseen = counts.keys() if whole is None or row.total else row.cells
    return [
        OptionFigures(text, None, None)
        if option in unseen or whole is None
        else OptionFigures(text, counts[option], rate(counts[option], whole.answered))
        for option, text in enumerate(question.options, 1)
    ]


def _cell(tally: Tally | None, scale: Scale | None) -> Cell | None:
    if tally is None:
        return None
    return Cell(tally.answered, tally.total if scale else None, _shown(_score(tally, scale)))


def _score(tally: Tally | None, scale: Scale | None) -> Fraction | None:
    return None if tally is None or scale is None else score(tally, scale)


def _index(sections: Sequence[Section], values: Sequence[Fraction | None]) -> str | None:
    return _shown(weighted_mean(zip((Fraction(section.weight) for section in sections), values, strict=True)))


def _shown(value: Fraction | None) -> str | None:
    return None if value is None else rounded(value)
