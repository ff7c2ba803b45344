"""Review of applications 审核: begun, sent back, put before the body that decides (M1, X8)."""

import uuid

from services.membership.applications import rules
from services.membership.applications.events import ApplicationDecisionWanted
from services.membership.applications.models import UnitApplication
from services.membership.applications.records import check_may_apply, shown, take_step
from services.membership.applications.schemas import ApplicationOut, NoteIn
from services.membership.data import admission_terms
from services.membership.units.models import Unit
from shared.api.operations import operation
from shared.effective import in_force
from shared.identity.duties import Act, Bond
from shared.store.tx import Tx


class ApplicationReviews:
    """What the secretariat does with an application before a body decides on it."""

    @operation(
        "POST /applications/{id}/review",
        permission="membership.application.review",
        response=ApplicationOut,
        label=("受理入会申请", "Begin the review of an application"),
        kind="action",
        apart=Act.REVIEWS,
    )
    def review_application(self, tx: Tx, id: uuid.UUID) -> UnitApplication:
        """Begins the review of an application; of a member, or beside another in hand, it is refused (M1, X8)."""
        application = tx.change(UnitApplication, id)
        tx.keep_apart(*_bonds(tx, application))
        state = rules.moved(application.as_state, rules.State.UNDER_REVIEW)
        check_may_apply(tx, application, application.credit_code, *rules.IN_HAND)
        take_step(tx, application, state)
        return shown(tx, application)

    @operation(
        "POST /applications/{id}/return",
        permission="membership.application.review",
        request=NoteIn,
        response=ApplicationOut,
        label=("退回补正", "Send an application back"),
        kind="action",
        apart=Act.REVIEWS,
    )
    def send_application_back(self, tx: Tx, id: uuid.UUID, note: str) -> UnitApplication:
        """Sends an application back for what it lacks (M1, X8)."""
        application = tx.change(UnitApplication, id)
        tx.keep_apart(*_bonds(tx, application))
        take_step(tx, application, rules.moved(application.as_state, rules.State.SENT_BACK), note)
        return shown(tx, application)

    @operation(
        "POST /applications/{id}/decision-request",
        permission="membership.application.review",
        response=ApplicationOut,
        label=("提请决定入会", "Ask for the decision on an application"),
        kind="action",
        apart=Act.REVIEWS,
    )
    def request_admission(self, tx: Tx, id: uuid.UUID) -> UnitApplication:
        """Puts a reviewed application before the body that decides; the version that names it is kept (M1, X4, X8)."""
        application = tx.change(UnitApplication, id)
        tx.keep_apart(*_bonds(tx, application))
        state = rules.moved(application.as_state, rules.State.DECISION_WANTED)
        terms = in_force(admission_terms(), tx.today, rules.TERMS)
        rules.check_complete((rules.Kind(each.kind) for each in application.documents), terms)
        check_may_apply(tx, application, application.credit_code, *rules.IN_HAND)
        application.terms = terms.version
        take_step(tx, application, state)
        tx.emit(ApplicationDecisionWanted.of(application, body=terms.body))
        return shown(tx, application)


def _bonds(tx: Tx, application: UnitApplication) -> tuple[Bond, ...]:
    before = tx.find(Unit, credit_code=application.credit_code)
    entered = (each.taken_by for each in application.steps if each.state == rules.State.RECEIVED)
    return rules.whose_application(entered, application.contact_person_id, before.id if before else None)
