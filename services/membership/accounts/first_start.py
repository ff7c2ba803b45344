"""The first administrator: made where nobody could administer, told once, on the console (M11). No default password."""

from itertools import chain, count

from sqlalchemy import or_, select

from services.membership.accounts.handing import hand_one_time_secret
from services.membership.accounts.models import Account, RoleGrant
from services.membership.accounts.operations import open_new
from services.membership.accounts.rules import ADMINISTRATOR, ONE_TIME_LIFETIME, Secret
from services.membership.sessions.ending import Because, end_sessions
from services.membership.sessions.guessing import forgive, hold_credentials
from shared.store.tx import Tx


def welcome(tx: Tx) -> str | None:
    """The sign-in to print at a start: user name and a fresh one-time secret, in both languages.

    None once an administrator has a password of their own. Until then each start gives a new secret and the
    one before no longer holds.
    """
    tx.hold("first administrator")
    administrators = tx.all(
        select(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.closed_at.is_(None),
            RoleGrant.role == ADMINISTRATOR,
            RoleGrant.since <= tx.today,
            or_(RoleGrant.until.is_(None), RoleGrant.until > tx.today),
        )
        .order_by(Account.opened_at)
    )
    if any(account.secret == Secret.OWN for account in administrators):
        return None
    if not administrators:
        return _text(open_new(tx, _free_name(tx), None, [ADMINISTRATOR]))
    hold_credentials(tx, administrators[0].username)
    account = tx.lock(Account, administrators[0].id)
    if account.secret == Secret.OWN:  # exchanged just now: services answer before this is printed
        return None
    hand_one_time_secret(account)
    forgive(tx, account.username)
    end_sessions(tx, account.id, Because.SECRET_RESET)
    return _text(account)


def _free_name(tx: Tx) -> str:
    """``admin``, or with a number where an account of that name was closed or is no administrator's."""
    names = chain(["admin"], (f"admin{n}" for n in count(2)))
    return next(name for name in names if tx.find(Account, username=name) is None)


def _text(account: Account) -> str:
    days = ONE_TIME_LIFETIME.days
    return (
        f"用户名 / user name: {account.username}\n"
        f"一次性密码 / one-time secret: {account.one_time_secret}\n"
        f"请于{days}天内登录并改为自己的密码；在此之前每次启动都会换新\n"
        f"Sign in within {days} days and exchange it for a password of your own; until then each start gives a new one"
    )
