"""What membership notes where a mail of its own was sent, given up or is to be sent again (ADR 0043)."""

from services.membership.dues.models import Invoice
from services.membership.notices.models import Notice
from services.membership.notices.rules import Outcome as NoticeOutcome
from services.membership.reminders.models import Reminder
from services.membership.reminders.rules import Outcome
from shared.store.tables import Mail
from shared.store.tx import Tx

_REMINDED = {"queued": Outcome.MAILED, "sent": Outcome.SENT, "parked": Outcome.TO_DO}
_NOTICED = {"queued": NoticeOutcome.MAILED, "sent": NoticeOutcome.SENT, "parked": NoticeOutcome.NOT_SENT}


def mailed(tx: Tx, mail: Mail) -> None:
    """Keep with a reminder or a notice what became of its mail; a reminder that did not leave is to be made by hand."""
    reminder = tx.find(Reminder, mail_id=mail.id)
    if reminder is not None:
        # Payments and whoever reminds by hand hold the invoice too.
        invoice, reminder = tx.lock(Invoice, reminder.invoice_id), tx.lock(Reminder, reminder.id)
        if reminder.outcome in _REMINDED.values():
            reminder.outcome = _REMINDED[mail.state]
        if reminder.outcome == Outcome.TO_DO and not invoice.owes:
            reminder.outcome = Outcome.NOT_NEEDED
    notice = tx.find(Notice, mail_id=mail.id)
    if notice is not None:
        notice.outcome = _NOTICED[mail.state]
