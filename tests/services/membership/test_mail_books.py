"""The books of what was sent: a mail without its reminder or notice, and one that says otherwise (M4, M5)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.membership.notices.books import notices_left_by_their_mail
from services.membership.plugin import PLUGIN
from services.membership.reminders.books import (
    nobody_is_to_be_reminded_of_what_is_settled,
    reminders_left_by_their_mail,
)
from shared.books.declared import Faults
from shared.books.look import Look
from shared.store.base import new_id
from shared.testing.association import eventually

Desk = Any
Check = Callable[[Look], Faults]
CHECKS: tuple[Check, ...] = (
    reminders_left_by_their_mail,
    notices_left_by_their_mail,
    nobody_is_to_be_reminded_of_what_is_settled,
)


@pytest.mark.rule(id="M4")
@pytest.mark.rule(id="M5")
def test_what_does_not_fit_is_found(desk: Desk, address: str) -> None:
    desk.at("2066-04-01")
    desk.resolve("2066-01-01")
    unit, without = desk.unit(address), desk.unit()
    invoice, open_ = desk.invoice(unit, 2066), desk.invoice(without, 2066)
    desk.job("run_reminders")
    slip = f"收-2066-{new_id().hex[-8:]}"
    desk.settle(unit, invoice, slip)
    eventually(lambda: len(desk.mails(address)) == 2)
    waiting = "SELECT 1 FROM chassis.mails WHERE state = 'queued'"
    eventually(lambda: not desk.association.rows("membership", waiting))

    def found(check: Check, spoil: str) -> list[str]:
        """What a check says of this database once ``spoil`` was done to it, and undone again."""
        with Session(desk.association.database("membership")) as session:
            session.connection().exec_driver_sql(spoil)
            faults = [fault.where for fault in check(Look(PLUGIN, {"membership": session}))]
            session.rollback()
        return faults

    (mail,) = [str(each["mail_id"]) for each in desk.do("list_invoice_reminders", id=invoice)["items"]]
    (noticed,) = [str(each["mail_id"]) for each in desk.do("list_notices", unit_id=unit)["items"]]
    before = {check: found(check, "SELECT 1") for check in CHECKS}
    for check, spoil, where in (
        (CHECKS[0], f"DELETE FROM reminders WHERE mail_id = '{mail}'", mail),
        (CHECKS[0], f"UPDATE reminders SET outcome = 'mailed' WHERE mail_id = '{mail}'", mail),
        (CHECKS[0], f"DELETE FROM chassis.mails WHERE id = '{mail}'", mail),
        (CHECKS[1], f"DELETE FROM notices WHERE mail_id = '{noticed}'", noticed),
        (CHECKS[1], f"UPDATE notices SET outcome = 'not-sent' WHERE mail_id = '{noticed}'", noticed),
        (CHECKS[2], f"UPDATE dues_invoices SET owes = 0 WHERE id = '{open_}'", "reminders"),
    ):
        new = [place for place in found(check, spoil) if place not in before[check]]
        assert len(new) == 1, spoil
        assert where in new[0]
    assert before[CHECKS[1]] == before[CHECKS[2]] == []
