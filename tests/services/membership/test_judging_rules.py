"""Marks, means, ranks and prizes (M9, G21, X2, X7, X8)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.activities.judging import rules
from services.membership.activities.judging.rules import Judge
from services.membership.activities.planning.rules import State as ActivityState
from services.membership.data import judging_terms
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

(TERMS,) = judging_terms()
IDEA, STYLE = UUID(int=1), UUID(int=2)
WEIGHTS = {IDEA: 60, STYLE: 40}
MINE, THEIRS, ME, SOMEBODY = (UUID(int=n) for n in range(11, 15))
A, B, C, D = (UUID(int=n) for n in range(21, 25))
GOLD, SILVER = UUID(int=31), UUID(int=32)
PRIZES = {GOLD: 1, SILVER: 2}


def refusal(check: Any, *args: Any, **given: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        check(*args, **given)
    assert refused.value.rule is not None
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="M9")
def test_weights_total_a_hundred_and_there_are_judges_enough() -> None:
    judges = [UUID(int=n) for n in range(3)]
    rules.check_arrangement([60, 40], judges, TERMS)
    rules.check_arrangement([100], judges, TERMS)
    for weights in ([], [60, 39], [60, 41], [101, -1], [100, 0]):
        assert refusal(rules.check_arrangement, weights, judges, TERMS) == ("M9", "weights")
    assert refusal(rules.check_arrangement, [100], judges[:2], TERMS) == ("M9", "too-few-judges")
    assert refusal(rules.check_arrangement, [100], [*judges, judges[0]], TERMS) == ("M9", "judge-twice")


@pytest.mark.rule(id="M9")
def test_judges_have_accounts_and_charity_has_no_judges() -> None:
    rules.check_has_account(ME, [ME])
    assert refusal(rules.check_has_account, ME, [SOMEBODY]) == ("M9", "judge-without-account")
    rules.check_judged(True)
    assert refusal(rules.check_judged, False) == ("M9", "not-judged")


@pytest.mark.rule(id="M9")
def test_what_is_judged_by_stays_once_there_is_a_score() -> None:
    rules.check_arrangeable(ActivityState.OPEN, scored=False)
    assert refusal(rules.check_arrangeable, ActivityState.CLOSED, scored=True) == ("M9", "judging-settled")
    assert refusal(rules.check_arrangeable, ActivityState.CALLED_OFF, scored=False) == ("M9", "judging-settled")


@pytest.mark.rule(id="M9")
def test_entries_are_scored_once_they_are_all_in_until_the_judging_is_closed() -> None:
    for state in (ActivityState.CLOSED, ActivityState.HELD):
        rules.check_scoring(state, arranged=True, closed=False)
    assert refusal(rules.check_scoring, ActivityState.OPEN, arranged=True, closed=False) == ("M9", "not-scoring")
    assert refusal(rules.check_scoring, ActivityState.CLOSED, arranged=False, closed=False) == ("M9", "not-scoring")
    assert refusal(rules.check_scoring, ActivityState.CLOSED, arranged=True, closed=True) == ("M9", "judging-closed")


@pytest.mark.rule(id="X8")
def test_nobody_judges_their_own_or_their_units_entry() -> None:
    judge = Judge(ME, frozenset({MINE}))
    assert judge.recused(MINE, None)
    assert judge.recused(None, ME)
    assert judge.recused(THEIRS, ME)
    assert not judge.recused(THEIRS, SOMEBODY)
    assert not judge.recused(None, None)
    for unit, author, units, code in (
        (THEIRS, ME, frozenset[UUID](), "own"),
        (THEIRS, None, frozenset({THEIRS}), "own-unit"),
        (MINE, None, frozenset[UUID](), "own-unit"),
    ):
        caller = Caller.of(ME, units=units)
        bonds = rules.whose_entry(unit, author, judge)
        assert refusal(keep_apart, Act.SCORES, caller, bonds) == ("X8", code)
    keep_apart(Act.SCORES, Caller.of(ME, units=[MINE]), rules.whose_entry(THEIRS, SOMEBODY, judge))
    keep_apart(Act.SCORES, Caller.of(ME), rules.whose_entry(None, None, Judge(ME, frozenset())))


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("mark", ["0", "100", "100.0", "59.5", "88.50"])
def test_a_mark_has_at_most_one_decimal_place(mark: str) -> None:
    read = rules.read_marks([(IDEA, Decimal(mark))], [IDEA], TERMS)
    assert read == {IDEA: Decimal(mark)}


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("mark", ["-0.1", "100.1", "59.55", "88.05"])
def test_another_mark_is_refused(mark: str) -> None:
    assert refusal(rules.read_marks, [(IDEA, Decimal(mark))], [IDEA], TERMS) == ("X2", "mark")


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize("marked", [[], [IDEA], [IDEA, IDEA], [IDEA, IDEA, STYLE], [IDEA, STYLE, ME]])
def test_each_criterion_is_marked_once(marked: list[UUID]) -> None:
    marks = [(each, Decimal(80)) for each in marked]
    assert refusal(rules.read_marks, marks, [IDEA, STYLE], TERMS) == ("M9", "marks-incomplete")


@pytest.mark.rule(id="X7")
def test_a_mark_that_stands_is_changed_with_a_reason() -> None:
    standing = {IDEA: Decimal(80), STYLE: Decimal(70)}
    assert rules.changed({}, standing, "") == standing
    assert rules.changed(standing, standing, "") == {}
    assert rules.changed(standing, {IDEA: Decimal("80.0"), STYLE: Decimal(71)}, "笔误") == {STYLE: Decimal(71)}
    assert refusal(rules.changed, standing, {**standing, IDEA: Decimal(81)}, " ") == ("X7", "reason-needed")


@pytest.mark.rule(id="X2")
def test_a_score_is_exact() -> None:
    assert rules.score({IDEA: Decimal("88.5"), STYLE: Decimal("90.1")}, WEIGHTS) == 89_140


@pytest.mark.rule(id="X2")
def test_the_mean_is_rounded_once_half_up() -> None:
    found = rules.results({A: [80_010, 80_000, 80_005], B: [80_004, 80_004, 80_004], C: [1, 0, 0]}, TERMS)
    assert [found[each].mean for each in (A, B, C)] == [Decimal("80.01"), Decimal("80.00"), Decimal("0.00")]
    assert found[A].arithmetic.zh == "（80.010＋80.000＋80.005）÷3＝80.01"


@pytest.mark.rule(id="M9")
def test_entries_with_the_same_mean_share_a_rank_and_the_next_is_left_out() -> None:
    # A and B have the same mean over other numbers of judges: B's own unit's judge is left out.
    found = rules.results({A: [90_000, 80_000, 85_000, 85_000], B: [85_000] * 3, C: [84_999] * 3, D: [0] * 3}, TERMS)
    assert [(found[each].rank, found[each].tied) for each in (A, B, C, D)] == [
        (1, True),
        (1, True),
        (3, False),
        (4, False),
    ]
    assert found[C].mean == Decimal("85.00"), "shown alike, ranked by what it is"
    assert (found[A].judges, found[B].judges) == (4, 3)


@pytest.mark.rule(id="M9")
def test_an_entry_takes_the_scores_of_judges_enough() -> None:
    assert refusal(rules.results, {A: [1, 2, 3], B: [1, 2]}, TERMS) == ("M9", "too-few-scores")
    rules.check_complete(0)
    assert refusal(rules.check_complete, 1) == ("M9", "scores-missing")


@pytest.mark.rule(id="X2")
@given(st.lists(st.lists(st.integers(0, 100_000), min_size=3, max_size=9), min_size=1, max_size=8))
def test_ranks_follow_the_exact_mean(scores: Sequence[Sequence[int]]) -> None:
    by_entry = {UUID(int=n): each for n, each in enumerate(scores)}
    found = rules.results(by_entry, TERMS)
    exact = {entry: Fraction(sum(each), 1000 * len(each)) for entry, each in by_entry.items()}
    for entry, result in found.items():
        assert result.rank == 1 + sum(other > exact[entry] for other in exact.values())
        assert result.tied == (sum(other == exact[entry] for other in exact.values()) > 1)
        assert -Fraction(1, 200) < exact[entry] - Fraction(result.mean) < Fraction(1, 200) or (
            Fraction(result.mean) - exact[entry] == Fraction(1, 200)
        )


RANKS = {A: 1, B: 2, C: 2, D: 4}


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    "awards",
    [[], [(A, GOLD)], [(A, SILVER)], [(A, GOLD), (B, SILVER), (C, SILVER)]],
)
def test_prizes_go_down_the_ranks(awards: list[tuple[UUID, UUID]]) -> None:
    assert rules.check_prizes(awards, PRIZES, RANKS) == dict(awards)


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    ("awards", "code"),
    [
        ([(ME, GOLD)], "prizes"),
        ([(A, ME)], "prizes"),
        ([(A, GOLD), (A, GOLD)], "prizes"),
        ([(A, GOLD), (B, GOLD)], "too-many"),
        ([(A, SILVER), (B, GOLD)], "out-of-order"),
        ([(B, SILVER), (C, SILVER)], "out-of-order"),
        ([(A, GOLD), (B, SILVER)], "out-of-order"),
        ([(A, GOLD), (D, SILVER)], "out-of-order"),
    ],
)
def test_a_list_that_passes_somebody_over_is_refused(awards: list[tuple[UUID, UUID]], code: str) -> None:
    assert refusal(rules.check_prizes, awards, PRIZES, RANKS) == ("M9", code)


@pytest.mark.rule(id="G21")
def test_the_council_decides_on_prizes_and_nobody_else() -> None:
    rules.check_resolved("council")
    assert refusal(rules.check_resolved, "secretariat") == ("G21", "not-the-council")
    rules.check_carries(listed=True, ended=False)
    assert refusal(rules.check_carries, listed=False, ended=False) == ("G21", "no-list")
    assert refusal(rules.check_carries, listed=True, ended=True) == ("G21", "resolution-ended")
    assert refusal(rules.check_not_awarded, True) == ("X7", "awarded")
    assert refusal(rules.check_closed, False) == ("M9", "judging-open")
