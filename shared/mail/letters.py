"""Letters, and the messages that are made of them (RFC 5322)."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Self
from uuid import UUID

from shared.standards.mail_address import MailAddress

_POLICY = SMTP.clone(cte_type="7bit")
"""No server on the way has to know more than ASCII."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; ``media_type`` such as "application/pdf"."""

    filename: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Letter:
    """What is to be said to somebody, as plain text."""

    subject: str
    text: str
    attachments: Sequence[Attachment] = ()

    def as_json(self) -> str:
        """The letter as one text, to be sealed."""
        attachments = [
            [each.filename, base64.b64encode(each.content).decode(), each.media_type] for each in self.attachments
        ]
        return json.dumps([self.subject, self.text, attachments], ensure_ascii=False)

    @classmethod
    def from_json(cls, written: str) -> Self:
        subject, text, attachments = json.loads(written)
        return cls(subject, text, [Attachment(name, base64.b64decode(body), kind) for name, body, kind in attachments])


@dataclass(frozen=True)
class Sender:
    """Who the association's mail comes from: a name that people see, and the address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def message_id(id: UUID, sender: Sender) -> str:
    """The Message-ID of a mail: the same each time it is sent, so that whoever gets it twice can tell."""
    return f"<{id}@{sender.domain}>"


def message_of(letter: Letter, *, id: UUID, sender: Sender, to: MailAddress, written_at: datetime) -> EmailMessage:
    """The message to be sent. It says of itself that nobody typed it, so that no absence note answers it (RFC 3834)."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = formataddr((sender.name, sender.address))
    message["To"] = to.reveal()
    # A line break in a header would begin another one.
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = message_id(id, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    for each in letter.attachments:
        main, _, sub = each.media_type.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.filename)
    return message
