"""A meeting from its notice to its end, and its motions (G2, G4, G12, G23, X1)."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.governance.bodies.rules import EXACTLY_HALF, HALF, TWO_THIRDS, DecisionRule
from services.governance.data.matrix import dues_terms, matters
from services.governance.meetings.rules import (
    Basis,
    Entitled,
    Meeting,
    Motion,
    MotionState,
    State,
    adjourn,
    call,
    close,
    entitled_on,
    open_meeting,
    put,
    resume,
    vote,
    withdraw,
)
from services.governance.payloads.rules import DuesStandard, SpendingLimit, TierAmount
from services.governance.votes.rules import Ballot, Count, Outcome, Tally, Tellers
from shared.errors import Refused

DAY = date(2021, 4, 8)
NEXT_DAY = DAY + timedelta(days=1)
NOTICE = date(2021, 3, 20)
ASSEMBLY = DecisionRule(UUID(int=1), "G2", TWO_THIRDS, HALF)
STANDING_COUNCIL = DecisionRule(UUID(int=2), "G9", TWO_THIRDS, TWO_THIRDS)
HUNDRED = Entitled(100, Basis.ROLL)
DUES = Motion(
    UUID(int=21),
    "dues-standard",
    "会费标准每年5000元",
    payload=DuesStandard((TierAmount("member", 500_000),), DAY),
)
REPORT = Motion(UUID(int=22), "annual-reports", "2020年工作报告")


def counted(yes: int, no: int, *, more_returned: int = 0) -> Count:
    issued = yes + no
    tally = Tally(issued, issued + more_returned, issued, more_returned, 0, yes, no)
    return Count(Ballot.SECRET, tally, Tellers(UUID(int=11), UUID(int=12)))


def add(meeting: Meeting, *motions: Motion) -> Meeting:
    for motion in motions:
        meeting = put(meeting, motion, matters(), dues_terms())
    return meeting


def opened(*motions: Motion, present: int = 80) -> Meeting:
    meeting = add(call("assembly", ASSEMBLY, DAY, NOTICE), *motions)
    return open_meeting(meeting, present=present, entitled=HUNDRED, today=DAY)


def voted(
    meeting: Meeting, motion: Motion, present: int, count: Count, rule: DecisionRule | None = ASSEMBLY
) -> Meeting:
    return vote(meeting, motion.id, rule=rule, present=present, count=count, matters=matters(), dues_terms=dues_terms())


@pytest.mark.rule(id="G2")
@pytest.mark.parametrize(
    ("present", "yes", "state", "stamped"),
    [
        (67, 33, MotionState.REJECTED, False),
        (67, 34, MotionState.ADOPTED, False),
        (68, 34, MotionState.ADOPTED, True),
    ],
)
def test_a_hundred_delegates_vote_on_dues(present: int, yes: int, state: MotionState, stamped: bool) -> None:
    meeting = voted(opened(DUES), DUES, present, counted(yes, present - yes))
    motion = meeting.motion(DUES.id)
    assert motion.state is state
    assert motion.votes[-1].stamp == (EXACTLY_HALF if stamped else None)
    assert close(meeting).state is State.CLOSED


@pytest.mark.rule(id="X1")
def test_the_quorum_is_measured_at_the_vote_and_not_at_the_opening() -> None:
    late = opened(DUES, present=50)
    assert voted(late, DUES, 67, counted(67, 0)).motion(DUES.id).state is MotionState.ADOPTED
    gone = opened(DUES, present=100)
    with pytest.raises(Refused) as refused:
        voted(gone, DUES, 66, counted(66, 0))
    assert (refused.value.rule, refused.value.code) == ("G2", "no-quorum")


@pytest.mark.rule(id="X6")
def test_without_a_quorum_the_meeting_adjourns_and_its_motion_is_voted_on_later() -> None:
    meeting = opened(DUES, present=66)
    with pytest.raises(Refused):
        voted(meeting, DUES, 66, counted(66, 0))
    assert meeting.motion(DUES.id).votes == ()
    resting = adjourn(meeting)
    with pytest.raises(Refused) as refused:
        voted(resting, DUES, 80, counted(80, 0))
    assert refused.value.code == "meeting-state"
    later = resume(resting, day=NEXT_DAY, present=70, entitled=HUNDRED, today=NEXT_DAY)
    with pytest.raises(Refused) as backdated:
        voted(later, DUES, 70, counted(70, 0))
    assert backdated.value.code == "dues-backdated"
    assert later.day == NEXT_DAY
    again = add(withdraw(later, DUES.id, "改期施行"), REPORT)
    assert voted(again, REPORT, 70, counted(70, 0)).motion(REPORT.id).state is MotionState.ADOPTED


@pytest.mark.rule(id="G12")
@pytest.mark.parametrize("yes", [80, 0])
def test_a_motion_is_voted_on_once(yes: int) -> None:
    meeting = voted(opened(DUES), DUES, 80, counted(yes, 80 - yes))
    with pytest.raises(Refused) as refused:
        voted(meeting, DUES, 80, counted(80, 0))
    assert (refused.value.rule, refused.value.code) == ("G12", "motion-decided")


@pytest.mark.rule(id="G12")
def test_a_void_vote_is_kept_and_another_is_held() -> None:
    void = voted(opened(DUES), DUES, 80, counted(40, 39, more_returned=2))
    motion = void.motion(DUES.id)
    assert (motion.state, motion.votes[0].outcome) == (MotionState.PENDING, Outcome.VOID)
    with pytest.raises(Refused) as refused:
        close(void)
    assert refused.value.code == "motions-undecided"
    decided = voted(void, DUES, 80, counted(41, 39)).motion(DUES.id)
    assert decided.state is MotionState.ADOPTED
    assert [held.outcome for held in decided.votes] == [Outcome.VOID, Outcome.ADOPTED]


@pytest.mark.rule(id="G4")
def test_a_meeting_does_not_close_over_an_undecided_motion() -> None:
    meeting = voted(opened(DUES, REPORT), DUES, 80, counted(80, 0))
    with pytest.raises(Refused) as refused:
        close(meeting)
    assert (refused.value.rule, refused.value.code) == ("G4", "motions-undecided")
    assert REPORT.title in refused.value.detail.zh
    assert DUES.title not in refused.value.detail.zh
    assert close(withdraw(meeting, REPORT.id, "材料不齐")).state is State.CLOSED
    assert close(adjourn(withdraw(meeting, REPORT.id, "材料不齐"))).state is State.CLOSED


@pytest.mark.rule(id="X7")
def test_a_motion_is_withdrawn_with_a_reason_and_only_before_it_is_decided() -> None:
    meeting = opened(DUES, REPORT)
    with pytest.raises(Refused) as unexplained:
        withdraw(meeting, DUES.id, " ")
    assert unexplained.value.code == "reason-needed"
    gone = withdraw(meeting, DUES.id, " 材料不齐 ")
    assert (gone.motion(DUES.id).state, gone.motion(DUES.id).withdrawn) == (MotionState.WITHDRAWN, "材料不齐")
    assert gone.motion(REPORT.id) == REPORT
    for after in (gone, voted(meeting, DUES, 80, counted(0, 80))):
        with pytest.raises(Refused) as refused:
            withdraw(after, DUES.id, "再撤")
        assert refused.value.code == "motion-decided"


@pytest.mark.rule(id="G1")
def test_the_dues_standard_put_before_the_council_is_refused() -> None:
    council = call("council", DecisionRule(UUID(int=3), "G5", TWO_THIRDS, TWO_THIRDS), DAY, NOTICE)
    with pytest.raises(Refused) as refused:
        add(council, DUES)
    assert (refused.value.rule, refused.value.code) == ("G1", "wrong-body")
    assert "会员代表大会" in refused.value.detail.zh


@pytest.mark.rule(id="F4")
def test_the_standing_council_decides_on_a_large_expenditure() -> None:
    asked = Motion(UUID(int=23), "large-expenditure", "培训支出", UUID(int=50), SpendingLimit(5_000_000))
    meeting = add(call("standing-council", STANDING_COUNCIL, DAY, NOTICE), asked)
    meeting = open_meeting(meeting, present=6, entitled=Entitled(9, Basis.SEATS), today=DAY)
    for yes, state in ((3, MotionState.REJECTED), (4, MotionState.ADOPTED)):
        decided = voted(meeting, asked, 6, counted(yes, 6 - yes), STANDING_COUNCIL)
        assert decided.motion(asked.id).state is state


@pytest.mark.rule(id="F4")
def test_a_payload_is_looked_at_when_a_motion_is_put() -> None:
    meeting = call("standing-council", STANDING_COUNCIL, DAY, NOTICE)
    with pytest.raises(Refused) as refused:
        add(meeting, Motion(UUID(int=23), "large-expenditure", "培训支出", None, SpendingLimit(5_000_000)))
    assert refused.value.code == "subject-needed"


@pytest.mark.rule(id="G12")
def test_a_motion_has_a_title() -> None:
    with pytest.raises(Refused) as refused:
        add(opened(), Motion(UUID(int=24), "annual-reports", "\u3000"))
    assert refused.value.code == "title-needed"


@pytest.mark.rule(id="G23")
def test_the_notice_comes_no_later_than_the_meeting() -> None:
    assert call("assembly", ASSEMBLY, DAY, DAY).state is State.CALLED
    with pytest.raises(Refused) as refused:
        call("assembly", ASSEMBLY, DAY, NEXT_DAY)
    assert (refused.value.rule, refused.value.code) == ("G23", "notice-late")


@pytest.mark.rule(id="G23")
def test_a_meeting_may_be_entered_later_but_not_ahead_of_its_day() -> None:
    called = call("assembly", ASSEMBLY, DAY, NOTICE)
    assert open_meeting(called, present=80, entitled=HUNDRED, today=NEXT_DAY).day == DAY
    with pytest.raises(Refused) as early:
        open_meeting(called, present=80, entitled=HUNDRED, today=DAY - timedelta(days=1))
    assert (early.value.rule, early.value.code) == ("G23", "meeting-not-due")
    resting = adjourn(opened())
    with pytest.raises(Refused) as ahead:
        resume(resting, day=NEXT_DAY, present=80, entitled=HUNDRED, today=DAY)
    assert ahead.value.code == "meeting-not-due"
    assert resume(resting, day=DAY, present=80, entitled=HUNDRED, today=DAY).state is State.OPEN
    with pytest.raises(Refused) as back:
        resume(resting, day=DAY - timedelta(days=1), present=80, entitled=HUNDRED, today=DAY)
    assert back.value.code == "resumed-early"


@pytest.mark.rule(id="X1")
def test_a_resumed_meeting_counts_those_entitled_on_its_new_day() -> None:
    resting = adjourn(opened(REPORT))
    later = resume(resting, day=NEXT_DAY, present=60, entitled=Entitled(90, Basis.ROLL), today=NEXT_DAY)
    held = voted(later, REPORT, 60, counted(30, 30)).motion(REPORT.id).votes[-1]
    assert (held.entitled, held.outcome) == (90, Outcome.ADOPTED)


@pytest.mark.rule(id="X1")
def test_no_more_are_present_than_entitled() -> None:
    with pytest.raises(Refused) as opening:
        opened(present=101)
    assert opening.value.rule == "X1"
    with pytest.raises(Refused) as voting:
        voted(opened(DUES), DUES, 101, counted(101, 0))
    assert voting.value.rule == "X1"


@pytest.mark.rule(id="G1")
def test_a_body_that_takes_no_votes_meets_for_no_decision() -> None:
    with pytest.raises(Refused) as refused:
        call("secretariat", None, DAY, NOTICE)
    assert (refused.value.rule, refused.value.code) == ("G1", "body-without-votes")
    with pytest.raises(Refused):
        voted(opened(REPORT), REPORT, 80, counted(80, 0), None)


@pytest.mark.rule(id="G4")
def test_each_step_waits_for_its_turn() -> None:
    called = add(call("assembly", ASSEMBLY, DAY, NOTICE), REPORT)
    running = open_meeting(called, present=80, entitled=HUNDRED, today=DAY)
    resting = adjourn(running)
    over = close(withdraw(running, REPORT.id, "材料不齐"))
    steps: dict[str, Callable[[Meeting], Meeting]] = {
        "open": lambda m: open_meeting(m, present=80, entitled=HUNDRED, today=DAY),
        "vote": lambda m: voted(m, REPORT, 80, counted(80, 0)),
        "adjourn": adjourn,
        "resume": lambda m: resume(m, day=DAY, present=80, entitled=HUNDRED, today=DAY),
        "close": close,
        "put": lambda m: add(m, REPORT),
        "withdraw": lambda m: withdraw(m, REPORT.id, "材料不齐"),
    }
    out_of_turn = {
        called: {"vote", "adjourn", "resume", "close"},
        running: {"open", "resume"},
        resting: {"open", "vote", "adjourn"},
        over: set(steps),
    }
    for meeting, names in out_of_turn.items():
        for name in names:
            with pytest.raises(Refused) as refused:
                steps[name](meeting)
            assert refused.value.code == "meeting-state", (meeting.state, name)


def test_a_motion_of_another_meeting_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        voted(opened(), REPORT, 80, counted(80, 0))


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(
    ("recorded", "complete", "roll", "expected"),
    [
        (9, True, None, Entitled(9, Basis.SEATS)),
        (9, True, 9, Entitled(9, Basis.SEATS)),
        (2, False, 31, Entitled(31, Basis.ROLL)),
        (0, False, 100, Entitled(100, Basis.ROLL)),
        (31, False, 31, Entitled(31, Basis.ROLL)),
    ],
)
def test_the_entitled_are_the_seats_filled_or_the_roll_where_posts_do_not_tell(
    recorded: int, complete: bool, roll: int | None, expected: Entitled
) -> None:
    assert entitled_on(recorded, complete=complete, roll=roll) == expected


@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(
    ("recorded", "complete", "roll"), [(9, True, 8), (2, False, None), (2, False, 1), (0, False, -1)]
)
def test_a_number_that_the_records_contradict_is_refused(recorded: int, complete: bool, roll: int | None) -> None:
    with pytest.raises(Refused) as refused:
        entitled_on(recorded, complete=complete, roll=roll)
    assert (refused.value.rule, refused.value.code) == ("X1", "entitled")


@pytest.mark.rule(id="G12")
@given(st.lists(st.integers(0, 80), min_size=1, max_size=4))
def test_the_first_vote_that_counts_decides_for_good(yes: list[int]) -> None:
    meeting = opened(REPORT)
    outcomes = []
    for number in yes:
        try:
            meeting = voted(meeting, REPORT, 80, counted(number, 80 - number))
        except Refused:
            outcomes.append("refused")
        else:
            outcomes.append(meeting.motion(REPORT.id).state.value)
    assert outcomes[0] == ("adopted" if yes[0] >= 40 else "rejected")
    assert outcomes[1:] == ["refused"] * (len(yes) - 1)


class AnyMeeting(RuleBasedStateMachine):
    """Whatever is tried, in whatever order: a decision never changes, nothing is decided without a quorum."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting = call("assembly", ASSEMBLY, DAY, NOTICE)
        self.decided: dict[UUID, MotionState] = {}

    def attempt(self, step: Callable[[], Meeting]) -> None:
        try:
            self.meeting = step()
        except Refused:
            return

    @rule(number=st.integers(1, 4))
    def put(self, number: int) -> None:
        id_ = UUID(int=number)
        if id_ not in {motion.id for motion in self.meeting.motions}:
            self.attempt(lambda: add(self.meeting, Motion(id_, "annual-reports", f"议案{number}")))

    @rule(present=st.integers(0, 101))
    def open(self, present: int) -> None:
        self.attempt(lambda: open_meeting(self.meeting, present=present, entitled=HUNDRED, today=DAY))

    @rule(present=st.integers(0, 101))
    def resume(self, present: int) -> None:
        self.attempt(lambda: resume(self.meeting, day=DAY, present=present, entitled=HUNDRED, today=DAY))

    @rule()
    def adjourn(self) -> None:
        self.attempt(lambda: adjourn(self.meeting))

    @rule()
    def close(self) -> None:
        self.attempt(lambda: close(self.meeting))

    @precondition(lambda self: self.meeting.motions)
    @rule(data=st.data(), present=st.integers(60, 101), share=st.integers(0, 100), more=st.sampled_from([0, 0, 1]))
    def vote(self, data: st.DataObject, present: int, share: int, more: int) -> None:
        motion = data.draw(st.sampled_from(self.meeting.motions))
        yes = present * share // 100
        self.attempt(lambda: voted(self.meeting, motion, present, counted(yes, present - yes, more_returned=more)))

    @precondition(lambda self: self.meeting.motions)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        motion = data.draw(st.sampled_from(self.meeting.motions))
        self.attempt(lambda: withdraw(self.meeting, motion.id, "材料不齐"))

    @invariant()
    def what_was_decided_stays_decided(self) -> None:
        states = {motion.id: motion.state for motion in self.meeting.motions}
        assert all(states[id_] is state for id_, state in self.decided.items())
        self.decided.update({id_: state for id_, state in states.items() if state is not MotionState.PENDING})

    @invariant()
    def nothing_is_decided_without_a_quorum(self) -> None:
        for motion in self.meeting.motions:
            for held in motion.votes:
                assert 67 <= held.present <= 100
            assert [held.outcome for held in motion.votes[:-1]] == [Outcome.VOID] * (
                len(motion.votes) - 1 if motion.votes else 0
            )

    @invariant()
    def a_closed_meeting_left_nothing_undecided(self) -> None:
        if self.meeting.state is State.CLOSED:
            assert all(motion.state is not MotionState.PENDING for motion in self.meeting.motions)


TestAnyMeeting = AnyMeeting.TestCase
