"""What a service that holds personal data offers: to show what it has on a person, and to erase it.

A service mixes in a room of its own, which says who orders erasures::

    class PersonalData(KeepsPersonalData):
        @on_event("membership", "person.erasure-ordered.v1", ErasureHeard)
        def erase_personal_data(self, tx, **ordered):
            self.erase(tx, **ordered)
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from shared.api.operations import operation
from shared.personal.belonging import recognise
from shared.personal.erasing import erase_of_person, erase_overdue, overdue
from shared.personal.events import Erased, PersonErased
from shared.personal.rules import Ground
from shared.personal.schemas import HoldingsIn, HoldingsOut, OverdueOut, SweepIn, SweptOut
from shared.personal.seeing import as_message, held_on
from shared.plugins import Plugin, plugins
from shared.standards.identity_number import IdentityNumber
from shared.store.tx import Tx

SEE = "administration.personal-data"
"""The permission to be shown what a service holds on a person, the same in every service; a plugin grants it to the
service that handles people's requests and to whoever handles them there."""
SWEEP = "administration.personal-data-erasure"
"""The permission to see and erase what is past its time."""


class KeepsPersonalData:
    """Personal data, shown to whom they belong and erased in their time (X11, X12)."""

    name: str

    @operation(
        "POST /personal-data/{person_id}/holdings",
        permission=SEE,
        request=HoldingsIn,
        response=HoldingsOut,
        label=("查询所存个人信息", "What is held on a person"),
        kind="action",
        secret=True,
    )
    def show_personal_data(self, tx: Tx, person_id: uuid.UUID, identity_number: str | None) -> Mapping[str, Any]:
        """Shows what this service holds on a person; leaves an audit row, as every export does (X5, X12)."""
        if identity_number is not None:
            recognise(tx, person_id, IdentityNumber.parse(identity_number, tx.today))
        return as_message(held_on(tx, self._plugin, person_id))

    @operation(
        "GET /personal-data/overdue",
        permission=SWEEP,
        response=OverdueOut,
        label=("保存期满的个人信息", "Personal data past their time"),
        kind="figure",
    )
    def list_overdue_personal_data(self, tx: Tx) -> Mapping[str, Any]:
        """Previews what an erasure would reach: tables, classes, how many rows. Nothing goes by itself (X11)."""
        return {"due": overdue(tx, self._plugin)}

    @operation(
        "POST /personal-data/erasure",
        permission=SWEEP,
        request=SweepIn,
        response=SweptOut,
        label=("删除保存期满的个人信息", "Erase what is past its time"),
        kind="action",
    )
    def erase_overdue_personal_data(self, tx: Tx, classes: Sequence[str]) -> Mapping[str, Any]:
        """Erases what is past its time of these classes and nothing sooner; ids, numbers and sums stay (X7, X11)."""
        done = erase_overdue(tx, self._plugin, classes)
        left = sum(each.rows for each in overdue(tx, self._plugin) if each.of_class in classes)
        return {"rows": done.rows, "left": left}

    def erase(self, tx: Tx, erasure_id: uuid.UUID, person_id: uuid.UUID, classes: Sequence[str], ground: str) -> None:
        """Carries out an erasure that was ordered, and tells what came of it (X11)."""
        done = erase_of_person(tx, self._plugin, person_id, classes, Ground(ground), by=tx.principal.name)
        tx.emit(
            PersonErased.of(
                Erased(person_id), erasure_id=erasure_id, rows=done.rows, kept=sorted(done.kept, key=lambda k: k[:2])
            )
        )

    @property
    def _plugin(self) -> Plugin:
        return plugins()[self.name]
