"""Personal data held here: shown to whom they belong, erased when membership orders it (X11, X12)."""

from typing import Any

from shared.bus.listening import on_event
from shared.personal.events import ErasureHeard
from shared.personal.operations import KeepsPersonalData
from shared.store.tx import Tx


class PersonalData(KeepsPersonalData):
    """What is held on a person."""

    @on_event("membership", "person.erasure-ordered.v1", ErasureHeard)
    def erase_personal_data(self, tx: Tx, **ordered: Any) -> None:
        """Erases what is held on a person as far as it may go, and tells what is kept (X11)."""
        self.erase(tx, **ordered)
