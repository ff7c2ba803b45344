"""The roster of signers: as governance has told it so far, and as governance answers it now (F2, G11, M11)."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select

from services.finance.signers.models import HeardAbsence, HeardTenure
from services.finance.signers.rules import Absence, Roster, Tenure
from shared.store.tx import Tx


def heard_roster(tx: Tx) -> Roster:
    """Everybody who holds, held or will hold a signing post, and their absences, as far as events have come."""
    return Roster(
        [tenure.as_ruled() for tenure in tx.all(select(HeardTenure))],
        [absence.as_ruled() for absence in tx.all(select(HeardAbsence))],
    )


def asked_roster(tx: Tx, day: date) -> Roster:
    """The signing posts on ``day`` as governance answers at this moment: its holders and absences hold for that day.

    Ask before anything is locked. :class:`shared.errors.Unavailable`, naming governance, when that is away.
    """
    return _on_day(tx.ask("governance", "list_signing_posts", on=day), day)


def _on_day(answer: Any, day: date) -> Roster:
    tenures, absences = [], []
    for post in answer["items"]:
        code = post["code"]
        tenures += [Tenure(code, uuid.UUID(person), day) for person in post["holders"]]
        absences += [Absence(code, uuid.UUID(absence["person_id"]), day) for absence in post["absences"]]
    return Roster(tenures, absences)
