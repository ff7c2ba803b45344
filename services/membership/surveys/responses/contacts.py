"""Telephone numbers of respondents: sealed while the survey runs, gone with its close (M8, X10, X11)."""

import uuid

from sqlalchemy import insert, select

from services.membership.data import personal_data_terms
from services.membership.surveys.plans.models import Survey
from services.membership.surveys.responses.models import Contact
from shared.errors import NotFound
from shared.personal.consents import record_consent
from shared.personal.terms import terms_of
from shared.personal.traces import forget_traces
from shared.store.tx import Tx

CLASS = "respondent-phone"


def keep_contact(tx: Tx, survey: Survey, response_id: uuid.UUID, phone: str) -> None:
    """Keep the number of a respondent who consented, and what they consented to."""
    id = uuid.uuid4()
    # By a bare statement, like responses: the audit trail does not name it.
    row = {"id": id, "version": 1, "survey_id": survey.id, "response_id": response_id, "phone": tx.vault.seal(phone)}
    tx.session.execute(insert(Contact), [row])
    record_consent(tx, id, terms_of(personal_data_terms(), CLASS, tx.today))


def number_of(tx: Tx, response_id: uuid.UUID) -> str:
    """The number kept with a response, whole. Not found where none was given, or it is erased."""
    contact = tx.find(Contact, response_id=response_id)
    if contact is None or contact.phone is None:
        raise NotFound("没有留存这位受访者的电话", "No number of this respondent is kept")
    return tx.vault.unseal(contact.phone)


def erase_contacts(tx: Tx, survey: Survey) -> None:
    """Erase every number kept for a survey."""
    _erase(tx, tx.all(select(Contact).where(Contact.survey_id == survey.id, Contact.phone.is_not(None))))


def erase_contact_of(tx: Tx, response_id: uuid.UUID) -> None:
    """Erase the number kept with a response, if there is one."""
    _erase(tx, tx.all(select(Contact).where(Contact.response_id == response_id, Contact.phone.is_not(None))))


def _erase(tx: Tx, contacts: list[Contact]) -> None:
    for contact in contacts:
        contact.phone = None
    tx.flush()
    forget_traces(tx, [contact.id for contact in contacts], ())
