"""What a service holds on a person, as the person may see it: labels, classes, values masked as X5 demands (X12)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from shared.personal.belonging import began, belongs, day_of, indexes_of
from shared.personal.consents import consents_of
from shared.personal.declaring import Personal, holdings
from shared.personal.rules import last_day
from shared.personal.terms import terms_of
from shared.plugins import Plugin
from shared.standards.mail_address import MailAddress
from shared.store.tables import Consent
from shared.store.tx import Tx
from shared.text import Text


@dataclass(frozen=True)
class Held:
    """One value, with why it is kept and through which day; None is without end or while it is still in use."""

    record: Text
    row_id: str
    field: Text
    of_class: Text
    value: str
    purpose: Text
    basis: Text
    keeping: Text
    until: date | None


@dataclass(frozen=True)
class Shown:
    """What a service holds: values, how many rows of which kind are the person's, and consents."""

    values: list[Held]
    records: list[tuple[Text, int]]
    consents: list[Consent]


def held_on(tx: Tx, plugin: Plugin, person_id: uuid.UUID) -> Shown:
    """Everything ``plugin``'s service has on a person. Of an identity number the last four, of an index nothing."""
    held, indexes = holdings(plugin.models), indexes_of(tx, person_id)
    values: list[Held] = []
    records: list[tuple[Text, int]] = []
    subjects = {person_id}
    for holding in held.values():
        own = belongs(holding, person_id, indexes, held)
        rows = tx.session.execute(select(holding.table, began(holding)).where(own).order_by(holding.key)).mappings()
        count = 0
        for row in rows:
            count += 1
            subjects.add(row[holding.key.name])
            for name, declared in holding.columns.items():
                value = _value(tx, declared, row[name])
                if value is None:
                    continue
                terms = terms_of(plugin.personal_data, declared.of_class, tx.today)
                values.append(
                    Held(
                        record=holding.tie.label,
                        row_id=str(row[holding.key.name]),
                        field=declared.label,
                        of_class=terms.label,
                        value=value,
                        purpose=terms.purpose,
                        basis=terms.basis,
                        keeping=terms.keeping,
                        until=last_day(terms, day_of(row["began"])),
                    )
                )
        if count:
            records.append((holding.tie.label, count))
    return Shown(values, records, consents_of(tx, subjects))


def _value(tx: Tx, declared: Personal, value: Any) -> str | None:
    if value is None or value == b"" or declared.shown == "not":
        return None
    if declared.shown == "last4":
        text = tx.vault.unseal(value) if isinstance(value, bytes) else str(value)
        return f"****{text[-4:]}"
    if declared.shown == "mail":
        return MailAddress.parse(tx.vault.unseal(value)).masked
    return str(value)


def as_message(shown: Shown) -> Mapping[str, Any]:
    """The same as the schema takes it."""
    return {
        "values": shown.values,
        "records": [{"record": label, "rows": rows} for label, rows in shown.records],
        "consents": shown.consents,
    }
