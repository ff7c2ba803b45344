"""What a service that sends mail offers those who look after it: which mails wait, left or were given up, never to whom
or in which words."""

import uuid

from sqlalchemy import select

from shared.api import fields as f
from shared.api.administration import PERMISSION
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.clock import wall_now
from shared.errors import Refused
from shared.plugins import plugins
from shared.store.tables import Mail
from shared.store.tx import Tx
from shared.text import Text

STATES = {
    "queued": Text("待发", "Waiting to be sent"),
    "sent": Text("已发出", "Sent"),
    "parked": Text("未能发出", "Given up"),
}


class MailOut(f.Schema):
    """A mail, without address and words."""

    id = f.UUID("编号", "Id")
    kind = f.String("种类", "Kind")
    state = f.Choice("状态", "State", STATES)
    attempts = f.Integer("已试次数", "Attempts")
    error = f.String("未发出原因", "Why it did not leave", allow_none=True)
    queued_at = f.Moment("写成时间", "Written at")
    next_attempt_at = f.Moment("下次尝试", "Next attempt at", allow_none=True)
    settled_at = f.Moment("发出或放弃时间", "Sent or given up at", allow_none=True)


class MailQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    kind = f.String("种类", "Kind", load_default=None, allow_none=True, max_length=100)


class SendsMail:
    """Mail on its way."""

    name: str

    @operation(
        "GET /mails",
        permission=PERMISSION,
        request=MailQuery,
        response=MailOut,
        label=("邮件发送情况", "Mail on its way"),
        kind="list",
    )
    def list_mails(self, tx: Tx, page: PageRequest, state: str | None, kind: str | None) -> Page:
        """Mails that wait, were sent or given up, the newest first (X11)."""
        wanted = {"state": state, "kind": kind}
        query = select(Mail).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        return tx.page(query, page, key=Mail.id, sorts={"queued": Mail.queued_at}, default="-queued")

    @operation(
        "POST /mails/{id}/retry",
        permission=PERMISSION,
        response=MailOut,
        label=("重发邮件", "Send a mail again"),
        kind="action",
    )
    def retry_mail(self, tx: Tx, id: uuid.UUID) -> Mail:
        """Gives a mail that was given up all its attempts again, from now. Refused (X7) for one that waits or was sent;
        refused (X11) once its words were erased."""
        mail = tx.lock(Mail, id)
        if mail.state != "parked":
            raise Refused("X7", "此邮件不在未能发出之列", "This mail was not given up", code="mail-not-parked")
        if mail.content is None:
            raise Refused("X11", "此邮件内容已删除", "The words of this mail have been erased", code="mail-erased")
        mail.state, mail.attempts, mail.next_attempt_at = "queued", 0, wall_now()
        mail.settled_at = mail.erase_at = None
        tx.wakes.add("mails")
        if mailed := plugins()[self.name].mailed:
            mailed(tx, mail)
        return mail
