"""The pact and who signs it, complaints about it, visits and studies (M12, X4, X8)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import handling_terms
from services.membership.representatives.rules import Term
from services.membership.self_discipline.complaints import rules as complaints
from services.membership.self_discipline.complaints.rules import State
from services.membership.self_discipline.pacts import rules as pacts
from services.membership.studies import rules as studies
from services.membership.studies.rules import Promised
from services.membership.visits import rules as visits
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

pytestmark = pytest.mark.rule(id="M12")
TODAY = date(2021, 3, 1)
(TERMS,) = handling_terms()
UNIT, OTHER = uuid.uuid4(), uuid.uuid4()


def day(text: str) -> date:
    return date.fromisoformat(text)


@contextmanager
def refused(code: str, rule: str = "M12") -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.value.rule, caught.value.code) == (rule, code)


# --- the pact ----------------------------------------------------------------------------------------------


def test_versions_of_the_pact_follow_one_another() -> None:
    pacts.check_version(TODAY, TODAY, None, TODAY)
    pacts.check_version(TODAY, TODAY, TODAY - timedelta(1), TODAY)
    with refused("pact-days"):
        pacts.check_version(TODAY + timedelta(1), TODAY + timedelta(1), None, TODAY)
    with refused("pact-days"):
        pacts.check_version(TODAY, TODAY - timedelta(1), None, TODAY)
    with refused("pact-order"):
        pacts.check_version(TODAY, TODAY, TODAY, TODAY)


@pytest.mark.parametrize(
    ("signed_on", "terms", "signed", "code"),
    [
        ("2021-01-31", [Term(date(2020, 1, 1))], None, "signing-day"),
        ("2021-03-02", [Term(date(2020, 1, 1))], None, "signing-day"),
        ("2021-03-01", [], None, "not-a-representative"),
        ("2021-03-01", [Term(date(2020, 1, 1), date(2021, 2, 28))], None, "not-a-representative"),
        ("2021-03-01", [Term(date(2020, 1, 1))], UNIT, "pact-signed"),
    ],
)
def test_a_signature_that_does_not_hold_is_refused(
    signed_on: str, terms: list[Term], signed: uuid.UUID | None, code: str
) -> None:
    with refused(code):
        pacts.check_signing(day(signed_on), date(2021, 2, 1), TODAY, terms, signed)


def test_a_representative_signs_from_the_day_of_adoption_on() -> None:
    for signed_on in (date(2021, 2, 1), TODAY):
        pacts.check_signing(signed_on, date(2021, 2, 1), TODAY, [Term(date(2021, 2, 1), TODAY)], None)


def test_a_signature_is_withdrawn_once_after_it_was_given() -> None:
    pacts.check_withdrawal(TODAY, TODAY, TODAY, None)
    for withdrawn_on in (TODAY - timedelta(1), TODAY + timedelta(1)):
        with refused("withdrawal-day"):
            pacts.check_withdrawal(withdrawn_on, TODAY, TODAY, None)
    with refused("signature-withdrawn"):
        pacts.check_withdrawal(TODAY, TODAY, TODAY, TODAY)


# --- complaints --------------------------------------------------------------------------------------------


def test_no_step_is_left_out_and_none_is_taken_back() -> None:
    allowed = {
        ("received", "accepted"),
        ("received", "dismissed"),
        ("accepted", "heard"),
        ("heard", "decided"),
        ("decided", "closed"),
    }
    for state, next_state in product(State, State):
        if (state.value, next_state.value) in allowed:
            assert complaints.follow(state, next_state) is next_state
        else:
            with refused("complaint-state"):
                complaints.follow(state, next_state)


@pytest.mark.parametrize(
    ("kind", "complainant", "outsider", "code"),
    [
        ("treason", UNIT, None, "complaint-kind"),
        ("service", None, None, "complainant"),
        ("service", UNIT, "customer", "complainant"),
        ("service", OTHER, None, "complaint-about-oneself"),
    ],
)
def test_a_complaint_that_cannot_be_is_refused(
    kind: str, complainant: uuid.UUID | None, outsider: str | None, code: str
) -> None:
    with refused(code):
        complaints.check_complaint(kind, complainant, outsider, OTHER, TERMS)


def test_a_unit_or_an_outsider_complains() -> None:
    complaints.check_complaint("service", UNIT, None, OTHER, TERMS)
    complaints.check_complaint("service", None, "customer", OTHER, TERMS)


@pytest.mark.rule(id="X8")
def test_nobody_of_either_unit_handles_a_complaint() -> None:
    bond = complaints.whose_complaint(UNIT, OTHER)
    keep_apart(Act.JUDGES, Caller.of(uuid.uuid4(), units=[uuid.uuid4()]), [bond])
    for unit in (UNIT, OTHER):
        with refused("own-complaint", "X8"):
            keep_apart(Act.JUDGES, Caller.of(uuid.uuid4(), units=[unit]), [bond])


@pytest.mark.parametrize(
    ("breach", "measure", "code"),
    [
        (True, "fine", "measure-unknown"),
        (True, None, "measure-without-breach"),
        (False, "reminder", "measure-without-breach"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(breach: bool, measure: str | None, code: str) -> None:
    with refused(code):
        complaints.check_decision(breach, measure, TERMS)


def test_a_breach_has_a_measure_and_none_is_a_fine() -> None:
    complaints.check_decision(False, None, TERMS)
    for measure, label in TERMS.measures.items():
        complaints.check_decision(True, measure, TERMS)
        assert "罚" not in label.zh


def test_a_hearing_is_held_between_acceptance_and_today() -> None:
    complaints.check_hearing(TODAY, TODAY, TODAY)
    for held_on in (TODAY - timedelta(1), TODAY + timedelta(1)):
        with refused("hearing-day"):
            complaints.check_hearing(held_on, TODAY, TODAY)


def test_the_unit_answers_until_it_is_decided() -> None:
    complaints.check_answer(decided=False)
    with refused("answer-late"):
        complaints.check_answer(decided=True)


# --- visits ------------------------------------------------------------------------------------------------


def test_a_visit_was_made_and_what_follows_is_due_later() -> None:
    visits.check_visit(TODAY, TODAY)
    visits.check_follow_up(TODAY, TODAY)
    with refused("visit-to-come"):
        visits.check_visit(TODAY + timedelta(1), TODAY)
    with refused("follow-up-due"):
        visits.check_follow_up(TODAY - timedelta(1), TODAY)


def test_a_follow_up_is_settled_once() -> None:
    for outcome in (visits.State.DONE, visits.State.DROPPED):
        assert visits.settle(visits.State.OPEN, outcome) is outcome
        with refused("follow-up-settled"):
            visits.settle(outcome, visits.State.DONE)
    with refused("follow-up-settled"):
        visits.settle(visits.State.OPEN, visits.State.OPEN)


# --- studies -----------------------------------------------------------------------------------------------

REPORT = Promised("研究报告", date(2021, 6, 30))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreed_on": date(2021, 3, 2)}, "study-to-come"),
        ({"ends_on": date(2020, 12, 31)}, "study-term"),
        ({"amount": 0}, "study-amount"),
        ({"promised": []}, "study-deliverables"),
        ({"promised": [REPORT, Promised("问卷", date(2021, 7, 1))]}, "study-deliverables"),
        ({"promised": [Promised("问卷", date(2020, 12, 31))]}, "study-deliverables"),
    ],
)
def test_an_agreement_that_does_not_fit_is_refused(changed: dict[str, object], code: str) -> None:
    given: dict[str, object] = {
        "amount": 5_000_000,
        "agreed_on": TODAY,
        "begins_on": date(2021, 1, 1),
        "ends_on": date(2021, 6, 30),
        "promised": [REPORT],
        "today": TODAY,
    }
    studies.check_agreement(**given)  # type: ignore[arg-type]
    with refused(code):
        studies.check_agreement(**{**given, **changed})  # type: ignore[arg-type]


def test_what_is_over_is_over() -> None:
    studies.check_under_way(studies.State.AGREED)
    for state in (studies.State.ACCEPTED, studies.State.ENDED):
        with refused("study-over"):
            studies.check_under_way(state)


def test_a_deliverable_is_delivered_once_after_the_agreement() -> None:
    studies.check_delivery(TODAY, TODAY, TODAY, None)
    with refused("delivered-before"):
        studies.check_delivery(TODAY, TODAY, TODAY, TODAY)
    for delivered_on in (TODAY - timedelta(1), TODAY + timedelta(1)):
        with refused("delivery-day"):
            studies.check_delivery(delivered_on, TODAY, TODAY, None)


@given(
    st.lists(st.none() | st.dates(date(2020, 1, 1), TODAY), min_size=1), st.dates(date(2020, 1, 1), date(2022, 1, 1))
)
def test_a_client_decides_once_everything_is_delivered(delivered: list[date | None], on: date) -> None:
    days = [each for each in delivered if each is not None]
    if len(days) < len(delivered):
        with refused("study-not-delivered"):
            studies.check_acceptance(on, delivered, TODAY)
    elif max(days) <= on <= TODAY:
        studies.check_acceptance(on, delivered, TODAY)
    else:
        with refused("acceptance-day"):
            studies.check_acceptance(on, delivered, TODAY)
