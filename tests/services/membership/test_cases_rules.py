"""Service cases: their steps and states, who handles and who receives them (M7, X1, X4, X8)."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.cases import rules
from services.membership.cases.rules import Outcome, State, Step
from services.membership.data import case_kinds, case_terms
from services.membership.plugin import PLUGIN
from services.membership.service import MembershipService
from shared.api.operations import operations_of
from shared.errors import NotFound, Refused
from shared.identity.duties import Act, Caller, keep_apart
from shared.identity.reach import Reach, reach_of

ANNA, BEN, CUI = (uuid.UUID(int=n) for n in (1, 2, 3))
DAY = date(2021, 3, 1)
(TERMS,) = case_terms()


def refused(act: Callable[[], Any], rule: str = "M7") -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.rule == rule
    return caught.value.code


@pytest.mark.rule(id="M7")
@pytest.mark.parametrize(
    ("kind", "label"), [("appeal", "反映企业诉求"), ("legal_advice", "法律咨询"), ("rights", "维权")]
)
def test_the_kinds_are_the_documents(kind: str, label: str) -> None:
    assert case_kinds()[kind].zh == label
    assert set(TERMS.days_to_answer) == set(case_kinds())


@pytest.mark.rule(id="M7")
@pytest.mark.rule(id="X4")
def test_the_last_day_for_an_answer_follows_from_kind_and_terms() -> None:
    assert TERMS.due_on("legal_advice", DAY) == date(2021, 3, 8)
    assert TERMS.due_on("appeal", DAY) == date(2021, 3, 31)
    assert refused(lambda: TERMS.due_on("divorce", DAY)) == "kind"


STEPS = st.lists(st.sampled_from(Step))


@pytest.mark.rule(id="M7")
@given(STEPS)
def test_the_rules_and_the_record_agree_on_the_state(steps: list[Step]) -> None:
    """A case that goes by the rules stands where its record says; what a rule refuses is in no record."""
    state, entered = State.OPEN, list[Step]()
    hands: uuid.UUID | None = None
    for step in steps:
        try:
            match step:
                case Step.MESSAGE:
                    rules.check_open(state)
                case Step.ASSIGNMENT:
                    other = BEN if hands == ANNA else ANNA
                    state, hands = rules.assigned(state, hands, other), other
                case Step.REPLY:
                    state = rules.replied(state, hands, str(hands))
                case Step.CLOSING:
                    state = rules.closed(state, Outcome.WITHDRAWN)
                case Step.REOPENING:
                    state = rules.reopened(state, hands)
        except Refused:
            continue
        entered.append(step)
    assert rules.state_after(entered) is state


@pytest.mark.rule(id="M7")
@pytest.mark.parametrize("state", [each for each in State if each is not State.CLOSED])
def test_a_case_is_reopened_only_when_it_is_closed(state: State) -> None:
    assert refused(lambda: rules.reopened(state, ANNA)) == "case-not-closed"
    assert rules.reopened(State.CLOSED, ANNA) is State.ASSIGNED
    assert rules.reopened(State.CLOSED, None) is State.OPEN


@pytest.mark.rule(id="M7")
def test_nothing_is_done_with_a_closed_case() -> None:
    for act in (
        lambda: rules.check_open(State.CLOSED),
        lambda: rules.assigned(State.CLOSED, None, ANNA),
        lambda: rules.replied(State.CLOSED, ANNA, str(ANNA)),
        lambda: rules.closed(State.CLOSED, Outcome.WITHDRAWN),
    ):
        assert refused(act) == "case-closed"


@pytest.mark.rule(id="M7")
def test_whoever_has_it_in_hand_replies_and_nobody_else() -> None:
    assert rules.replied(State.ASSIGNED, ANNA, str(ANNA)) is State.REPLIED
    assert rules.replied(State.REPLIED, ANNA, str(ANNA)) is State.REPLIED
    for assigned_to, person in ((ANNA, str(BEN)), (ANNA, None), (None, str(BEN)), (None, None)):
        assert refused(lambda: rules.replied(State.ASSIGNED, assigned_to, person)) == "not-assigned"  # noqa: B023
    assert refused(lambda: rules.assigned(State.REPLIED, ANNA, ANNA)) == "assigned-already"


@pytest.mark.rule(id="M7")
@pytest.mark.parametrize("outcome", Outcome)
def test_a_case_is_closed_after_a_reply_unless_the_unit_withdraws_it(outcome: Outcome) -> None:
    assert rules.closed(State.REPLIED, outcome) is State.CLOSED
    for state in (State.OPEN, State.ASSIGNED):
        if outcome is Outcome.WITHDRAWN:
            assert rules.closed(state, outcome) is State.CLOSED
        else:
            assert refused(lambda: rules.closed(state, outcome)) == "reply-needed"  # noqa: B023


@pytest.mark.rule(id="X8")
def test_whoever_represents_the_unit_does_not_handle_its_case() -> None:
    unit, other = uuid.uuid4(), uuid.uuid4()
    bond = rules.whose_case(unit)
    with pytest.raises(Refused) as caught:
        keep_apart(Act.HANDLES, Caller.of(ANNA, units=[unit]), [bond])
    assert (caught.value.rule, caught.value.code) == ("X8", "own-units-case")
    keep_apart(Act.HANDLES, Caller.of(ANNA, units=[other]), [bond])


@pytest.mark.rule(id="M7")
def test_the_unit_is_the_one_named_or_the_only_one_represented() -> None:
    named, mine = uuid.uuid4(), uuid.uuid4()
    assert rules.unit_of(named, [str(mine)]) == named
    assert rules.unit_of(None, [str(mine)]) == mine
    for represented in ([], [str(mine), str(named)]):
        assert refused(lambda: rules.unit_of(None, represented)) == "unit-needed"  # noqa: B023


@pytest.mark.rule(id="M7")
@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_nothing_is_said_without_words(text: str) -> None:
    assert refused(lambda: rules.words(text)) == "words"


# --- confidential ------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M7")
def test_the_first_post_that_somebody_holds_receives_who_is_not_of_the_unit() -> None:
    posts, holders = ("head", "secretary"), {"head": {ANNA, BEN}, "secretary": {CUI}}
    assert rules.receivers(posts, holders, []) == {ANNA, BEN}
    assert rules.receivers(posts, holders, [ANNA]) == {BEN}
    assert rules.receivers(posts, holders, [ANNA, BEN]) == {CUI}
    assert rules.receivers(posts, {"secretary": {CUI}}, []) == {CUI}
    assert refused(lambda: rules.receivers(posts, holders, [ANNA, BEN, CUI])) == "nobody-receives"
    assert refused(lambda: rules.receivers(posts, {}, [])) == "nobody-receives"


@pytest.mark.rule(id="M7")
def test_who_is_not_on_a_case_finds_none() -> None:
    rules.check_on_it([ANNA], str(ANNA))
    for person in (str(BEN), None):
        with pytest.raises(NotFound):
            rules.check_on_it([ANNA], person)
    assert refused(lambda: rules.check_person(None)) == "no-person"


@pytest.mark.rule(id="M7")
def test_people_are_added_once_and_taken_off_unless_the_case_is_theirs() -> None:
    assert rules.with_person([ANNA], BEN) == [ANNA, BEN]
    assert refused(lambda: rules.with_person([ANNA], ANNA)) == "on-the-case"

    def off(person: uuid.UUID, *, hands: uuid.UUID | None = None, by: uuid.UUID = ANNA) -> list[uuid.UUID]:
        return rules.without_person([ANNA, BEN], person, opened_by=ANNA, assigned_to=hands, by=by)

    assert off(BEN) == [ANNA]
    assert refused(lambda: off(CUI)) == "not-on-the-case"
    for act in (lambda: off(ANNA, by=BEN), lambda: off(BEN, hands=BEN), lambda: off(BEN, by=BEN)):
        assert refused(act) == "stays-on-the-case"


@pytest.mark.rule(id="M7")
@given(st.lists(st.tuples(st.sampled_from([Step.JOINING, Step.LEAVING]), st.sampled_from([BEN, CUI]))))
def test_the_record_says_who_is_on_a_case(steps: list[tuple[Step, uuid.UUID]]) -> None:
    people, entered = [ANNA], list[tuple[Step, uuid.UUID | None]]()
    for step, about in steps:
        try:
            if step is Step.JOINING:
                people = rules.with_person(people, about)
            else:
                people = rules.without_person(people, about, opened_by=ANNA, assigned_to=None, by=ANNA)
        except Refused:
            continue
        entered.append((step, about))
    assert rules.people_after(ANNA, entered) == set(people)


@pytest.mark.rule(id="M7")
def test_few_confidential_cases_are_not_counted_out() -> None:
    assert [TERMS.told(number) for number in (0, 1, 4, 5, 6)] == [0, None, None, 5, 6]


@pytest.mark.rule(id="M7")
@pytest.mark.rule(id="M11")
def test_no_role_reaches_confidential_cases_that_its_holder_is_not_on() -> None:
    """By no pattern either: whoever reads, writes or handles reaches their own; who opens one or counts sees none."""
    operations = [
        operation
        for operation in operations_of(MembershipService).values()
        if operation.permission.startswith("membership.confidential_case.")
    ]
    assert operations
    for operation in operations:
        verb = operation.permission.rpartition(".")[2]
        for role in PLUGIN.grants:
            reach = reach_of(PLUGIN.grants, [role], operation.permission)
            if verb in ("raise", "count"):
                assert reach is None or role in ("clerk", "officer", "representative"), (role, operation.name)
            else:
                assert reach in (None, Reach.OWN), (role, operation.name)
    for permission in {each.permission for each in operations}:
        assert reach_of(PLUGIN.grants, ["administrator"], permission) is None
        assert reach_of(PLUGIN.grants, ["inspector"], permission) is None


@pytest.mark.rule(id="M11")
def test_the_administrator_has_all_other_permissions_of_membership() -> None:
    for operation in operations_of(MembershipService).values():
        if operation.permission.startswith("membership.") and "confidential_case" not in operation.permission:
            assert reach_of(PLUGIN.grants, ["administrator"], operation.permission) is Reach.ALL, operation.name


@pytest.mark.rule(id="X1")
@given(st.dates(date(2020, 1, 1), date(2400, 1, 1)), st.sampled_from(sorted(TERMS.days_to_answer)))
def test_the_whole_last_day_is_there_to_answer(day: date, kind: str) -> None:
    assert TERMS.due_on(kind, day) - day == timedelta(days=TERMS.days_to_answer[kind])
