"""Applications for membership: their way, what they hold, who does not review them (M1, X4, X8, X10)."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.applications import rules
from services.membership.applications.rules import Kind, State
from services.membership.data import admission_terms
from shared.effective import in_force
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

(TERMS,) = admission_terms()
WAYS = {
    (State.RECEIVED, State.UNDER_REVIEW),
    (State.UNDER_REVIEW, State.SENT_BACK),
    (State.UNDER_REVIEW, State.DECISION_WANTED),
    (State.SENT_BACK, State.RECEIVED),
    (State.RECEIVED, State.WITHDRAWN),
    (State.UNDER_REVIEW, State.WITHDRAWN),
    (State.SENT_BACK, State.WITHDRAWN),
    (State.DECISION_WANTED, State.WITHDRAWN),
}
MOVES = [State.RECEIVED, State.UNDER_REVIEW, State.SENT_BACK, State.DECISION_WANTED, State.WITHDRAWN]
PERSON, OTHER, UNIT = UUID(int=1), UUID(int=2), UUID(int=3)


def refusal(refused: pytest.ExceptionInfo[Refused]) -> tuple[str | None, str]:
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="M1")
@given(st.sampled_from(State), st.sampled_from(MOVES))
def test_an_application_goes_its_way_and_no_other(state: State, to: State) -> None:
    if (state, to) in WAYS:
        assert rules.moved(state, to) is to
    else:
        with pytest.raises(Refused) as refused:
            rules.moved(state, to)
        assert refusal(refused) == ("M1", "application-state")


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("state", State)
def test_the_bodys_word_goes_before_the_secretariats_but_not_before_the_applicants(state: State) -> None:
    assert rules.admits(state) == (state not in (State.ADMITTED, State.WITHDRAWN))
    assert rules.rejects(state) == (state in rules.OPEN)


@pytest.mark.rule(id="M1")
@given(st.permutations([True, False]))
def test_of_two_votes_the_one_that_admits_counts_in_either_order(votes: list[bool]) -> None:
    state = State.DECISION_WANTED
    for adopted in votes:
        if adopted and rules.admits(state):
            state = State.ADMITTED
        elif not adopted and rules.rejects(state):
            state = State.REJECTED
    assert state is State.ADMITTED


@pytest.mark.rule(id="M1")
def test_a_member_does_not_apply_and_nobody_applies_twice_at_once() -> None:
    rules.check_may_apply(member=False, other=None)
    with pytest.raises(Refused) as refused:
        rules.check_may_apply(member=True, other=None)
    assert refusal(refused) == ("M1", "member-already")
    with pytest.raises(Refused) as refused:
        rules.check_may_apply(member=False, other=OTHER)
    assert refusal(refused) == ("M1", "application-open")


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X4")
def test_the_council_decides_as_assumed_and_wants_a_written_application() -> None:
    assert in_force(admission_terms(), date(2021, 2, 1), rules.TERMS).body == "council"
    rules.check_complete([Kind.LICENCE, Kind.FORM], TERMS)
    with pytest.raises(Refused) as refused:
        rules.check_complete([Kind.LICENCE], TERMS)
    assert refusal(refused) == ("M1", "documents-missing")
    assert Kind.FORM.label.zh in refused.value.detail.zh


@pytest.mark.rule(id="X10")
def test_a_contact_consents() -> None:
    rules.check_consent(True)
    with pytest.raises(Refused) as refused:
        rules.check_consent(False)
    assert refusal(refused) == ("X10", "consent-needed")


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("13900000000", "13900000000"),
        ("+86 139-0000-0000", "13900000000"),
        ("(0351) 1234567", "03511234567"),
        ("400 000 0000", "4000000000"),
    ],
)
def test_a_phone_number_is_kept_as_digits(text: str, kept: str) -> None:
    assert rules.phone(text) == kept
    assert rules.phone(kept) == kept


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    "text", ["", "1390000000", "139000000000", "１３９0000000", "12900000000", "电话", "139x0000000"]
)
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.phone(text)
    assert refusal(refused) == ("M1", "phone")


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
    ],
)
def test_a_document_is_what_it_holds(content: bytes, media_type: str) -> None:
    assert rules.document_type(content)[0] == media_type


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>%PDF-", b"PK\x03\x04", b"%PDF"])
def test_another_file_is_no_document(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        rules.document_type(content)
    assert refusal(refused) == ("M1", "document-type")


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X1")
def test_documents_are_few_and_small_the_limit_included() -> None:
    rules.check_document(TERMS.document_bytes, TERMS.documents_at_most - 1, TERMS)
    with pytest.raises(Refused) as refused:
        rules.check_document(TERMS.document_bytes + 1, 0, TERMS)
    assert refusal(refused) == ("M1", "document-size")
    with pytest.raises(Refused) as refused:
        rules.check_document(1, TERMS.documents_at_most, TERMS)
    assert refusal(refused) == ("M1", "documents-too-many")


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (Caller.of(PERSON), "entered-before"),
        (Caller.of(OTHER), "own-application"),
        (Caller.of(UUID(int=9), units=[UNIT]), "own-unit"),
        (Caller.of(UUID(int=9), units=[UUID(int=8)]), None),
    ],
)
def test_nobody_reviews_what_they_entered_or_what_is_their_own(caller: Caller, code: str | None) -> None:
    bonds = rules.whose_application([PERSON, None], OTHER, UNIT)
    if code is None:
        keep_apart(Act.REVIEWS, caller, bonds)
        return
    with pytest.raises(Refused) as refused:
        keep_apart(Act.REVIEWS, caller, bonds)
    assert refusal(refused) == ("X8", code)
