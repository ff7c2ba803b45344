"""Consents 单独同意: who consented to which class of their data, to which purpose, and until when (X10)."""

import uuid
from collections.abc import Collection

from sqlalchemy import select, update

from shared.personal.terms import Terms
from shared.store.tables import Consent
from shared.store.tx import Tx


def record_consent(tx: Tx, subject_id: uuid.UUID, terms: Terms) -> Consent:
    """Keep that whose data the row ``subject_id`` is consented to ``terms``, purpose and all."""
    return tx.add(
        Consent(
            subject_id=subject_id,
            data_class=terms.of_class,
            terms=terms.version,
            given_at=tx.now,
            recorded_by=tx.principal.name,
        )
    )


def withdraw_consents(tx: Tx, subjects: Collection[uuid.UUID], classes: Collection[str], by: str) -> None:
    """End the consents of these rows to these classes, those that still stand; when and by whom is kept (X7)."""
    standing = update(Consent).where(
        Consent.subject_id.in_(subjects), Consent.data_class.in_(classes), Consent.withdrawn_at.is_(None)
    )
    tx.session.execute(standing.values(withdrawn_at=tx.now, withdrawn_by=by))


def consents_of(tx: Tx, subjects: Collection[uuid.UUID]) -> list[Consent]:
    """Every consent of these rows, the oldest first."""
    return tx.all(select(Consent).where(Consent.subject_id.in_(subjects)).order_by(Consent.id))
