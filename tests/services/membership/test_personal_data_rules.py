"""Requests about personal data: what is refused, by which rule, and when they are due (X8, X10, X12)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.membership.data import request_terms
from services.membership.personal_data import rules
from services.membership.personal_data.rules import Decision, Kind, State
from shared.errors import NotFound, Problem, Refused
from shared.identity.duties import Act, Caller, keep_apart

CONSENTED = {"name": False, "identity-number": True}


def refusal(code: str) -> object:
    return pytest.raises(Problem, check=lambda problem: problem.code == code)  # type: ignore[attr-defined]


@pytest.mark.rule(id="X12")
@pytest.mark.parametrize(
    ("kind", "classes", "name"),
    [
        (Kind.SEE, [], None),
        (Kind.CORRECT, [], "田间"),
        (Kind.DELETE, ["name"], None),
        (Kind.DELETE, ["name", "identity-number"], None),
        (Kind.WITHDRAW, ["identity-number"], None),
    ],
)
def test_a_wish_that_says_what_it_is_about_is_taken(kind: Kind, classes: list[str], name: str | None) -> None:
    rules.check_wish(kind, classes, CONSENTED, name)


@pytest.mark.rule(id="X12")
@given(
    kind=st.sampled_from(Kind),
    classes=st.lists(st.sampled_from(["name", "identity-number", "photo"]), unique=True),
    name=st.none() | st.just("田间"),
)
def test_of_all_wishes_just_those_are_taken(kind: Kind, classes: list[str], name: str | None) -> None:
    names = (kind in (Kind.DELETE, Kind.WITHDRAW)) == bool(classes) and "photo" not in classes
    withdrawable = kind is not Kind.WITHDRAW or classes == ["identity-number"]
    fits = names and withdrawable and (kind is Kind.CORRECT) == (name is not None)
    if fits:
        rules.check_wish(kind, classes, CONSENTED, name)
        return
    with pytest.raises(Refused) as refused:
        rules.check_wish(kind, classes, CONSENTED, name)
    assert refused.value.rule in ("X10", "X12")


@pytest.mark.rule(id="X8")
@given(person=st.uuids(), handler=st.uuids())
def test_only_others_handle_a_request(person: UUID, handler: UUID) -> None:
    assume(handler != person)
    keep_apart(Act.HANDLES, Caller.of(handler), [rules.about(person)])
    with refusal("own-request"):
        keep_apart(Act.HANDLES, Caller.of(person), [rules.about(person)])


@pytest.mark.rule(id="X12")
def test_only_whom_it_is_assigned_to_answers_and_only_once() -> None:
    assigned, other = uuid4(), uuid4()
    rules.check_answerable(State.ASSIGNED, assigned, str(assigned))
    for handler in (str(other), None):
        with refusal("not-assigned"):
            rules.check_answerable(State.ASSIGNED, assigned, handler)
    with refusal("not-assigned"):
        rules.check_answerable(State.RECEIVED, None, str(other))
    for state in (State.ERASING, State.ANSWERED):
        with refusal("request-decided"):
            rules.check_answerable(state, assigned, str(assigned))
        with refusal("request-decided"):
            rules.check_assignable(state)


@pytest.mark.rule(id="X12")
@pytest.mark.parametrize(("clause", "reason"), [("", ""), ("第四十五条", " "), (" ", "无法核实")])
def test_a_refusal_names_clause_and_reason_and_a_grant_needs_neither(clause: str, reason: str) -> None:
    rules.check_decision(Decision.GRANTED, clause, reason)
    rules.check_decision(Decision.REFUSED, "第四十五条", "无法核实")
    with refusal("clause-required"):
        rules.check_decision(Decision.REFUSED, clause, reason)


@pytest.mark.rule(id="X1")
@pytest.mark.rule(id="X4")
@given(day=st.dates(date(2020, 10, 1), date(2100, 1, 1)))
def test_the_last_day_is_thirty_days_on_and_counts(day: date) -> None:
    (terms,) = request_terms()
    assert terms.due_on(day) == day + timedelta(days=30)
    last = terms.fetch_until(day)
    rules.check_fetchable(Kind.SEE, Decision.GRANTED, last, last)
    with refusal("fetch-over"):
        rules.check_fetchable(Kind.SEE, Decision.GRANTED, last, last + timedelta(days=1))


@pytest.mark.rule(id="X12")
@pytest.mark.parametrize(
    ("kind", "decision"),
    [(Kind.DELETE, Decision.GRANTED), (Kind.SEE, Decision.REFUSED), (Kind.SEE, None)],
)
def test_only_what_was_granted_to_be_seen_is_fetched(kind: Kind, decision: Decision | None) -> None:
    with refusal("nothing-to-fetch"):
        rules.check_fetchable(kind, decision, date(2023, 1, 1), date(2023, 1, 1))


def test_others_do_not_learn_of_a_request() -> None:
    rules.check_readable(True, False)
    rules.check_readable(False, True)
    with pytest.raises(NotFound):
        rules.check_readable(False, False)


def test_who_has_no_person_has_no_data() -> None:
    person = uuid4()
    assert rules.check_person(str(person)) == person
    with refusal("no-person"):
        rules.check_person(None)


@given(expected=st.sets(st.sampled_from("abcde")), answered=st.sets(st.sampled_from("abcde")))
def test_an_erasure_is_complete_with_the_last_answer(expected: set[str], answered: set[str]) -> None:
    assert rules.all_answered(expected, answered) == (not expected - answered)
