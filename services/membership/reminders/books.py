"""What must fit together about reminders and the mail they went out by (M4)."""

from sqlalchemy import select

from services.membership.contacts.books import left_by_their_mail
from services.membership.dues.models import Invoice
from services.membership.reminders.models import Reminder
from services.membership.reminders.rules import Outcome
from services.membership.reminders.taking import KIND
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.text import Text


def reminders_left_by_their_mail(look: Look) -> Faults:
    """Each mail that reminds is of one reminder, which says what became of it; one that was given up may be to do, done
    or not needed any more (M4)."""
    rows = look.session.execute(select(Reminder.mail_id, Reminder.outcome).where(Reminder.mail_id.is_not(None)))
    says = {"queued": Outcome.MAILED, "sent": Outcome.SENT}
    yield from left_by_their_mail(look, "reminders", [KIND], {row.mail_id: row.outcome for row in rows}, says)


def nobody_is_to_be_reminded_of_what_is_settled(look: Look) -> Faults:
    """What is to be done by hand is of an open invoice (M4)."""
    idle = select(Reminder.id).join(Invoice, Invoice.id == Reminder.invoice_id)
    for id in look.session.scalars(idle.where(Reminder.outcome == Outcome.TO_DO, Invoice.owes == 0)):
        yield Fault(f"reminders {id}", Text("会费已缴清，仍列为待催收", "To be done, and the invoice is settled"))


CHECKS = (reminders_left_by_their_mail, nobody_is_to_be_reminded_of_what_is_settled)
