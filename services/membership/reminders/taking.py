"""Taking the step of an invoice that is due: by mail where the unit can be reached by it, else onto the list of what is
to be done by hand (M4)."""

import uuid

from sqlalchemy import select

from services.membership.contacts.reaching import mail_unit
from services.membership.data import reminder_schedules
from services.membership.dues.models import Invoice
from services.membership.reminders import rules
from services.membership.reminders.letters import reminder_letter
from services.membership.reminders.models import Reminder
from services.membership.reminders.rules import Means, Outcome
from services.membership.units.models import Unit
from shared.effective import in_force
from shared.store.tx import Tx

KIND = "dues-reminder"
"""What mails call it."""


def remind(tx: Tx, invoice_id: uuid.UUID) -> Outcome | None:
    """Take the step that is due for an invoice, each of them once; what came of it, None where nothing is due."""
    invoice = tx.lock(Invoice, invoice_id)
    if not invoice.owes:
        return None
    schedule = in_force(reminder_schedules(), invoice.issued_on, rules.SCHEDULE)
    taken = tx.all(select(Reminder.step).where(Reminder.invoice_id == invoice.id, Reminder.step.is_not(None)))
    step, passed_over = rules.due(
        schedule.steps(invoice.issued_on, invoice.due_on), [code for code in taken if code], tx.today
    )
    for each in passed_over:
        tx.add(new_reminder(tx, invoice, Outcome.PASSED_OVER, step=each.code, schedule=schedule.version))
    if step is None:
        return None
    letter = reminder_letter(step.kind, invoice, tx.get(Unit, invoice.unit_id).name, tx.today)
    posted = mail_unit(tx, invoice.unit_id, letter, kind=KIND)
    reminder = new_reminder(tx, invoice, Outcome.TO_DO, step=step.code, schedule=schedule.version)
    if posted:
        reminder.outcome, reminder.means = Outcome.MAILED, Means.MAIL
        reminder.mail_id, reminder.sent_to = posted
    tx.add(reminder)
    return Outcome(reminder.outcome)


def new_reminder(tx: Tx, invoice: Invoice, outcome: Outcome, **given: str | None) -> Reminder:
    """A reminder of today, of what is open now."""
    return Reminder(
        unit_id=invoice.unit_id,
        invoice_id=invoice.id,
        day=tx.today,
        owed=invoice.owes,
        outcome=outcome,
        recorded_at=tx.now,
        recorded_by=tx.principal.name,
        **given,
    )
