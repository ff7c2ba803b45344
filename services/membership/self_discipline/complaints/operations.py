"""Complaints 投诉: recorded, handled step by step, answered by the unit they are about (M12, X8)."""

import uuid
from datetime import date

from sqlalchemy import extract, func, select

from services.membership.data import handling_terms
from services.membership.self_discipline.complaints import rules
from services.membership.self_discipline.complaints.models import Complaint, ComplaintNotice
from services.membership.self_discipline.complaints.rules import State
from services.membership.self_discipline.complaints.schemas import (
    AcceptanceIn,
    AnswerIn,
    ComplaintFigures,
    ComplaintFiguresQuery,
    ComplaintIn,
    ComplaintOut,
    ComplaintQuery,
    DecisionIn,
    DismissalIn,
    HearingIn,
    NoticeOut,
)
from services.membership.self_discipline.events import ComplaintDecided
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.effective import in_force
from shared.identity.duties import Act
from shared.store.tx import Tx


class Complaints:
    """What is complained about, and what comes of it."""

    @operation(
        "POST /complaints",
        permission="membership.complaint.record",
        request=ComplaintIn,
        response=ComplaintOut,
        label=("登记自律投诉", "Record a complaint"),
        kind="create",
    )
    def record_complaint(
        self,
        tx: Tx,
        complainant_unit_id: uuid.UUID | None,
        outsider: str | None,
        respondent_unit_id: uuid.UUID,
        kind: str,
        statement: str,
    ) -> Complaint:
        """Records a complaint about a breach of the pact by a member unit (M12)."""
        terms = in_force(handling_terms(), tx.today, rules.TERMS)
        rules.check_complaint(kind, complainant_unit_id, outsider, respondent_unit_id, terms)
        check_member(tx.get(Unit, respondent_unit_id).left_on, tx.today, "respondent_unit_id")
        if complainant_unit_id is not None:
            check_member(tx.get(Unit, complainant_unit_id).left_on, tx.today, "complainant_unit_id")
        return tx.add(
            Complaint(
                complainant_unit_id=complainant_unit_id,
                outsider=outsider,
                respondent_unit_id=respondent_unit_id,
                kind=kind,
                statement=statement,
                state=State.RECEIVED,
                terms=terms.version,
                received_on=tx.today,
                received_at=tx.now,
                received_by=tx.principal.name,
            )
        )

    @operation(
        "GET /complaints",
        permission="membership.complaint.read",
        request=ComplaintQuery,
        response=ComplaintOut,
        label=("自律投诉", "Complaints"),
        kind="list",
    )
    def list_complaints(
        self, tx: Tx, page: PageRequest, state: str | None, respondent_unit_id: uuid.UUID | None
    ) -> Page:
        """Complaints, the latest first; in one state, about one unit (M12)."""
        wanted = {"state": state, "respondent_unit_id": respondent_unit_id}
        query = select(Complaint).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        return tx.page(query, page, key=Complaint.id, sorts={"received": Complaint.received_at}, default="-received")

    @operation(
        "GET /complaints/{id}",
        permission="membership.complaint.read",
        response=ComplaintOut,
        label=("自律投诉详情", "A complaint"),
        kind="detail",
    )
    def get_complaint(self, tx: Tx, id: uuid.UUID) -> Complaint:
        """A complaint, with what the unit was told and what it answered (M12)."""
        return tx.get(Complaint, id)

    @operation(
        "POST /complaints/{id}/acceptance",
        permission="membership.complaint.handle",
        request=AcceptanceIn,
        response=ComplaintOut,
        label=("受理投诉", "Accept a complaint"),
        kind="action",
        apart=Act.HANDLES,
    )
    def accept_complaint(self, tx: Tx, id: uuid.UUID, allegation: str) -> Complaint:
        """Takes a complaint up and tells the unit that there is one, not whose (M12, X8)."""
        complaint = tx.change(Complaint, id)
        tx.keep_apart(complaint.whose)
        complaint.advance(State.ACCEPTED)
        complaint.accepted_on, complaint.handled_by = tx.today, tx.principal.name
        complaint.notice = ComplaintNotice(
            unit_id=complaint.respondent_unit_id, kind=complaint.kind, allegation=allegation, served_at=tx.now
        )
        return complaint

    @operation(
        "POST /complaints/{id}/dismissal",
        permission="membership.complaint.handle",
        request=DismissalIn,
        response=ComplaintOut,
        label=("不予受理投诉", "Dismiss a complaint"),
        kind="action",
        apart=Act.HANDLES,
    )
    def dismiss_complaint(self, tx: Tx, id: uuid.UUID, reason: str) -> Complaint:
        """Does not take a complaint up, for a reason; the unit it is about hears nothing of it (M12, X8)."""
        complaint = tx.change(Complaint, id)
        tx.keep_apart(complaint.whose)
        complaint.advance(State.DISMISSED)
        complaint.dismissal, complaint.handled_by, complaint.closed_at = reason, tx.principal.name, tx.now
        return complaint

    @operation(
        "POST /complaints/{id}/hearing",
        permission="membership.complaint.handle",
        request=HearingIn,
        response=ComplaintOut,
        label=("记录听取意见", "Record the hearing of a complaint"),
        kind="action",
        apart=Act.HANDLES,
    )
    def hear_complaint(self, tx: Tx, id: uuid.UUID, held_on: date, record: str) -> Complaint:
        """Records that both sides were heard (M12, X8)."""
        complaint = tx.change(Complaint, id)
        tx.keep_apart(complaint.whose)
        complaint.advance(State.HEARD)
        assert complaint.accepted_on is not None
        rules.check_hearing(held_on, complaint.accepted_on, tx.today)
        complaint.heard_on, complaint.hearing = held_on, record
        return complaint

    @operation(
        "POST /complaints/{id}/decision",
        permission="membership.complaint.judge",
        request=DecisionIn,
        response=ComplaintOut,
        label=("认定投诉", "Decide a complaint"),
        kind="action",
        apart=Act.JUDGES,
    )
    def decide_complaint(self, tx: Tx, id: uuid.UUID, breach: bool, measure: str | None, reason: str) -> Complaint:
        """Decides whether the pact was broken, and what follows by the terms in force; the unit is told (M12, X4,
        X8)."""
        complaint = tx.change(Complaint, id)
        tx.keep_apart(complaint.whose)
        complaint.advance(State.DECIDED)
        terms = in_force(handling_terms(), tx.today, rules.TERMS)
        rules.check_decision(breach, measure, terms)
        complaint.terms = terms.version
        assert complaint.notice is not None
        notice = tx.lock(ComplaintNotice, complaint.notice.id)
        for told in (complaint, notice):
            told.breach, told.measure, told.reason, told.decided_at = breach, measure, reason, tx.now
        complaint.decided_by = tx.principal.name
        tx.emit(ComplaintDecided.of(complaint))
        return complaint

    @operation(
        "POST /complaints/{id}/closing",
        permission="membership.complaint.handle",
        response=ComplaintOut,
        label=("办结投诉", "Close a complaint"),
        kind="action",
        apart=Act.HANDLES,
    )
    def close_complaint(self, tx: Tx, id: uuid.UUID) -> Complaint:
        """Closes a complaint once what was decided is done (M12, X8)."""
        complaint = tx.change(Complaint, id)
        tx.keep_apart(complaint.whose)
        complaint.advance(State.CLOSED)
        complaint.closed_at = tx.now
        return complaint

    @operation(
        "GET /complaint-notices",
        permission="membership.complaint_notice.read",
        response=NoticeOut,
        label=("投诉通知", "Notices of complaints"),
        kind="list",
    )
    def list_complaint_notices(self, tx: Tx, page: PageRequest) -> Page:
        """What units were told of complaints about them, the latest first (M12)."""
        sorts = {"served": ComplaintNotice.served_at}
        return tx.page(select(ComplaintNotice), page, key=ComplaintNotice.id, sorts=sorts, default="-served")

    @operation(
        "POST /complaint-notices/{id}/answer",
        permission="membership.complaint_notice.answer",
        request=AnswerIn,
        response=NoticeOut,
        label=("答复投诉", "Answer a complaint"),
        kind="action",
    )
    def answer_complaint(self, tx: Tx, id: uuid.UUID, text: str) -> ComplaintNotice:
        """What the unit says to it, until it is decided; said again, it takes the place of what was said (M12)."""
        notice = tx.change(ComplaintNotice, id)
        rules.check_answer(notice.decided_at is not None)
        notice.answer, notice.answered_at, notice.answered_by = text, tx.now, tx.principal.name
        return notice

    @operation(
        "GET /complaint-figures",
        permission="membership.pact.read",
        request=ComplaintFiguresQuery,
        response=ComplaintFigures,
        label=("自律投诉数据", "Complaints in figures"),
        kind="figure",
    )
    def count_complaints(self, tx: Tx, year: int) -> dict[str, int]:
        """How many complaints came in a year and what came of them; all that is published of them (M12)."""
        query = select(
            func.count(),
            func.count().filter(Complaint.state == State.DISMISSED),
            func.count().filter(Complaint.decided_at.is_not(None)),
            func.count().filter(Complaint.breach.is_(True)),
        )
        found = tx.session.execute(query.where(extract("year", Complaint.received_on) == year)).one()
        return dict(zip(("year", "received", "dismissed", "decided", "breaches"), (year, *found), strict=True))
