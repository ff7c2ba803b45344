"""Reminders 催收: run by the schedule, recorded by hand, read (M4)."""

import uuid
from collections import Counter
from datetime import date

from sqlalchemy import select

from services.membership.dues.models import Invoice
from services.membership.reminders import rules
from services.membership.reminders.models import Reminder
from services.membership.reminders.rules import Outcome
from services.membership.reminders.schemas import ReminderIn, ReminderOut, ReminderQuery
from services.membership.reminders.taking import new_reminder, remind
from shared.api.jobs import JobOut, RunningJob, job
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tables import Job
from shared.store.tx import Tx

_SORTS = {"recorded": Reminder.recorded_at, "day": Reminder.day}


class Reminders:
    """What units were told of what they owe."""

    @operation(
        "POST /reminders/run",
        permission="membership.reminder.run",
        response=JobOut,
        label=("按安排催收", "Remind by the schedule"),
        kind="action",
        status=202,
    )
    def run_reminders(self, tx: Tx) -> Job:
        """Starts a job that reminds, of each invoice that is open, by the step of the schedule that is due today (M4,
        X4): by mail, and where a unit has no address or the mail does not leave, onto the list of what is to be done by
        hand. Each step of each invoice is taken once, however often this is run."""
        return tx.start_job("remind-of-dues")

    @job("remind-of-dues", label=("会费催收", "Remind of dues"), daily_from=9)
    def remind_of_dues(self, job: RunningJob) -> None:
        """Takes the step that is due of each open invoice, an invoice a transaction: begun again after a crash, it goes
        on where it was."""
        with job.begin() as tx:
            ids = tx.all(select(Invoice.id).where(Invoice.owes > 0).order_by(Invoice.id))
        outcomes: Counter[Outcome | None] = Counter()
        for done, id in enumerate(ids):
            job.progress(done, len(ids))
            with job.begin() as tx:
                outcomes[remind(tx, id)] += 1
        with job.begin() as tx:
            job.finish(tx, {"mailed": outcomes[Outcome.MAILED], "to_do": outcomes[Outcome.TO_DO]})

    @operation(
        "POST /invoices/{id}/reminders",
        permission="membership.reminder.record",
        request=ReminderIn,
        response=ReminderOut,
        label=("登记人工催收", "Record a reminder by phone or letter"),
        kind="create",
    )
    def record_reminder(self, tx: Tx, id: uuid.UUID, means: str, day: date | None, note: str | None) -> Reminder:
        """Records that somebody reminded a unit by phone or letter; where that was to be done, it is done with it (M4).
        Refused (M4): a settled invoice, a day to come or before the invoice."""
        invoice = tx.lock(Invoice, id)
        rules.check_open(invoice.owes)
        rules.check_day(day or tx.today, invoice.issued_on, tx.today)
        waiting = select(Reminder).filter_by(invoice_id=invoice.id, outcome=Outcome.TO_DO)
        to_do = tx.all(waiting.order_by(Reminder.id))
        reminder = to_do.pop() if to_do else tx.add(new_reminder(tx, invoice, Outcome.DONE))
        for earlier in to_do:
            earlier.outcome = Outcome.PASSED_OVER
        reminder.outcome, reminder.means, reminder.day = Outcome.DONE, means, day or tx.today
        reminder.owed, reminder.note = invoice.owes, note
        reminder.recorded_at, reminder.recorded_by = tx.now, tx.principal.name
        tx.flush()
        return reminder

    @operation(
        "GET /reminders",
        permission="membership.reminder.read",
        request=ReminderQuery,
        response=ReminderOut,
        label=("催收记录", "Reminders"),
        kind="list",
    )
    def list_reminders(
        self, tx: Tx, page: PageRequest, unit_id: uuid.UUID | None, outcome: str | None, since: date | None
    ) -> Page:
        """Reminders, the latest first; of one unit or outcome, from one day on. ``outcome=to-do`` is the list of those
        to be reminded by hand (M4)."""
        wanted = {"unit_id": unit_id, "outcome": outcome}
        query = select(Reminder).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        if since is not None:
            query = query.where(Reminder.day >= since)
        return tx.page(query, page, key=Reminder.id, sorts=_SORTS, default="-recorded")

    @operation(
        "GET /invoices/{id}/reminders",
        permission="membership.reminder.read",
        response=ReminderOut,
        label=("会费通知的催收记录", "Reminders of an invoice"),
        kind="list",
    )
    def list_invoice_reminders(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """Reminders of one invoice, the latest first (M4)."""
        query = select(Reminder).where(Reminder.invoice_id == tx.get(Invoice, id).id)
        return tx.page(query, page, key=Reminder.id, sorts=_SORTS, default="-recorded")
