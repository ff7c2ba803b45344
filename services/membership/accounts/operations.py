"""Accounts 账号, as an administrator handles them: opened, given secrets, closed (M11, X8)."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from services.membership.accounts import rules
from services.membership.accounts.deciding import ACCOUNTS, grantable, keep_an_administrator
from services.membership.accounts.events import AccountClosed, AccountOpened
from services.membership.accounts.handing import hand_one_time_secret
from services.membership.accounts.models import Account
from services.membership.accounts.schemas import (
    AccountIn,
    AccountOut,
    AccountQuery,
    AccountSecretOut,
    ClosureIn,
)
from services.membership.grants.giving import grant
from services.membership.grants.rules import Grant
from services.membership.links.burning import burn_links
from services.membership.people.models import Person
from services.membership.rights.today import shown, shown_all
from services.membership.sessions.ending import Because, end_sessions
from services.membership.sessions.guessing import forgive, hold_credentials
from services.membership.sessions.withdrawing import withdraw
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx


class Accounts:
    """Who may sign in, and as what."""

    @operation(
        "POST /accounts",
        permission="membership.account.open",
        request=AccountIn,
        response=AccountSecretOut,
        label=("开通账号", "Open an account"),
        kind="create",
        secret=True,
        apart=Act.HANDLES,
    )
    def open_account(self, tx: Tx, username: str, person_id: uuid.UUID | None, roles: Iterable[str]) -> Account:
        """Opens an account; the answer holds its one-time secret, which nobody can read again (M11)."""
        name = rules.username(username)
        tx.keep_apart(rules.whose_account(None, person_id))
        wanted = grantable(tx, person_id, roles)
        if person_id is not None:
            tx.get(Person, person_id)
        return open_new(tx, name, person_id, wanted)

    @operation(
        "GET /accounts",
        permission="membership.account.read",
        request=AccountQuery,
        response=AccountOut,
        label=("账号", "Accounts"),
        kind="list",
    )
    def list_accounts(self, tx: Tx, page: PageRequest, state: str | None) -> Page:
        """Accounts by user name; open or closed ones."""
        query = select(Account)
        if state:
            query = query.where(Account.closed_at.is_(None) if state == "open" else Account.closed_at.is_not(None))
        sorts = {"username": Account.username, "opened": Account.opened_at}
        found = tx.page(query, page, key=Account.id, sorts=sorts, default="username")
        return Page(shown_all(tx, found.items), found.next)

    @operation(
        "GET /accounts/{id}",
        permission="membership.account.read",
        response=AccountOut,
        label=("账号详情", "An account"),
        kind="detail",
    )
    def get_account(self, tx: Tx, id: uuid.UUID) -> Account:
        """An account, the roles it has today, and from when to when they were granted."""
        return shown(tx, tx.get(Account, id))

    @operation(
        "POST /accounts/{id}/one-time-secret",
        permission="membership.account.reset",
        response=AccountSecretOut,
        label=("重发一次性密码", "Give a new one-time secret"),
        kind="action",
        secret=True,
        apart=Act.HANDLES,
    )
    def reset_secret(self, tx: Tx, id: uuid.UUID) -> Account:
        """Replaces a lost password by a one-time secret; every session ends, failed attempts are forgiven (M11)."""
        hold_credentials(tx, tx.get(Account, id).username)
        account = tx.change(Account, id)
        tx.keep_apart(rules.whose_account(account.id, account.person_id))
        rules.check_open(account.closed)
        hand_one_time_secret(account)
        account.changed_at = tx.now
        burn_links(tx, account.id)
        forgive(tx, account.username)
        end_sessions(tx, account.id, Because.SECRET_RESET)
        return shown(tx, account)

    @operation(
        "POST /accounts/{id}/closure",
        permission="membership.account.close",
        request=ClosureIn,
        response=AccountOut,
        label=("关闭账号", "Close an account"),
        kind="action",
        apart=Act.HANDLES,
    )
    def close_account(self, tx: Tx, id: uuid.UUID, reason: str) -> Account:
        """Closes an account for good and ends its sessions; it stays on file, its name is not used again (X7)."""
        tx.hold(ACCOUNTS)
        hold_credentials(tx, tx.get(Account, id).username)
        account = tx.change(Account, id)
        tx.keep_apart(rules.whose_account(account.id, account.person_id))
        rules.check_open(account.closed)
        if any(each.role == rules.ADMINISTRATOR and not each.as_ruled().over(tx.today) for each in account.grants):
            keep_an_administrator(tx, account)
        account.closed_at, account.closed_by, account.closing_reason = tx.now, tx.principal.name, reason
        end_sessions(tx, account.id, Because.ACCOUNT_CLOSED)
        withdraw(tx, account.id)
        tx.flush()
        tx.emit(AccountClosed.of(account))
        return shown(tx, account)


def open_new(tx: Tx, username: str, person_id: uuid.UUID | None, roles: Iterable[str]) -> Account:
    """A new account with a one-time secret on it; refused where the name or the person has one already."""
    tx.hold(ACCOUNTS)
    rules.check_username_free(tx.find(Account, username=username) is not None)
    if person_id is not None:
        rules.check_first_of_person(tx.find(Account, person_id=person_id, closed_at=None) is not None)
    account = Account(username=username, person_id=person_id, opened_at=tx.now, changed_at=tx.now, grants=[])
    hand_one_time_secret(account)
    tx.add(account)
    for role in sorted(roles):
        grant(tx, account, Grant(role, tx.today))
    tx.flush()
    tx.emit(AccountOpened.of(account))
    return shown(tx, account)
