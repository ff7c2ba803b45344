"""Resolutions: numbered when adopted (X6), with their sums (X1, X4), ended only by a later one (X7)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.bodies.rules import EXACTLY_HALF, HALF, TWO_THIRDS, DecisionRule
from services.governance.data.matrix import dues_terms, matters
from services.governance.meetings import rules as meetings
from services.governance.payloads.rules import DuesStandard, Payload, Revocation, SpendingLimit, TierAmount
from services.governance.resolutions.rules import (
    Ending,
    Number,
    Resolution,
    Standing,
    check_revocable,
    number_series,
    resolve,
    revoked,
    superseded,
    supersedes,
)
from services.governance.votes.rules import Ballot, Count, Tally, Tellers
from shared.errors import Refused
from shared.text import Text

DAY = date(2021, 4, 8)
ASSEMBLY = DecisionRule(UUID(int=1), "G2", TWO_THIRDS, HALF)
COUNCIL = DecisionRule(UUID(int=2), "G9", TWO_THIRDS, TWO_THIRDS)
STANDING_COUNCIL = Text("常务理事会", "Standing council")
EXPENDITURE, ANOTHER = UUID(int=50), UUID(int=51)


def after_vote(
    body: str, motion: meetings.Motion, yes: int, present: int, entitled: int, day: date = DAY
) -> meetings.Meeting:
    decides = ASSEMBLY if body == "assembly" else COUNCIL
    meeting = meetings.put(meetings.call(body, decides, day, day), motion, matters(), dues_terms())
    roll = meetings.Entitled(entitled, meetings.Basis.ROLL)
    meeting = meetings.open_meeting(meeting, present=present, entitled=roll, today=day)
    tally = Tally(present, present, present, 0, 0, yes, present - yes)
    count = Count(Ballot.SECRET, tally, Tellers(UUID(int=11), UUID(int=12)))
    return meetings.vote(
        meeting,
        motion.id,
        rule=decides,
        present=present,
        count=count,
        matters=matters(),
        dues_terms=dues_terms(),
    )


def spending(
    number: int, subject: UUID | None = EXPENDITURE, payload: Payload | None = None, day: date = DAY
) -> Resolution:
    motion = meetings.Motion(
        UUID(int=100 + number), "large-expenditure", "培训支出", subject, payload or SpendingLimit(5_000_000)
    )
    meeting = after_vote("standing-council", motion, 6, 9, 9, day)
    return resolve(UUID(int=200 + number), meeting, motion.id, STANDING_COUNCIL, number)


def revoking(resolution: Resolution, number: int, day: date = DAY) -> Resolution:
    return spending(number, None, Revocation(resolution.id, "项目取消"), day)


@pytest.mark.rule(id="X6")
def test_a_number_names_the_body_the_year_and_the_serial() -> None:
    assert spending(1).number.text == (
        "常务理事会决议〔2021〕1号",
        "Standing council, resolution No. 1 of 2021",
    )
    assert Number(STANDING_COUNCIL, 2021, 12).text.zh == "常务理事会决议〔2021〕12号"


@pytest.mark.rule(id="X6")
def test_each_body_and_year_counts_for_itself() -> None:
    bodies = ("assembly", "council", "standing-council", "supervisory-board")
    series = {number_series(body, date(year, 6, 1)) for body in bodies for year in (2021, 2022)}
    assert len(series) == 8
    assert number_series("council", date(2021, 1, 1)) == number_series("council", date(2021, 12, 31))


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(("present", "stamp"), [(67, None), (68, EXACTLY_HALF)])
def test_a_dues_standard_is_resolved_with_its_sums_and_stamp(present: int, stamp: Text | None) -> None:
    standard = DuesStandard((TierAmount("member", 500_000),), DAY)
    motion = meetings.Motion(UUID(int=21), "dues-standard", "会费标准", payload=standard)
    meeting = after_vote("assembly", motion, 34, present, 100)
    resolution = resolve(UUID(int=31), meeting, motion.id, Text("会员代表大会", "Assembly"), 1)
    assert (resolution.payload, resolution.subject, resolution.adopted_on) == (standard, None, DAY)
    assert (resolution.stamp, resolution.standing) == (stamp, Standing.IN_FORCE)
    assert (resolution.decision.entitled, resolution.decision.present, resolution.decision.yes) == (100, present, 34)
    assert resolution.decision.rule_version == ASSEMBLY.version
    assert resolution.matter_version == next(m.version for m in matters() if m.code == "dues-standard")
    assert f"发出{present}张" in resolution.arithmetic.zh
    assert resolution.decision.arithmetic.zh in resolution.arithmetic.zh


@pytest.mark.rule(id="F4")
def test_a_resolution_on_spending_names_its_expenditure_and_its_limit() -> None:
    resolution = spending(1)
    assert (resolution.body, resolution.subject, resolution.payload) == (
        "standing-council",
        EXPENDITURE,
        SpendingLimit(5_000_000),
    )


@pytest.mark.rule(id="X6")
def test_only_an_adopted_motion_becomes_a_resolution() -> None:
    motion = meetings.Motion(UUID(int=21), "large-expenditure", "培训支出", EXPENDITURE, SpendingLimit(1))
    rejected = after_vote("standing-council", motion, 5, 9, 9)
    with pytest.raises(ValueError, match="rejected"):
        resolve(UUID(int=31), rejected, motion.id, STANDING_COUNCIL, 1)


def test_serials_begin_at_one() -> None:
    with pytest.raises(ValueError, match="begin at 1"):
        spending(0)


@pytest.mark.rule(id="X7")
def test_a_later_resolution_revokes_one_that_stands_and_says_why() -> None:
    first = spending(1)
    second = revoking(first, 2, DAY + timedelta(days=1))
    gone = revoked(first, second)
    assert gone.standing is Standing.REVOKED
    assert gone.ended == Ending(Standing.REVOKED, second.id, DAY + timedelta(days=1), "项目取消")
    assert replace(gone, ended=None) == first
    with pytest.raises(Refused) as refused:
        revoked(gone, second)
    assert (refused.value.rule, refused.value.code) == ("X7", "resolution-ended")


@pytest.mark.rule(id="X7")
def test_what_cannot_be_revoked_is_refused_before_the_vote() -> None:
    first = spending(1)
    check_revocable(first, "large-expenditure")
    for resolution, matter, code in (
        (first, "presidents-expenditure", "resolution-of-another-matter"),
        (revoking(first, 2), "large-expenditure", "revocation-stays"),
        (revoked(first, revoking(first, 2)), "large-expenditure", "resolution-ended"),
    ):
        with pytest.raises(Refused) as refused:
            check_revocable(resolution, matter)
        assert (refused.value.rule, refused.value.code) == ("X7", code)


@pytest.mark.rule(id="X7")
def test_an_earlier_resolution_changes_no_later_one() -> None:
    first = spending(1)
    before = revoking(first, 2, DAY - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        revoked(first, before)
    assert (refused.value.rule, refused.value.code) == ("X7", "resolution-earlier")
    with pytest.raises(Refused) as replaced:
        superseded(first, spending(2, day=DAY - timedelta(days=1)))
    assert replaced.value.code == "resolution-earlier"


@pytest.mark.rule(id="X7")
def test_a_new_resolution_on_the_same_expenditure_takes_the_place_of_the_old_one() -> None:
    first, second = spending(1), spending(2, payload=SpendingLimit(6_000_000))
    gone = superseded(first, second)
    assert gone.ended == Ending(Standing.SUPERSEDED, second.id, DAY, None)
    assert second.standing is Standing.IN_FORCE
    with pytest.raises(Refused):
        superseded(gone, spending(3))


@pytest.mark.rule(id="X4")
def test_only_what_is_about_the_same_thing_is_superseded() -> None:
    first = spending(1)
    standard = replace(first, matter="dues-standard", subject=None, payload=None)
    assert supersedes(spending(2), first)
    assert not supersedes(first, first)
    assert not supersedes(spending(2, ANOTHER), first)
    assert not supersedes(replace(spending(2), matter="presidents-expenditure"), first)
    assert not supersedes(replace(standard, id=UUID(int=999)), standard)
    assert not supersedes(revoking(first, 2), first)
    with pytest.raises(ValueError, match="something else"):
        superseded(first, spending(2, ANOTHER))


def test_a_revocation_of_another_resolution_is_a_mistake_of_the_caller() -> None:
    first = spending(1)
    for by in (spending(2), revoking(spending(3), 2)):
        with pytest.raises(ValueError, match="another one"):
            revoked(first, by)


@pytest.mark.rule(id="X6")
@given(st.integers(1, 10**6), st.integers(2020, 2100))
def test_a_number_has_no_leading_zero_and_its_own_brackets(serial: int, year: int) -> None:
    text = Number(STANDING_COUNCIL, year, serial).text.zh
    assert text == f"常务理事会决议〔{year}〕{serial}号"
    assert "第" not in text
    assert "〕0" not in text
