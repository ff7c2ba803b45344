"""What must fit together about reminders and the mail they went out by (M4)."""

from sqlalchemy import select

from services.membership.dues.models import Invoice
from services.membership.reminders.models import Reminder
from services.membership.reminders.rules import Outcome
from services.membership.reminders.taking import KIND
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.store.tables import Mail
from shared.text import Text


def reminders_went_out_by_their_mail(look: Look) -> Faults:
    """Each mail that reminds is of one reminder, which says what became of it (M4)."""
    mails = {row.id: row.state for row in look.session.execute(select(Mail.id, Mail.state).where(Mail.kind == KIND))}
    reminders = look.session.execute(select(Reminder.mail_id, Reminder.outcome).where(Reminder.mail_id.is_not(None)))
    outcomes = {row.mail_id: Outcome(row.outcome) for row in reminders}
    yield from matched("reminders by mail", dict.fromkeys(mails), ((id, None) for id in outcomes))
    says = {"queued": Outcome.MAILED, "sent": Outcome.SENT}
    wanted = {id: says.get(mails[id]) for id, outcome in outcomes.items() if outcome in says.values() and id in mails}
    yield from matched("outcome of reminders by mail", wanted, ((id, outcomes[id]) for id in wanted))


def nobody_is_to_be_reminded_of_what_is_settled(look: Look) -> Faults:
    """What is to be done by hand is of an open invoice (M4)."""
    idle = select(Reminder.id).join(Invoice, Invoice.id == Reminder.invoice_id)
    for id in look.session.scalars(idle.where(Reminder.outcome == Outcome.TO_DO, Invoice.owes == 0)):
        yield Fault(f"reminders {id}", Text("会费已缴清，仍列为待催收", "To be done, and the invoice is settled"))


CHECKS = (reminders_went_out_by_their_mail, nobody_is_to_be_reminded_of_what_is_settled)
