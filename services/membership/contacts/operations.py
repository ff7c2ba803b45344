"""Contacts 会费联系邮箱: set and read, by the secretariat and by the unit's own people (M4, X5)."""

import uuid
from typing import Any

from services.membership.contacts.models import UnitContact
from services.membership.contacts.reaching import address_in
from services.membership.contacts.schemas import ContactIn, ContactOut
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.standards.mail_address import MailAddress
from shared.store.tx import Tx


class Contacts:
    """Where a unit gets what concerns its dues."""

    @operation(
        "PUT /units/{id}/contact",
        permission="membership.contact.set",
        request=ContactIn,
        response=ContactOut,
        label=("登记会费联系邮箱", "Set where a unit gets mail"),
        kind="action",
        if_match=False,
    )
    def set_unit_contact(self, tx: Tx, id: uuid.UUID, mail_address: str | None) -> dict[str, Any]:
        """Sets, or with null takes back, the address at which a unit gets what concerns its dues. It is sealed, and
        only the latest is kept (M4, X5). Refused (M1) for a unit that has left, (X5) for what is no address."""
        address = None if mail_address is None else MailAddress.parse(mail_address)
        unit = tx.lock(Unit, id)
        check_member(unit.left_on, tx.today, "id")
        contact = tx.find(UnitContact, unit_id=unit.id) or tx.add(UnitContact(unit_id=unit.id))
        contact.mail_address = None if address is None else tx.vault.seal(address.reveal())
        # Whose it is, is known where they say it themselves.
        own = str(unit.id) in tx.principal.units and tx.principal.person and address
        contact.person_id = uuid.UUID(tx.principal.person) if own else None
        contact.set_at, contact.set_by = tx.now, tx.principal.name
        tx.flush()
        return _shown(tx, unit.id, contact)

    @operation(
        "GET /units/{id}/contact",
        permission="membership.contact.read",
        response=ContactOut,
        label=("会费联系邮箱", "Where a unit gets mail"),
        kind="detail",
    )
    def get_unit_contact(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """Where a unit gets what concerns its dues: the first letter and the domain of the address (X5)."""
        unit = tx.get(Unit, id)
        return _shown(tx, unit.id, tx.find(UnitContact, unit_id=unit.id))


def _shown(tx: Tx, unit_id: uuid.UUID, contact: UnitContact | None) -> dict[str, Any]:
    address = address_in(tx, contact)
    return {
        "unit_id": unit_id,
        "mail_address": address.masked if address else None,
        "set_at": contact.set_at if contact else None,
    }
