"""Which rows of a service belong to a person."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, false, null, select
from sqlalchemy.dialects.postgresql import insert

from shared.identity.sealing import Vault
from shared.personal.declaring import Holding
from shared.standards.calendar import business_date
from shared.standards.identity_number import IdentityNumber
from shared.store.tables import Subject
from shared.store.tx import Tx


def identity_index(vault: Vault, number: IdentityNumber) -> str:
    """What a row is found by without opening it: the same for the same number, and telling nothing about it (X5)."""
    return vault.blind(f"identity number {number.reveal()}")


def recognise(tx: Tx, person_id: uuid.UUID, number: IdentityNumber) -> None:
    """Remember that rows under this identity number are that person's; only its blind index is kept (X5)."""
    link = insert(Subject).values(person_id=person_id, index=identity_index(tx.vault, number))
    tx.session.execute(link.on_conflict_do_nothing())


def indexes_of(tx: Tx, person_id: uuid.UUID) -> list[str]:
    """The blind indexes known to be a person's."""
    return tx.all(select(Subject.index).where(Subject.person_id == person_id))


def belongs(
    holding: Holding, person_id: uuid.UUID, indexes: Sequence[str], among: Mapping[str, Holding]
) -> ColumnElement[bool]:
    """Whether a row of ``holding`` belongs to the person."""
    tie, columns = holding.tie, holding.table.c
    if tie.person is not None:
        return columns[tie.person] == person_id
    if tie.stranger:
        return false()
    if tie.index is not None:
        return columns[tie.index].in_(indexes) if indexes else false()
    parent = among[str(tie.of)]
    return columns[str(tie.parent)].in_(select(parent.key).where(belongs(parent, person_id, indexes, among)))


def began(holding: Holding) -> ColumnElement[Any]:
    """From when the time of keeping of a row counts, as a column to select."""
    how = holding.tie.began
    if how is None:
        return null().label("began")
    found = holding.table.c[how] if isinstance(how, str) else how()
    return found.label("began")


def day_of(moment: datetime | date | None) -> date | None:
    """The business day of what ``began`` gave."""
    return business_date(moment) if isinstance(moment, datetime) else moment
