"""Results of a survey: the index is exact, and nothing about fewer than five is shown or can be worked out (M8)."""

import dataclasses
import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import survey_terms
from services.membership.surveys.questionnaires.rules import Kind, Question, Section
from services.membership.surveys.results import rules
from services.membership.surveys.results.rules import Count, Figures, Place, Tally, figures, rounded, weighted_mean
from services.membership.surveys.suppression.rules import hide
from shared.errors import Refused

pytestmark = pytest.mark.rule(id="M8")

(TERMS,) = survey_terms()
SMALLEST = TERMS.smallest_cell
OPERATORS = [uuid.UUID(int=number) for number in range(1, 5)]
NAMES = {operator: f"企业{operator.int}" for operator in OPERATORS}
SECTIONS = [
    Section(
        "网络质量",
        Decimal("60.00"),
        (
            Question("通话", Kind.SCALE_5, Decimal("70.50")),
            Question("上网", Kind.SCALE_10, Decimal("29.50")),
            Question("渠道", Kind.CHOICE, None, ("营业厅", "网上", "电话")),
        ),
    ),
    Section("服务", Decimal("40.00"), (Question("解决了问题", Kind.YES_NO, Decimal(100)), Question("建议", Kind.TEXT))),
]
PLACES = [Place(1, 1), Place(1, 2), Place(1, 3), Place(2, 1), Place(2, 2)]
KINDS = {place: SECTIONS[place.section - 1].questions[place.question - 1] for place in PLACES}


class Response(NamedTuple):
    """What one person answered about an operator; a text is 0."""

    operator: uuid.UUID
    answers: Mapping[Place, int]


def ends(place: Place) -> tuple[int, int]:
    kind = KINDS[place].kind
    return tuple(TERMS.scales[kind]) if kind in TERMS.scales else (1, 3) if kind is Kind.CHOICE else (0, 0)  # type: ignore[return-value]


def counted(responses: Sequence[Response], operators: Sequence[uuid.UUID] = OPERATORS, invited: int = 500) -> Count:
    """As the database counts them."""
    tallies: dict[tuple[Place, uuid.UUID], Tally] = {}
    chosen: dict[tuple[Place, int], int] = {}
    for response in responses:
        for place, value in response.answers.items():
            before = tallies.get((place, response.operator), Tally(0, 0))
            tallies[place, response.operator] = Tally(before.answered + 1, before.total + value)
            if KINDS[place].kind is Kind.CHOICE:
                chosen[place, value] = chosen.get((place, value), 0) + 1
    per = {operator: sum(each.operator == operator for each in responses) for operator in operators}
    return Count(invited, per, tallies, chosen)


def shown(responses: Sequence[Response], operators: Sequence[uuid.UUID] = OPERATORS) -> Figures:
    return figures(SECTIONS, counted(responses, operators), NAMES, TERMS)


def answered(best: bool, operator: uuid.UUID = OPERATORS[0]) -> Response:
    return Response(operator, {place: ends(place)[best] for place in PLACES})


def indexes(found: Figures) -> Iterator[str]:
    """Every index and score in the figures."""
    for section in found.sections:
        yield from (each for each in (section.index, *section.operators) if each is not None)
        for question in section.questions:
            cells = (question.all, *question.operators)
            yield from (cell.score for cell in cells if cell is not None and cell.score is not None)
    yield from (each for each in (found.index, *(operator.index for operator in found.operators)) if each is not None)


@st.composite
def a_response(draw: st.DrawFn, operators: Sequence[uuid.UUID] = tuple(OPERATORS)) -> Response:
    left_out = draw(st.sets(st.sampled_from(PLACES), max_size=4))
    answers = {place: draw(st.integers(*ends(place))) for place in PLACES if place not in left_out}
    return Response(draw(st.sampled_from(operators)), answers)


RESPONSES = st.lists(a_response(), max_size=45)


# --- the index ---------------------------------------------------------------------------------------------


def test_an_index_worked_out_by_hand() -> None:
    """Five people about one operator: 通话 5,4,4,3,2 → 3.6 → 65; 上网 by none; 解决了问题 yes by three of five → 60.
    通话 takes over the weight of 上网, so the section is 65; 0.6 × 65 + 0.4 × 60 = 63."""
    calls, solved = [5, 4, 4, 3, 2], [1, 1, 1, 0, 0]
    people = [
        Response(OPERATORS[0], {Place(1, 1): call, Place(2, 1): yes}) for call, yes in zip(calls, solved, strict=True)
    ]
    found = shown(people, OPERATORS[:1])
    assert [section.index for section in found.sections] == ["65.00", "60.00"]
    assert (found.index, found.operators[0].index) == ("63.00", "63.00")
    assert (found.valid, found.rate, found.invited) == (5, "1.00", 500)
    assert found.sections[0].questions[0].all == rules.Cell(5, 18, "65.00")
    assert (found.terms, found.formula) == (TERMS.version, "weighted-means-1")


@given(RESPONSES)
def test_every_index_lies_between_0_and_100(responses: list[Response]) -> None:
    assert all(Decimal(0) <= Decimal(index) <= Decimal(100) for index in indexes(shown(responses)))


@given(st.lists(st.sampled_from(OPERATORS), min_size=5, max_size=40), st.booleans())
def test_all_best_is_a_hundred_and_all_worst_is_nothing(operators: list[uuid.UUID], best: bool) -> None:
    found = list(indexes(shown([answered(best, operator) for operator in operators])))
    assert set(found) == {"100.00" if best else "0.00"}


@given(st.lists(a_response(), min_size=10, max_size=30), st.data())
def test_a_better_answer_never_makes_an_index_worse(responses: list[Response], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(responses) - 1))
    response = responses[which]
    better = {
        place: data.draw(st.integers(value, ends(place)[1])) if KINDS[place].kind is not Kind.CHOICE else value
        for place, value in response.answers.items()
    }
    changed = [*responses[:which], Response(response.operator, better), *responses[which + 1 :]]
    before, after = list(indexes(shown(responses))), list(indexes(shown(changed)))
    assert len(before) == len(after), "what is shown depends on how many answered, never on what"
    assert all(Decimal(one) <= Decimal(other) for one, other in zip(before, after, strict=True))


@given(RESPONSES, st.randoms())
def test_the_order_of_responses_does_not_matter(responses: list[Response], random: Random) -> None:
    mixed = list(responses)
    random.shuffle(mixed)
    assert shown(mixed) == shown(responses)


@given(st.lists(st.tuples(st.fractions(0, 100), st.none() | st.fractions(0, 100)), max_size=8))
def test_what_is_missing_gives_its_weight_to_the_others_in_proportion(
    parts: list[tuple[Fraction, Fraction | None]],
) -> None:
    there = [(weight, value) for weight, value in parts if value is not None]
    total = sum(weight for weight, _ in there)
    mean = weighted_mean(parts)
    if total == 0:
        assert mean is None
    else:
        assert mean == sum(weight / total * value for weight, value in there)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0.00"),
        (Fraction(100), "100.00"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 200), "0.01"),
        (Fraction(1, 201), "0.00"),
        (Fraction(83125, 1000), "83.13"),
        (Fraction(83124, 1000), "83.12"),
    ],
)
def test_rounding_is_half_up_to_two_places(value: Fraction, text: str) -> None:
    assert rounded(value) == text


@given(st.fractions(0, 100))
def test_rounding_is_never_further_off_than_half_a_hundredth(value: Fraction) -> None:
    off = Fraction(rounded(value)) - value
    assert Fraction(-1, 200) < off <= Fraction(1, 200)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_the_response_rate_is_exact(valid: int, invited: int) -> None:
    assert rules.rate(valid, invited) == rounded(Fraction(100 * valid, invited))
    assert rules.rate(0, 0) is None


def test_nothing_is_counted_before_the_close() -> None:
    with pytest.raises(Refused) as refused:
        rules.check_countable(False)
    assert refused.value.code == "survey-not-closed"
    rules.check_countable(True)


# --- small cells -------------------------------------------------------------------------------------------

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=1, max_size=8)


def ways(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way in which ``parts`` counts sum up to ``total``."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in ways(total - first, parts - 1))


@given(COUNTS)
def test_no_small_cell_is_shown_nor_the_difference_to_the_total_small(counts: dict[str, int]) -> None:
    row = hide(counts, SMALLEST)
    seen = {key: count for key, count in counts.items() if key not in row.cells}
    assert all(count >= SMALLEST for count in seen.values())
    rest = sum(counts.values()) - sum(seen.values())
    if not row.total:
        assert sum(counts.values()) >= SMALLEST
        assert not row.cells or rest >= SMALLEST
    elif row.cells:
        assert row.cells == counts.keys(), "a total goes only where there is nothing left to hide"


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_whoever_subtracts_is_left_with_several_answers_for_each_hidden_cell(counts: list[int]) -> None:
    row = hide(dict(enumerate(counts)), SMALLEST)
    if row.total or not row.cells:
        return
    seen = sum(count for place, count in enumerate(counts) if place not in row.cells)
    possible = list(ways(sum(counts) - seen, len(row.cells)))
    for cell in range(len(row.cells)):
        assert len({way[cell] for way in possible}) > 1


@given(COUNTS, st.sets(st.sampled_from("abcdefgh")))
def test_as_few_are_hidden_as_need_be(counts: dict[str, int], also: set[str]) -> None:
    row = hide(counts, SMALLEST, also)
    wanted = {key for key, count in counts.items() if count < SMALLEST or key in also}
    assert wanted <= row.cells
    more = row.cells - wanted
    assert len(more) <= 1, "one that is not small is enough"
    if more:
        (one,) = more
        assert counts[one] == min(counts[key] for key in counts if key not in wanted)


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ({"a": 40, "b": 30}, "", False),
        ({"a": 40, "b": 30, "c": 4}, "bc", False),
        ({"a": 40, "b": 5, "c": 5}, "", False),
        ({"a": 40, "b": 2, "c": 3}, "bc", False),
        ({"a": 40, "b": 1, "c": 3}, "abc", False),
        ({"a": 40, "b": 30, "c": 0}, "bc", False),
        ({"a": 4}, "a", True),
        ({"a": 5}, "", False),
        ({"a": 2, "b": 2}, "ab", True),
        ({}, "", True),
    ],
)
def test_which_cells_are_hidden(counts: dict[str, int], cells: str, total: bool) -> None:
    row = hide(counts, SMALLEST)
    assert (row.cells, row.total) == (frozenset(cells), total)


@given(RESPONSES)
def test_no_row_of_the_figures_gives_a_small_cell_away(responses: list[Response]) -> None:
    """Every total, less what is shown of it, is nothing or about five at least."""
    found = shown(responses)
    per = counted(responses)
    rows = [(found.valid, [each.valid for each in found.operators])]
    for section in found.sections:
        for question in section.questions:
            cells = [None if cell is None else cell.answered for cell in question.operators]
            rows.append((question.all.answered if question.all else None, cells))
            if question.options:
                rows.append((rows[-1][0], [option.answered for option in question.options]))
    assert len(rows) == 7
    for total, cells in rows:
        seen = [cell for cell in cells if cell is not None]
        assert all(cell >= SMALLEST for cell in seen)
        hidden = len(cells) - len(seen)
        if total is not None:
            assert total >= SMALLEST
            assert hidden == 0 or (hidden > 1 and total - sum(seen) >= SMALLEST)
    for operator, each in zip(per.responses, found.operators, strict=True):
        assert each.valid in (None, per.responses[operator])


@given(RESPONSES)
def test_who_is_hidden_as_a_whole_is_hidden_in_every_question(responses: list[Response]) -> None:
    found = shown(responses)
    for place, operator in enumerate(found.operators):
        if operator.valid is None:
            assert operator.index is None
            for section in found.sections:
                assert section.operators[place] is None
                assert all(question.operators[place] is None for question in section.questions)


@given(RESPONSES, st.data())
def test_no_figure_depends_on_an_answer_in_a_hidden_cell_unless_its_total_is_shown(
    responses: list[Response], data: st.DataObject
) -> None:
    """Answers in a hidden cell change: of the operators' own figures nothing does."""
    before = shown(responses)
    hidden = {
        (Place(section.number, at), OPERATORS[place])
        for section in before.sections
        for at, question in enumerate(section.questions, 1)
        for place, cell in enumerate(question.operators)
        if cell is None
    }
    changed = [
        Response(
            each.operator,
            {
                place: data.draw(st.integers(*ends(place))) if (place, each.operator) in hidden else value
                for place, value in each.answers.items()
            },
        )
        for each in responses
    ]
    after = shown(changed)
    assert [dataclasses.astuple(each) for each in after.operators] == [
        dataclasses.astuple(each) for each in before.operators
    ]
    for one, other in zip(before.sections, after.sections, strict=True):
        assert one.operators == other.operators
        assert [each.operators for each in one.questions] == [each.operators for each in other.questions]


def test_one_small_operator_is_not_to_be_had_from_the_total() -> None:
    people = (
        [answered(True, OPERATORS[0])] * 40 + [answered(False, OPERATORS[1])] * 12 + [answered(False, OPERATORS[2])] * 3
    )
    found = shown(people, OPERATORS[:3])
    assert [each.valid for each in found.operators] == [40, None, None]
    assert found.valid == 55
    assert [each.index for each in found.operators] == ["100.00", None, None]
    choice = found.sections[0].questions[2]
    assert [option.answered for option in choice.options] == [None, None, 40]
    assert choice.all == rules.Cell(55, None, None)
