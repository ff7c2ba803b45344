"""Counted paper ballots: what adds up, what is void, what is adopted (G12, G2, X1)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.bodies.rules import EXACTLY_HALF, HALF, TWO_THIRDS, DecisionRule, Kind
from services.governance.matters.rules import Matter
from services.governance.votes.rules import (
    Ballot,
    Count,
    Outcome,
    Tally,
    Tellers,
    Vote,
    check_tally,
    check_tellers,
    hold,
)
from shared.errors import Refused
from shared.text import Text

ASSEMBLY = DecisionRule(UUID(int=1), "G2", TWO_THIRDS, HALF)
STANDING_COUNCIL = DecisionRule(UUID(int=2), "G9", TWO_THIRDS, TWO_THIRDS)
WATCHED = Tellers(UUID(int=11), UUID(int=12))
DUES = Matter(
    UUID(int=3), "dues-standard", Text("会费标准", "Dues"), (Kind.ASSEMBLY,), Text("条", "Article"), secret_by="G2"
)
REPORT = replace(DUES, version=UUID(int=4), code="annual-reports", secret_by=None)


def tally(yes: int, no: int = 0, abstained: int = 0, invalid: int = 0, *, missing: int = 0) -> Tally:
    """A count that adds up; ``missing`` ballots were issued and did not come back."""
    valid = yes + no + abstained
    returned = valid + invalid
    return Tally(returned + missing, returned, valid, invalid, abstained, yes, no)


@st.composite
def tallies(draw: st.DrawFn, most: int = 200) -> Tally:
    yes, no, abstained, invalid, missing = (draw(st.integers(0, most)) for _ in range(5))
    return tally(yes, no, abstained, invalid, missing=missing)


def held(
    present: int, counted: Tally, *, entitled: int = 100, rule: DecisionRule = ASSEMBLY, matter: Matter = DUES
) -> Vote:
    return hold(matter, rule, entitled=entitled, present=present, count=Count(Ballot.SECRET, counted, WATCHED))


@pytest.mark.rule(id="G2")
@pytest.mark.parametrize(
    ("present", "yes", "outcome", "stamp"),
    [
        (67, 33, Outcome.REJECTED, None),
        (67, 34, Outcome.ADOPTED, None),
        (68, 34, Outcome.ADOPTED, EXACTLY_HALF),
        (68, 33, Outcome.REJECTED, None),
        (100, 50, Outcome.ADOPTED, EXACTLY_HALF),
    ],
)
def test_a_dues_standard_before_a_hundred_delegates(
    present: int, yes: int, outcome: Outcome, stamp: Text | None
) -> None:
    vote = held(present, tally(yes, present - yes))
    assert (vote.outcome, vote.stamp) == (outcome, stamp)
    assert (vote.entitled, vote.present) == (100, present)


@pytest.mark.rule(id="G2")
def test_sixty_six_of_a_hundred_are_no_quorum_however_they_vote() -> None:
    with pytest.raises(Refused) as refused:
        held(66, tally(66))
    assert (refused.value.rule, refused.value.code) == ("G2", "no-quorum")
    assert refused.value.detail == (
        "应到100，实到66：3×66=198 < 2×100=200，不足2/3，未达法定人数，不得表决，应当休会",
        "entitled 100, present 66: 3×66=198 < 2×100=200, less than 2/3, no quorum: no vote can be held, "
        "the meeting adjourns",
    )


@pytest.mark.rule(id="G9")
@pytest.mark.parametrize(
    ("present", "yes", "outcome"), [(6, 4, Outcome.ADOPTED), (6, 3, Outcome.REJECTED), (9, 6, Outcome.ADOPTED)]
)
def test_the_standing_council_decides_by_two_thirds(present: int, yes: int, outcome: Outcome) -> None:
    vote = held(present, tally(yes, present - yes), entitled=9, rule=STANDING_COUNCIL, matter=REPORT)
    assert (vote.outcome, vote.stamp) == (outcome, None)


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(
    "counted", [tally(33, 0, 34), tally(33, 0, 0, 34), tally(33, missing=34), tally(33, 10, 10, 10)]
)
def test_abstained_invalid_and_missing_ballots_weigh_like_votes_against(counted: Tally) -> None:
    assert held(67, counted).outcome is Outcome.REJECTED


@pytest.mark.rule(id="X4")
def test_a_vote_keeps_its_sums_and_the_versions_it_was_held_under() -> None:
    vote = held(68, tally(34, 30, 2, 1, missing=1))
    assert vote.matter_version == DUES.version
    assert vote.decision is not None
    assert vote.decision.rule_version == ASSEMBLY.version
    assert vote.arithmetic == (
        "发出68张，收回67张，有效66张，无效1张；赞成34，反对30，弃权2。"
        "应到100，实到68：3×68=204 > 2×100=200，达到2/3以上；赞成34：2×34=68 = 68，恰为半数，通过",
        "68 issued, 67 returned, 66 valid, 1 invalid; 34 in favour, 30 against, 2 abstained. "
        "entitled 100, present 68: 3×68=204 > 2×100=200, at least 2/3; in favour 34: 2×34=68 = 68, "
        "exactly half, passed",
    )


@pytest.mark.rule(id="G12")
def test_more_ballots_returned_than_issued_void_the_vote() -> None:
    vote = held(68, replace(tally(68), issued=67))
    assert (vote.outcome, vote.decision, vote.stamp) == (Outcome.VOID, None, None)
    assert vote.arithmetic == (
        "发出67张，收回68张，收回多于发出，表决无效",
        "67 issued, 68 returned, more returned than issued: the vote is void",
    )


@pytest.mark.rule(id="G12")
def test_a_void_vote_needs_no_further_count() -> None:
    assert held(68, Tally(67, 68, 0, 0, 0, 0, 0)).outcome is Outcome.VOID


@pytest.mark.rule(id="G12")
def test_ballots_beyond_the_present_void_a_vote_too() -> None:
    assert held(68, Tally(68, 70, 0, 0, 0, 0, 0)).outcome is Outcome.VOID


@pytest.mark.rule(id="G12")
@pytest.mark.parametrize(
    ("counted", "field"),
    [
        (replace(tally(34, 33), issued=68), "issued"),
        (replace(tally(34, 33), invalid=1), "returned"),
        (replace(tally(34, 33), valid=66, invalid=1), "valid"),
        (replace(tally(34, 33), yes=35), "valid"),
        (replace(tally(34, 33), no=32), "valid"),
        (replace(tally(34, 33), abstained=1), "valid"),
    ],
)
def test_a_count_that_does_not_add_up_is_refused(counted: Tally, field: str) -> None:
    with pytest.raises(Refused) as refused:
        held(67, counted)
    assert (refused.value.rule, refused.value.code) == ("G12", "tally")
    assert refused.value.errors is not None
    assert list(refused.value.errors) == [field]


@pytest.mark.rule(id="G12")
@pytest.mark.parametrize("number", [-1, 1.0, True, "1", None])
@pytest.mark.parametrize("name", ["issued", "returned", "valid", "invalid", "abstained", "yes", "no"])
def test_numbers_of_ballots_are_whole(name: str, number: Any) -> None:
    with pytest.raises(Refused) as refused:
        check_tally(replace(tally(1), **{name: number}), 1)
    assert (refused.value.rule, refused.value.code) == ("G12", "tally")


@pytest.mark.rule(id="G2")
def test_the_ballot_on_dues_is_secret() -> None:
    count = Count(Ballot.NAMED, tally(67), WATCHED)
    with pytest.raises(Refused) as refused:
        hold(DUES, ASSEMBLY, entitled=100, present=67, count=count)
    assert (refused.value.rule, refused.value.code) == ("G2", "secret-ballot")
    assert hold(REPORT, ASSEMBLY, entitled=100, present=67, count=count).outcome is Outcome.ADOPTED


@pytest.mark.rule(id="G12")
def test_nobody_watches_their_own_count() -> None:
    one = UUID(int=11)
    check_tellers(WATCHED)
    with pytest.raises(Refused) as refused:
        hold(DUES, ASSEMBLY, entitled=100, present=67, count=Count(Ballot.SECRET, tally(67), Tellers(one, one)))
    assert (refused.value.rule, refused.value.code) == ("G12", "tellers-same")


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(("present", "entitled"), [(101, 100), (-1, 100), (0, 0), (0, 100)])
def test_a_presence_that_cannot_be_decides_nothing(present: int, entitled: int) -> None:
    with pytest.raises(Refused):
        held(present, tally(0), entitled=entitled)


@pytest.mark.rule(id="G12")
@given(tallies(), st.sampled_from(["returned", "valid", "invalid", "abstained", "yes", "no"]), st.integers(-3, 3))
def test_one_wrong_number_is_always_noticed(counted: Tally, name: str, by: int) -> None:
    changed = replace(counted, **{name: getattr(counted, name) + by})
    if by == 0 or changed.void:
        check_tally(changed, counted.issued)
        return
    with pytest.raises(Refused) as refused:
        check_tally(changed, counted.issued)
    assert refused.value.rule == "G12"


@pytest.mark.rule(id="G12")
@given(tallies(), st.integers(0, 20))
def test_every_consistent_count_is_accepted_and_weighs_each_ballot_once(counted: Tally, more: int) -> None:
    check_tally(counted, counted.issued + more)
    parts = counted.yes + counted.no + counted.abstained + counted.invalid
    assert parts == counted.returned <= counted.issued
    assert not counted.void


@pytest.mark.rule(id="X1")
@given(st.data(), st.sampled_from([ASSEMBLY, STANDING_COUNCIL]))
def test_one_more_vote_in_favour_never_hurts_a_motion(data: st.DataObject, rule: DecisionRule) -> None:
    entitled = data.draw(st.integers(1, 300))
    present = data.draw(st.integers((2 * entitled + 2) // 3, entitled))
    yes = data.draw(st.integers(0, present - 1))
    fewer = held(present, tally(yes, present - yes), entitled=entitled, rule=rule)
    more = held(present, tally(yes + 1, present - yes - 1), entitled=entitled, rule=rule)
    assert (fewer.outcome, more.outcome) != (Outcome.ADOPTED, Outcome.REJECTED)


@pytest.mark.rule(id="X1")
@given(st.data())
def test_one_more_present_who_does_not_agree_never_helps_a_motion(data: st.DataObject) -> None:
    entitled = data.draw(st.integers(2, 300))
    present = data.draw(st.integers((2 * entitled + 2) // 3, entitled))
    yes = data.draw(st.integers(0, present))
    if present == entitled:
        return
    fewer = held(present, tally(yes, present - yes), entitled=entitled)
    more = held(present + 1, tally(yes, present + 1 - yes), entitled=entitled)
    assert (fewer.outcome, more.outcome) != (Outcome.REJECTED, Outcome.ADOPTED)


@pytest.mark.rule(id="X1")
@given(st.data())
def test_how_the_others_voted_makes_no_difference(data: st.DataObject) -> None:
    yes = data.draw(st.integers(0, 80))
    rest = 80 - yes
    no, abstained, invalid = (data.draw(st.integers(0, rest // 3)) for _ in range(3))
    mixed = tally(yes, no, abstained, invalid, missing=rest - no - abstained - invalid)
    assert held(80, mixed).outcome is held(80, tally(yes, rest)).outcome


@pytest.mark.rule(id="X1")
@given(st.integers(0, 300), st.data())
def test_a_stamp_means_adopted_by_exactly_half(entitled: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, entitled))
    yes = data.draw(st.integers(0, present))
    try:
        vote = held(present, tally(yes, present - yes), entitled=entitled)
    except Refused:
        assert entitled == 0 or 3 * present < 2 * entitled
        return
    assert 3 * present >= 2 * entitled
    assert (vote.outcome is Outcome.ADOPTED) is (2 * yes >= present)
    assert (vote.stamp == EXACTLY_HALF) is (2 * yes == present)
