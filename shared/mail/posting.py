"""Putting a mail into the outbox, in the transaction of its cause."""

import uuid
from datetime import datetime

from shared.clock import wall_now
from shared.mail.letters import Letter
from shared.standards.mail_address import MailAddress
from shared.store.base import new_id
from shared.store.tables import Mail
from shared.store.tx import Tx


def post(
    tx: Tx, to: MailAddress, letter: Letter, *, kind: str, keep_days: int, expires_at: datetime | None = None
) -> uuid.UUID:
    """Have ``letter`` sent to ``to`` once this is committed; the id of the mail.

    ``kind`` says what it is about, such as "dues-reminder". Address and words are sealed, and erased ``keep_days``
    after it was sent or given up. What is of no use any more after ``expires_at`` (wall time) is given up then.
    """
    now = wall_now()
    mail = Mail(
        id=new_id(),
        kind=kind,
        recipient=tx.vault.seal(to.reveal()),
        content=tx.vault.seal(letter.as_json()),
        state="queued",
        queued_at=now,
        next_attempt_at=now,
        expires_at=expires_at,
        keep_days=keep_days,
    )
    tx.add(mail)
    tx.wakes.add("mails")
    return mail.id
