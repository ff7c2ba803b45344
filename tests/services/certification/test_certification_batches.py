from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certification.batches.rules import (
    STATE_NAMES,
    BatchState,
    OccupationRate,
    PassRate,
    Statistics,
    check_scope,
    check_step,
    has_reached,
    next_state,
)
from services.certification.catalogue.rules import Qualification
from services.certification.data import BATCH_2020
from shared.errors import Refused

STATES = list(BatchState)


@pytest.mark.rule(id="C2")
def test_a_batch_walks_from_draft_to_certified():
    assert STATES == [
        "draft",
        "plan_reported",
        "announced",
        "enrolling",
        "examined",
        "scored",
        "reviewed",
        "publicised",
        "results_reported",
        "certified",
    ]
    for here, there in pairwise(STATES):
        assert next_state(here) is there
        check_step(here, there)


@pytest.mark.rule(id="C2")
@pytest.mark.parametrize(
    ("here", "there"),
    [(a, b) for a in STATES for b in STATES if STATES.index(b) != STATES.index(a) + 1],
)
def test_no_step_is_skipped_repeated_or_taken_back(here, there):
    with pytest.raises(Refused) as caught:
        check_step(here, there)
    assert caught.value.rule == "C2"


@pytest.mark.rule(id="C2")
def test_a_refused_step_names_the_one_that_is_due():
    with pytest.raises(Refused) as caught:
        check_step(BatchState.SCORED, BatchState.PUBLICISED)
    assert STATE_NAMES[BatchState.REVIEWED].zh in caught.value.detail.zh


@pytest.mark.rule(id="C2")
def test_every_state_has_a_name():
    assert set(STATE_NAMES) == set(BatchState)


@pytest.mark.rule(id="C2")
def test_the_batch_examines_its_scope_only():
    check_scope(BATCH_2020.scope, Qualification("line-worker", "antenna-line-worker", 3))
    with pytest.raises(Refused) as caught:
        check_scope(BATCH_2020.scope, Qualification("line-worker", "antenna-line-worker", 5))
    assert caught.value.rule == "C2"


@pytest.mark.rule(id="C6")
@pytest.mark.parametrize(
    ("passed", "taken", "percent", "whole"),
    [
        (171, 187, "91.44", 91),
        (91, 97, "93.81", 94),
        (262, 284, "92.25", 92),
        (0, 22, "0.00", 0),
        (22, 22, "100.00", 100),
        (1, 8, "12.50", 13),
        (1, 200, "0.50", 1),
        (249, 20_000, "1.25", 1),
        (89_491, 200_000, "44.75", 45),
    ],
)
def test_pass_rates_are_those_that_are_reported(passed, taken, percent, whole):
    rate = PassRate(passed, taken)
    assert str(rate.percent) == percent
    assert rate.whole_percent == whole
    assert rate.text == f"{passed}/{taken} = {percent}%"
    assert rate.failed == taken - passed


@pytest.mark.rule(id="C6")
def test_the_document_gives_the_results_of_2020():
    assert BATCH_2020.results["call-centre-agent"] == PassRate(171, 187)
    assert BATCH_2020.results["line-worker"] == PassRate(91, 97)


@pytest.mark.rule(id="C6")
def test_a_whole_percentage_is_not_rounded_twice():
    just_below = PassRate(144_996, 1_000_000)
    assert (str(just_below.percent), just_below.whole_percent) == ("14.50", 14)


@pytest.mark.rule(id="C6")
def test_nobody_took_part():
    rate = PassRate(0, 0)
    assert (rate.fraction, rate.percent, rate.whole_percent, rate.text) == (None, None, None, "0/0")


@pytest.mark.parametrize(("passed", "taken"), [(1, 0), (188, 187), (-1, 3)])
def test_more_can_not_pass_than_took_part(passed, taken):
    with pytest.raises(ValueError, match="took part"):
        PassRate(passed, taken)


@pytest.mark.rule(id="C6")
@given(st.integers(1, 100_000).flatmap(lambda taken: st.tuples(st.integers(0, taken), st.just(taken))))
def test_a_percentage_is_the_exact_rate_rounded_once(counts):
    rate = PassRate(*counts)
    assert rate.fraction == Fraction(*counts)
    assert rate.percent is not None
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(100 * rate.passed) / Decimal(rate.taken)
        assert rate.percent == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert rate.whole_percent == exact.quantize(Decimal(1), ROUND_HALF_UP)


@pytest.mark.rule(id="C6")
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500))))
def test_the_rate_of_all_is_counted_from_people(pairs):
    rates = [PassRate(min(pair), max(pair)) for pair in pairs]
    total = Statistics(tuple(OccupationRate(str(n), rate) for n, rate in enumerate(rates))).total
    assert (total.taken, total.passed, total.failed) == tuple(
        sum(getattr(rate, what) for rate in rates) for what in ("taken", "passed", "failed")
    )


@pytest.mark.parametrize("state", BatchState)
def test_a_state_reaches_itself_and_those_before(state):
    order = list(BatchState)
    assert [other for other in order if has_reached(state, other)] == order[: order.index(state) + 1]
