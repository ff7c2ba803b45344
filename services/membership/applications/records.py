"""Applications as they are written down: a step at a time, a document at a time, and what is shown of a contact."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.membership.acting import actor
from services.membership.applications import rules
from services.membership.applications.models import ApplicationDocument, ApplicationStep, UnitApplication
from services.membership.data import admission_terms, personal_data_terms
from services.membership.people.models import Person
from services.membership.people.rules import display_name
from services.membership.units.recording import hold_code
from services.membership.units.rules import is_member
from shared.api.fields import UploadedFile
from shared.effective import in_force
from shared.personal.consents import record_consent
from shared.personal.terms import terms_of
from shared.store.base import new_id
from shared.store.tx import Tx


def take_step(tx: Tx, application: UnitApplication, state: rules.State, note: str | None = None) -> None:
    """Have the application stand so from now on, and keep by whom and why (X7)."""
    application.state = state.value
    application.closed_at = None if state in rules.OPEN else tx.now
    application.steps.append(ApplicationStep(state=state.value, note=note, taken_at=tx.now, taken_by=actor(tx)))


def receive(
    tx: Tx,
    fields: Mapping[str, str | None],
    contact: Mapping[str, Any],
    files: Mapping[rules.Kind, UploadedFile | None],
) -> UnitApplication:
    """Write an application down with its contact and first documents; ``fields`` as they are kept."""
    application = UnitApplication(id=new_id(), **fields, received_at=tx.now)
    tx.add(application)
    take_step(tx, application, rules.State.RECEIVED)
    set_contact(tx, application, **contact)
    for kind, file in files.items():
        if file is not None:
            add_document(tx, application, kind, file)
    tx.flush()
    return application


def set_contact(
    tx: Tx,
    application: UnitApplication,
    contact_name: str,
    contact_phone: str,
    contact_consent: bool,
    contact_person_id: uuid.UUID | None = None,
) -> None:
    """Whom to call from now on, with the consent to keep that (X5, X10)."""
    rules.check_consent(contact_consent)
    if contact_person_id is not None:
        tx.get(Person, contact_person_id)
    application.contact_name = display_name(contact_name)
    application.contact_phone = tx.vault.seal(rules.phone(contact_phone))
    application.contact_person_id = contact_person_id
    record_consent(tx, application.id, terms_of(personal_data_terms(), rules.CONTACT_CLASS, tx.today))


def add_document(tx: Tx, application: UnitApplication, kind: rules.Kind, file: UploadedFile) -> ApplicationDocument:
    """Keep a document with its application."""
    media_type, ending = rules.document_type(file.content)
    terms = in_force(admission_terms(), tx.today, rules.TERMS)
    rules.check_document(len(file.content), len(application.documents), terms)
    document = ApplicationDocument(
        id=new_id(),
        kind=kind.value,
        filename=file.filename or f"{kind.label.zh}{ending}",
        media_type=media_type,
        size=len(file.content),
        content=file.content,
        added_at=tx.now,
        added_by=actor(tx),
    )
    application.documents.append(document)
    return document


def check_may_apply(tx: Tx, application: UnitApplication | None, credit_code: str, *others: rules.State) -> None:
    """Refuse (M1) the ``application``, None where it is only to be entered, where the unit with that code is a member,
    or has another one that stands in one of these states."""
    holder = hold_code(tx, credit_code)
    same = select(UnitApplication.id).where(
        UnitApplication.credit_code == credit_code, UnitApplication.state.in_([each.value for each in others])
    )
    if application is not None:
        same = same.where(UnitApplication.id != application.id)
    member = holder is not None and is_member(holder.left_on, tx.today)
    rules.check_may_apply(member=member, other=next(iter(tx.all(same.limit(1))), None))


def shown(tx: Tx, application: UnitApplication) -> UnitApplication:
    """``application`` with the last four of its contact's phone number on it, as it is answered."""
    if application.contact_phone is not None:
        application.contact_last4 = tx.vault.unseal(application.contact_phone)[-4:]
    return application
