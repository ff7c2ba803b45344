"""Links asked for by whoever lost a password, and sent to the account's own address (M11)."""

from sqlalchemy import func, select

from services.membership.accounts.models import Account
from services.membership.accounts.rules import Secret, comparable_username
from services.membership.data import link_pause, signature
from services.membership.links import rules
from services.membership.links.making import make_link
from services.membership.links.models import AccountLink
from services.membership.links.schemas import LinkRequestIn, LinkRequestOut
from services.membership.mail_addresses.operations import address_of
from services.membership.sessions.guessing import hold_credentials
from shared.api.jobs import RunningJob, job
from shared.api.operations import operation
from shared.clock import wall_now
from shared.identity.principals import PUBLIC
from shared.mail.letters import Letter
from shared.mail.posting import post
from shared.store.tx import Tx

SAID = (
    "如该账号存在并登记了邮箱，重设密码的链接将寄往该邮箱。"
    " If the account exists and has a mail address, a link is sent to it."
)
KIND = "password-reset"
"""What mails call it."""


class LinkRequests:
    """How somebody who lost a password gets a link without an administrator."""

    @operation(
        "POST /links/request",
        permission=PUBLIC,
        request=LinkRequestIn,
        response=LinkRequestOut,
        label=("以邮件索取重设密码链接", "Ask for a link by mail"),
        kind="action",
        status=202,
        rate="public",
        secret=True,
    )
    def request_link(self, tx: Tx, username: str) -> dict[str, str]:
        """Has a link to set the password anew sent to the account's own mail address, if there is such an account and
        it has one. What is answered, and the work until then, are the same for every name: whether there is one, a job
        finds out (M11)."""
        tx.start_job("send-link", content=tx.vault.seal(comparable_username(username)))
        return {"said": SAID}

    @job("send-link", label=("寄送重设密码链接", "Send a link by mail"))
    def send_link(self, job: RunningJob) -> None:
        """Sends a link where there is an account to send it to. The job looks the same where there is none."""
        with job.begin() as tx:
            assert job.content is not None
            _send(tx, tx.vault.unseal(job.content))
            job.finish(tx, {})


def _send(tx: Tx, username: str) -> None:
    hold_credentials(tx, username)
    account = tx.find(Account, username=username)
    if account is None or account.closed or account.secret != Secret.OWN:
        return
    address = address_of(tx, account)
    asked = select(func.max(AccountLink.given_at)).filter_by(account_id=account.id, given_by=rules.BY_MAIL)
    if address is None or not rules.may_ask_again(tx.session.scalar(asked), link_pause(), wall_now()):
        return
    link = make_link(tx, tx.lock(Account, account.id), rules.Purpose.RESET, rules.BY_MAIL)
    text = (
        f"有人为账号{account.username}索取重设密码的链接。如是您本人，请在{_hours(link)}小时内打开下列地址设定新密码：\n\n"
        f"    {link.url}\n\n"
        f"如不是您本人，不必理会：密码没有改变。\n\n{signature().zh}\n"
    )
    # The words hold the token: they go as soon as the mail has left, or is of no use any more.
    post(tx, address, Letter("重设密码", text), kind=KIND, keep_days=0, expires_at=link.expires_at)


def _hours(link: AccountLink) -> int:
    return round((link.expires_at - link.given_at).total_seconds() / 3600)
