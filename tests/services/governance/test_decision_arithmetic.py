"""Quorums and majorities (X1), and how each body decides by them (G2, G5)."""

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.bodies.rules import (
    EXACTLY_HALF,
    HALF,
    TWO_THIRDS,
    DecisionRule,
    Share,
    decide,
    exactly_half,
    has_quorum,
    passes_majority,
    passes_two_thirds,
)
from shared.errors import Refused

ASSEMBLY = DecisionRule(UUID(int=1), "G2", TWO_THIRDS, HALF)
COUNCIL = DecisionRule(UUID(int=2), "G5", TWO_THIRDS, TWO_THIRDS)

counts = st.integers(min_value=0, max_value=5000)


@st.composite
def parts(draw: st.DrawFn) -> tuple[int, int]:
    whole = draw(st.integers(min_value=1, max_value=5000))
    return draw(st.integers(min_value=0, max_value=whole)), whole


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(
    ("present", "entitled", "quorate"),
    [
        (66, 100, False),
        (67, 100, True),
        (20, 31, False),
        (21, 31, True),
        (2, 3, True),
        (1, 1, True),
        (0, 1, False),
    ],
)
def test_two_thirds_must_be_present(present: int, entitled: int, quorate: bool) -> None:
    assert has_quorum(present, entitled) is quorate


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(
    ("yes", "present", "passes"), [(33, 67, False), (34, 67, True), (34, 68, True), (33, 68, False)]
)
def test_half_or_more_passes(yes: int, present: int, passes: bool) -> None:
    assert passes_majority(yes, present) is passes


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(
    ("yes", "present", "passes"), [(13, 21, False), (14, 21, True), (14, 22, False), (15, 22, True)]
)
def test_two_thirds_or_more_pass(yes: int, present: int, passes: bool) -> None:
    assert passes_two_thirds(yes, present) is passes


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(("yes", "present", "half"), [(34, 68, True), (34, 67, False), (33, 67, False), (0, 0, False)])
def test_exactly_half(yes: int, present: int, half: bool) -> None:
    assert exactly_half(yes, present) is half


@pytest.mark.rule(id="X1")
def test_where_nobody_is_there_nothing_is_decided() -> None:
    assert not has_quorum(0, 0)
    assert not passes_majority(0, 0)
    assert not passes_two_thirds(0, 0)


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(("part", "whole"), [(-1, 3), (4, 3), (1, -1), (2.0, 3), (True, 3), ("2", 3)])
def test_counts_that_cannot_be_are_refused(part: int, whole: int) -> None:
    for rule in (has_quorum, passes_majority, passes_two_thirds, exactly_half):
        with pytest.raises(Refused) as refusal:
            rule(part, whole)
        assert refusal.value.rule == "X1"
        assert refusal.value.detail.zh


@pytest.mark.rule(id="X1")
@given(parts())
def test_the_sums_agree_with_exact_fractions(pair: tuple[int, int]) -> None:
    part, whole = pair
    share = Fraction(part, whole)
    assert has_quorum(part, whole) is (share >= Fraction(2, 3))
    assert passes_two_thirds(part, whole) is (share >= Fraction(2, 3))
    assert passes_majority(part, whole) is (share >= Fraction(1, 2))
    assert exactly_half(part, whole) is (share == Fraction(1, 2))


@pytest.mark.rule(id="X1")
@given(parts(), counts)
def test_abstentions_never_help_a_motion(pair: tuple[int, int], abstaining: int) -> None:
    yes, present = pair
    for passes in (passes_majority, passes_two_thirds):
        assert passes(yes, present) or not passes(yes, present + abstaining)


@pytest.mark.rule(id="G2")
@pytest.mark.parametrize(
    ("present", "yes", "quorate", "passed", "stamped"),
    [
        (66, 66, False, False, False),
        (67, 33, True, False, False),
        (67, 34, True, True, False),
        (68, 34, True, True, True),
    ],
)
def test_the_assembly_of_a_hundred_delegates(
    present: int, yes: int, quorate: bool, passed: bool, stamped: bool
) -> None:
    decision = decide(ASSEMBLY, entitled=100, present=present, yes=yes)
    assert (decision.quorate, decision.passed) == (quorate, passed)
    assert decision.stamp == (EXACTLY_HALF if stamped else None)


@pytest.mark.rule(id="G5")
@pytest.mark.parametrize(("present", "yes", "passed"), [(20, 20, False), (21, 13, False), (21, 14, True)])
def test_the_council_of_thirty_one_directors(present: int, yes: int, passed: bool) -> None:
    assert decide(COUNCIL, entitled=31, present=present, yes=yes).passed is passed


@pytest.mark.rule(id="X1")
def test_half_is_not_stamped_where_two_thirds_are_needed() -> None:
    decision = decide(COUNCIL, entitled=30, present=20, yes=10)
    assert (decision.passed, decision.stamp) == (False, None)


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(
    ("rule", "entitled", "present", "yes", "zh", "en"),
    [
        (
            ASSEMBLY,
            100,
            68,
            34,
            "应到100，实到68：3×68=204 > 2×100=200，达到2/3以上；赞成34：2×34=68 = 68，恰为半数，通过",
            "entitled 100, present 68: 3×68=204 > 2×100=200, at least 2/3; "
            "in favour 34: 2×34=68 = 68, exactly half, passed",
        ),
        (
            ASSEMBLY,
            100,
            67,
            33,
            "应到100，实到67：3×67=201 > 2×100=200，达到2/3以上；赞成33：2×33=66 < 67，不足半数，未通过",
            "entitled 100, present 67: 3×67=201 > 2×100=200, at least 2/3; "
            "in favour 33: 2×33=66 < 67, less than half, not passed",
        ),
        (
            ASSEMBLY,
            100,
            66,
            66,
            "应到100，实到66：3×66=198 < 2×100=200，不足2/3，未达法定人数",
            "entitled 100, present 66: 3×66=198 < 2×100=200, less than 2/3, no quorum",
        ),
        (
            COUNCIL,
            31,
            21,
            14,
            "应到31，实到21：3×21=63 > 2×31=62，达到2/3以上；赞成14：3×14=42 = 2×21=42，达到2/3以上，通过",
            "entitled 31, present 21: 3×21=63 > 2×31=62, at least 2/3; "
            "in favour 14: 3×14=42 = 2×21=42, at least 2/3, passed",
        ),
    ],
)
def test_a_decision_carries_its_sums_in_both_languages(
    rule: DecisionRule, entitled: int, present: int, yes: int, zh: str, en: str
) -> None:
    decision = decide(rule, entitled=entitled, present=present, yes=yes)
    assert decision.arithmetic == (zh, en)


@pytest.mark.rule(id="X4")
def test_a_decision_records_the_version_it_was_made_under() -> None:
    stricter = DecisionRule(UUID(int=3), "G2", TWO_THIRDS, Share(3, 4))
    before = decide(ASSEMBLY, entitled=100, present=68, yes=34)
    after = decide(stricter, entitled=100, present=68, yes=34)
    assert (before.rule_version, before.passed) == (ASSEMBLY.version, True)
    assert (after.rule_version, after.passed) == (stricter.version, False)


@pytest.mark.rule(id="X1")
@given(parts(), st.data())
def test_nothing_passes_without_a_quorum(pair: tuple[int, int], data: st.DataObject) -> None:
    present, entitled = pair
    yes = data.draw(st.integers(min_value=0, max_value=present))
    decision = decide(ASSEMBLY, entitled=entitled, present=present, yes=yes)
    assert decision.quorate is has_quorum(present, entitled)
    assert decision.passed is (decision.quorate and passes_majority(yes, present))
    assert (decision.stamp is not None) is (decision.passed and exactly_half(yes, present))
