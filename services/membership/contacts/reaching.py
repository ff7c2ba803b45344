"""Sending something to a unit, at the address it is known by."""

import uuid
from typing import NamedTuple

from services.membership.contacts.models import UnitContact
from services.membership.contacts.rules import TERMS
from services.membership.data import mail_terms
from shared.effective import in_force
from shared.mail.letters import Letter
from shared.mail.posting import post
from shared.standards.mail_address import MailAddress
from shared.store.tx import Tx


class Posted(NamedTuple):
    """A mail that leaves with the commit, and to whom, as far as it is shown (X5)."""

    mail_id: uuid.UUID
    sent_to: str


def address_in(tx: Tx, contact: UnitContact | None) -> MailAddress | None:
    """The address of a contact; None where there is none, none any more, or it was erased."""
    sealed = contact.mail_address if contact else None
    return MailAddress.parse(tx.vault.unseal(sealed)) if sealed else None


def mail_unit(tx: Tx, unit_id: uuid.UUID, letter: Letter, *, kind: str) -> Posted | None:
    """Have ``letter`` sent to a unit; None where nobody knows how to reach it by mail."""
    to = address_in(tx, tx.find(UnitContact, unit_id=unit_id))
    if to is None:
        return None
    keep_days = in_force(mail_terms(), tx.today, TERMS).keep_days
    return Posted(post(tx, to, letter, kind=kind, keep_days=keep_days), to.masked)
