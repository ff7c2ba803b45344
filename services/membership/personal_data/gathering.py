"""What all services hold on a person: asked of each as membership itself, put into one workbook (X5, X12)."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, cast

from services.membership.people.models import Person
from shared.documents.rows import Column
from shared.documents.spreadsheets import Table, write_rows
from shared.offload import off_hub
from shared.personal.belonging import recognise
from shared.personal.operations import KeepsPersonalData
from shared.personal.schemas import HoldingsOut
from shared.personal.seeing import as_message, held_on
from shared.plugins import plugins
from shared.standards.identity_number import IdentityNumber
from shared.store.tx import Tx
from shared.text import Text

Holdings = Mapping[str, Any]
"""What a service answers: "values", "records" and "consents"."""

OURS = "membership"
VALUES = (
    Column("service", Text("服务", "Service")),
    Column("record", Text("所在记录", "Record")),
    Column("field", Text("栏目", "Field")),
    Column("value", Text("内容", "Value")),
    Column("of_class", Text("类别", "Class")),
    Column("purpose", Text("目的", "Purpose")),
    Column("basis", Text("依据", "Basis")),
    Column("keeping", Text("保存期限", "Keeping time")),
    Column("until", Text("保存至", "Kept through")),
)
RECORDS = (
    Column("service", Text("服务", "Service")),
    Column("record", Text("记录", "Record")),
    Column("rows", Text("条数", "Rows")),
)
CONSENTS = (
    Column("service", Text("服务", "Service")),
    Column("data_class", Text("类别", "Class")),
    Column("terms", Text("保存规定版本", "Version of the terms")),
    Column("given_at", Text("同意时间", "Given at")),
    Column("withdrawn_at", Text("撤回时间", "Withdrawn at")),
)


def keepers() -> list[str]:
    """The services that hold personal data and can be asked for them."""
    return sorted(name for name, plugin in plugins().items() if issubclass(plugin.service, KeepsPersonalData))


def gather(tx: Tx, person: Person) -> dict[str, Holdings]:
    """What each service holds on ``person``, by service. One that is away is a 503 that names it: the request waits.

    Each is told the identity number, if there is one, so that it finds whom it knows by that only, and remembers it for
    an erasure. It travels in a message that nobody keeps, and is in no event, log or row (X5).
    """
    number = None if person.identity_number is None else tx.vault.unseal(person.identity_number)
    found: dict[str, Holdings] = {}
    for service in keepers():
        if service == OURS:
            if number is not None:
                recognise(tx, person.id, IdentityNumber.parse(number, tx.today))
            shown = as_message(held_on(tx, plugins()[OURS], person.id))
            found[service] = cast(Holdings, HoldingsOut().dump(shown))
        else:
            found[service] = tx.ask(service, "show_personal_data", person_id=person.id, identity_number=number)
    return found


def workbook(found: Mapping[str, Holdings]) -> bytes:
    """What was gathered as an .xlsx file with a sheet each for values, records and consents."""
    tables = [
        Table("个人信息", VALUES, list(_rows(found, "values", VALUES))),
        Table("相关记录", RECORDS, list(_rows(found, "records", RECORDS))),
        Table("单独同意", CONSENTS, list(_rows(found, "consents", CONSENTS))),
    ]
    return off_hub(write_rows, tables)


def named(person_id: uuid.UUID) -> str:
    """How the audit row of an export names whom it was about."""
    return f"person/{person_id}"


def _rows(found: Mapping[str, Holdings], part: str, columns: tuple[Column, ...]) -> Iterator[dict[str, Any]]:
    for service, holdings in found.items():
        for entry in holdings[part]:
            row = {column.key: _cell(entry.get(column.key)) for column in columns}
            yield {**row, "service": plugins()[service].label.zh}


def _cell(value: Any) -> Any:
    return value["zh"] if isinstance(value, Mapping) else value
