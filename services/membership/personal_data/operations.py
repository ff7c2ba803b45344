"""Requests about personal data 个人信息权利申请: made for oneself or entered by staff, assigned, answered (X12)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select

from services.membership.data import personal_data_terms, request_terms
from services.membership.people.models import Person
from services.membership.people.rules import display_name, search_key
from services.membership.personal_data import rules
from services.membership.personal_data.erasures import order_erasure_of
from services.membership.personal_data.gathering import gather, named, workbook
from services.membership.personal_data.models import PersonalDataRequest
from services.membership.personal_data.schemas import (
    AnswerIn,
    AssignmentIn,
    EnteredWishIn,
    RequestOut,
    RequestQuery,
    WishIn,
)
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.documents.spreadsheets import EXCEL
from shared.effective import in_force
from shared.identity.duties import Act, Caller, keep_apart
from shared.identity.principals import SIGNED_IN
from shared.personal.rules import Ground
from shared.personal.terms import classes_of, terms_of
from shared.store.tx import Tx
from shared.text import Text

HANDLE = "membership.personal_data.handle"
"""The permission to enter, see, assign and answer other people's requests."""
GROUNDS = {rules.Kind.DELETE: Ground.DELETION, rules.Kind.WITHDRAW: Ground.WITHDRAWAL}


class PersonalDataRequests:
    """What people may ask of their own data."""

    @operation(
        "POST /personal-data-requests/mine",
        permission=SIGNED_IN,
        request=WishIn,
        response=RequestOut,
        label=("申请查阅、更正、删除本人信息或撤回同意", "Ask to see, correct or delete one's data"),
        kind="create",
    )
    def make_personal_data_request(
        self, tx: Tx, kind: str, classes: Sequence[str], correct_name: str | None
    ) -> PersonalDataRequest:
        """Asks to see, correct or delete one's own data, or takes a consent back; it has a day to be answered (X12)."""
        return _receive(tx, rules.check_person(tx.principal.person), kind, classes, correct_name)

    @operation(
        "POST /personal-data-requests",
        permission=HANDLE,
        request=EnteredWishIn,
        response=RequestOut,
        label=("代为登记个人信息申请", "Enter a request for somebody"),
        kind="create",
    )
    def enter_personal_data_request(
        self, tx: Tx, person_id: uuid.UUID, kind: str, classes: Sequence[str], correct_name: str | None
    ) -> PersonalDataRequest:
        """Enters what somebody asks by letter, by telephone or at the desk (X12)."""
        return _receive(tx, person_id, kind, classes, correct_name)

    @operation(
        "GET /personal-data-requests",
        permission=HANDLE,
        request=RequestQuery,
        response=RequestOut,
        label=("个人信息申请", "Requests about personal data"),
        kind="list",
    )
    def list_personal_data_requests(
        self, tx: Tx, page: PageRequest, state: str | None, person_id: uuid.UUID | None
    ) -> Page:
        """Requests, those due first at the top; by state or person (X12)."""
        query = select(PersonalDataRequest)
        if state:
            query = query.where(PersonalDataRequest.state == state)
        if person_id:
            query = query.where(PersonalDataRequest.person_id == person_id)
        return _page(tx, query, page)

    @operation(
        "GET /personal-data-requests/mine",
        permission=SIGNED_IN,
        response=RequestOut,
        label=("我的个人信息申请", "My requests"),
        kind="list",
    )
    def list_my_personal_data_requests(self, tx: Tx, page: PageRequest) -> Page:
        """One's own requests and what came of them (X12)."""
        own = rules.check_person(tx.principal.person)
        return _page(tx, select(PersonalDataRequest).where(PersonalDataRequest.person_id == own), page)

    @operation(
        "GET /personal-data-requests/{id}",
        permission=SIGNED_IN,
        response=RequestOut,
        label=("个人信息申请详情", "A request about personal data"),
        kind="detail",
    )
    def get_personal_data_request(self, tx: Tx, id: uuid.UUID) -> PersonalDataRequest:
        """A request, to the person and to whoever handles requests (X12)."""
        return _readable(tx, tx.get(PersonalDataRequest, id))

    @operation(
        "POST /personal-data-requests/{id}/assignment",
        permission=HANDLE,
        request=AssignmentIn,
        response=RequestOut,
        label=("指派承办人", "Assign a request"),
        kind="action",
        apart=Act.HANDLES,
    )
    def assign_personal_data_request(self, tx: Tx, id: uuid.UUID, person_id: uuid.UUID) -> PersonalDataRequest:
        """Assigns a request to somebody, not to the person it is about (X8, X12)."""
        request = tx.change(PersonalDataRequest, id)
        rules.check_assignable(rules.State(request.state))
        tx.keep_apart(rules.about(request.person_id))
        keep_apart(Act.HANDLES, Caller.of(person_id), [rules.about(request.person_id)])
        request.assigned_to, request.assigned_at = person_id, tx.now
        request.state = rules.State.ASSIGNED
        return request

    @operation(
        "POST /personal-data-requests/{id}/answer",
        permission=HANDLE,
        request=AnswerIn,
        response=RequestOut,
        label=("答复个人信息申请", "Answer a request"),
        kind="action",
        apart=Act.HANDLES,
    )
    def answer_personal_data_request(
        self, tx: Tx, id: uuid.UUID, decision: str, clause: str, reason: str
    ) -> PersonalDataRequest:
        """Grants or refuses a request, as whom it is assigned to. A refusal names its clause (X6, X12); while a service
        is away that must be asked, nothing is granted and the request waits."""
        tx.keep_apart(rules.about(tx.get(PersonalDataRequest, id).person_id))
        ruled = rules.Decision(decision)
        kind = _check_answer(tx, tx.get(PersonalDataRequest, id), ruled, clause, reason)
        asked = ruled is rules.Decision.GRANTED and kind is not rules.Kind.CORRECT
        if asked:  # before anything is locked
            gather(tx, tx.get(Person, tx.get(PersonalDataRequest, id).person_id))
        request = tx.change(PersonalDataRequest, id)
        tx.session.refresh(request)
        _check_answer(tx, request, ruled, clause, reason)
        request.decision, request.clause, request.reason = decision, clause or None, reason or None
        request.decided_by, request.decided_at = rules.check_person(tx.principal.person), tx.now
        request.state, request.answered_at = rules.State.ANSWERED, tx.now
        if ruled is rules.Decision.GRANTED:
            _grant(tx, request, kind)
        tx.flush()
        return request

    @operation(
        "GET /personal-data-requests/{id}/export",
        permission=SIGNED_IN,
        label=("下载本人信息", "Fetch what is held"),
        kind="download",
        media_type=EXCEL,
        exports=True,
    )
    def export_personal_data(self, tx: Tx, id: uuid.UUID) -> Download:
        """What all services hold on the person of a granted request, just now; identity numbers as their last four. Who
        fetched it, when and on whom is kept in the audit trail (X5, X12)."""
        request = _readable(tx, tx.get(PersonalDataRequest, id))
        decision = rules.Decision(request.decision) if request.decision else None
        rules.check_fetchable(rules.Kind(request.kind), decision, request.fetch_until, tx.today)
        tx.concerns = named(request.person_id)
        return Download(f"{request.id}.xlsx", workbook(gather(tx, tx.get(Person, request.person_id))))


def _receive(
    tx: Tx, person_id: uuid.UUID, kind: str, classes: Sequence[str], correct_name: str | None
) -> PersonalDataRequest:
    person = tx.get(Person, person_id)
    known = personal_data_terms()
    consented = {each: terms_of(known, each, tx.today).separate_consent for each in classes_of(known)}
    rules.check_wish(rules.Kind(kind), classes, consented, correct_name)
    terms = in_force(request_terms(), tx.today, Text("个人信息申请办理期限", "terms for answering requests"))
    return tx.add(
        PersonalDataRequest(
            person_id=person.id,
            kind=kind,
            classes=sorted(set(classes)),
            correct_name=None if correct_name is None else display_name(correct_name),
            received_at=tx.now,
            entered_by=tx.principal.name,
            due_on=terms.due_on(tx.today),
            terms=terms.version,
            state=rules.State.RECEIVED,
            erasure=None,
        )
    )


def _check_answer(
    tx: Tx, request: PersonalDataRequest, decision: rules.Decision, clause: str, reason: str
) -> rules.Kind:
    rules.check_answerable(rules.State(request.state), request.assigned_to, tx.principal.person)
    rules.check_decision(decision, clause, reason)
    return rules.Kind(request.kind)


def _grant(tx: Tx, request: PersonalDataRequest, kind: rules.Kind) -> None:
    """What follows from a grant: a time to fetch it, the right name, or an erasure that has to be waited for."""
    if kind is rules.Kind.SEE:
        (terms,) = (each for each in request_terms() if each.version == request.terms)
        request.fetch_until = terms.fetch_until(tx.today)
    elif kind is rules.Kind.CORRECT:
        person = tx.lock(Person, request.person_id)
        assert request.correct_name is not None
        person.name, person.search_key = request.correct_name, search_key(request.correct_name)
    else:
        request.state, request.answered_at = rules.State.ERASING, None
        request.erasure = order_erasure_of(
            tx, request.person_id, request.classes, GROUNDS[kind], reason=request.reason or "", request_id=request.id
        )


def _readable(tx: Tx, request: PersonalDataRequest) -> PersonalDataRequest:
    rules.check_readable(tx.principal.person == str(request.person_id), tx.may(HANDLE))
    return request


def _page(tx: Tx, query: Select[PersonalDataRequest], page: PageRequest) -> Page:
    sorts = {"due": PersonalDataRequest.due_on, "received": PersonalDataRequest.received_at}
    return tx.page(query, page, key=PersonalDataRequest.id, sorts=sorts, default="due")
