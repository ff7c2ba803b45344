"""What must fit together about notices and the mail they went out by (M3, M5)."""

from sqlalchemy import select

from services.membership.contacts.books import left_by_their_mail
from services.membership.notices.models import Notice
from services.membership.notices.rules import Kind, Outcome
from shared.books.declared import Faults
from shared.books.look import Look


def notices_left_by_their_mail(look: Look) -> Faults:
    """Each mail with a slip or an account is of one notice, which says what became of it (M3, M5)."""
    rows = look.session.execute(select(Notice.mail_id, Notice.outcome).where(Notice.mail_id.is_not(None)))
    says = {"queued": Outcome.MAILED, "sent": Outcome.SENT, "parked": Outcome.NOT_SENT}
    yield from left_by_their_mail(look, "notices", list(Kind), {row.mail_id: row.outcome for row in rows}, says)


CHECKS = (notices_left_by_their_mail,)
