"""Applications for membership 入会申请: sent in by anybody or entered for them, read, completed, withdrawn (M1)."""

import uuid
from typing import Any

from sqlalchemy import select

from services.membership.applications import rules
from services.membership.applications.events import ApplicationWithdrawn
from services.membership.applications.models import ApplicationDocument, UnitApplication
from services.membership.applications.records import (
    add_document,
    check_may_apply,
    receive,
    set_contact,
    shown,
    take_step,
)
from services.membership.applications.schemas import (
    ApplicationIn,
    ApplicationLine,
    ApplicationOut,
    ApplicationQuery,
    CompletionIn,
    ContactOut,
    DocumentIn,
    DocumentOut,
    EnteredApplicationIn,
    KnownContactIn,
    PublicApplicationOut,
    ReasonIn,
)
from services.membership.units.recording import checked
from shared.api.fields import UploadedFile
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.identity.principals import PUBLIC
from shared.store.tx import Tx

_FILES = {"form": rules.Kind.FORM, "licence": rules.Kind.LICENCE}


class Applications:
    """Who wants to become a member."""

    @operation(
        "POST /applications",
        permission=PUBLIC,
        request=ApplicationIn,
        response=PublicApplicationOut,
        label=("提交入会申请", "Apply for membership"),
        kind="create",
        rate="public",
    )
    def submit_application(self, tx: Tx, **given: Any) -> UnitApplication:
        """Takes an application from the unit itself (M1). The answer is the same whether the unit is a member or has
        applied before: that is found by whoever reviews it, and nobody learns of others by applying."""
        return _received(tx, given)

    @operation(
        "GET /applications/{id}/state",
        permission=PUBLIC,
        response=PublicApplicationOut,
        label=("查询入会申请状态", "How an application stands"),
        kind="detail",
        rate="public",
    )
    def get_application_state(self, tx: Tx, id: uuid.UUID) -> UnitApplication:
        """How an application stands, for whoever has its id; nothing of what is in it (M1)."""
        return tx.get(UnitApplication, id)

    @operation(
        "POST /applications/entry",
        permission="membership.application.record",
        request=EnteredApplicationIn,
        response=ApplicationOut,
        label=("登记入会申请", "Enter an application"),
        kind="create",
    )
    def enter_application(self, tx: Tx, **given: Any) -> UnitApplication:
        """Enters an application that came on paper; of a member, or beside another that is open, it is refused (M1).
        Whoever enters it does not review it (X8)."""
        return shown(tx, _received(tx, given, alone=True))

    @operation(
        "GET /applications",
        permission="membership.application.read",
        request=ApplicationQuery,
        response=ApplicationLine,
        label=("入会申请", "Applications for membership"),
        kind="list",
    )
    def list_applications(self, tx: Tx, page: PageRequest, state: str | None, credit_code: str | None) -> Page:
        """Applications, the latest first; by state or credit code."""
        wanted = {"state": state, "credit_code": credit_code}
        query = select(UnitApplication).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"received": UnitApplication.received_at}
        return tx.page(query, page, key=UnitApplication.id, sorts=sorts, default="-received")

    @operation(
        "GET /applications/{id}",
        permission="membership.application.read",
        response=ApplicationOut,
        label=("入会申请详情", "An application for membership"),
        kind="detail",
    )
    def get_application(self, tx: Tx, id: uuid.UUID) -> UnitApplication:
        """An application with its documents and steps; of the contact's phone the last four."""
        return shown(tx, tx.get(UnitApplication, id))

    @operation(
        "GET /applications/{id}/contact",
        permission="membership.application.contact",
        response=ContactOut,
        label=("入会申请联系人", "Contact of an application"),
        kind="detail",
        exports=True,
    )
    def show_application_contact(self, tx: Tx, id: uuid.UUID) -> dict[str, str | None]:
        """Whom to call about an application, the number whole; each time leaves an audit row (X12)."""
        application = tx.get(UnitApplication, id)
        sealed = application.contact_phone
        return {
            "contact_name": application.contact_name,
            "contact_phone": tx.vault.unseal(sealed) if sealed is not None else None,
        }

    @operation(
        "POST /applications/{id}/contact",
        permission="membership.application.record",
        request=KnownContactIn,
        response=ApplicationOut,
        label=("变更入会申请联系人", "Change the contact of an application"),
        kind="action",
    )
    def change_application_contact(self, tx: Tx, id: uuid.UUID, **contact: Any) -> UnitApplication:
        """Names another contact of an open application, or says who the contact is among the people on file (X10,
        X12)."""
        application = tx.change(UnitApplication, id)
        rules.check_open(application.as_state)
        set_contact(tx, application, **contact)
        return shown(tx, application)

    @operation(
        "POST /applications/{id}/documents",
        permission="membership.application.record",
        request=DocumentIn,
        response=DocumentOut,
        label=("补充申请材料", "Add a document to an application"),
        kind="create",
    )
    def add_application_document(self, tx: Tx, id: uuid.UUID, kind: str, file: UploadedFile) -> ApplicationDocument:
        """Adds a PDF, JPEG or PNG to an open application (M1)."""
        application = tx.change(UnitApplication, id)
        rules.check_open(application.as_state)
        return add_document(tx, application, rules.Kind(kind), file)

    @operation(
        "GET /applications/{id}/documents/{document_id}/file",
        permission="membership.application.read",
        label=("下载申请材料", "Download a document of an application"),
        kind="download",
        media_type="application/octet-stream",
        exports=True,
    )
    def download_application_document(self, tx: Tx, id: uuid.UUID, document_id: uuid.UUID) -> Download:
        """A document of an application as it was sent; each time leaves an audit row (X12)."""
        document = tx.need(ApplicationDocument, id=document_id, application_id=id)
        return Download(document.filename, document.content)

    @operation(
        "POST /applications/{id}/completion",
        permission="membership.application.record",
        request=CompletionIn,
        response=ApplicationOut,
        label=("补正入会申请", "Complete an application"),
        kind="action",
    )
    def complete_application(self, tx: Tx, id: uuid.UUID, **wanted: str | None) -> UnitApplication:
        """Enters what an application that was sent back lacked; it is received anew (M1). Whoever does does not review
        it (X8)."""
        application = tx.change(UnitApplication, id)
        state = rules.moved(application.as_state, rules.State.RECEIVED)
        for field, value in checked(wanted).items():
            setattr(application, field, value)
        take_step(tx, application, state)
        return shown(tx, application)

    @operation(
        "POST /applications/{id}/withdrawal",
        permission="membership.application.record",
        request=ReasonIn,
        response=ApplicationOut,
        label=("撤回入会申请", "Withdraw an application"),
        kind="action",
    )
    def withdraw_application(self, tx: Tx, id: uuid.UUID, reason: str) -> UnitApplication:
        """Takes an open application back at the applicant's word, or because it is none: sent twice, or by nobody. The
        reason says which, and it stays on file (M1, X7)."""
        application = tx.change(UnitApplication, id)
        take_step(tx, application, rules.moved(application.as_state, rules.State.WITHDRAWN), reason)
        tx.emit(ApplicationWithdrawn.of(application))
        return shown(tx, application)


def _received(tx: Tx, given: dict[str, Any], *, alone: bool = False) -> UnitApplication:
    """The application that was sent in or entered; ``alone``: refused beside another, or of a member (M1)."""
    files = {kind: given.pop(name) for name, kind in _FILES.items()}
    contact = {name: given.pop(name) for name in [*given] if name.startswith("contact_")}
    fields = checked(given)
    if alone:
        check_may_apply(tx, None, str(fields["credit_code"]), *rules.OPEN)
    return receive(tx, fields, contact, files)
