"""Accounts 账号, as an administrator handles them: opened, given roles and secrets, closed (M11, X8)."""

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select

from services.membership.accounts import rules
from services.membership.accounts.handing import hand_one_time_secret
from services.membership.accounts.models import Account, RoleGrant
from services.membership.accounts.schemas import (
    AccountIn,
    AccountOut,
    AccountQuery,
    AccountSecretOut,
    ClosureIn,
    RolesIn,
)
from services.membership.data import role_labels
from services.membership.events import AccountClosed, AccountOpened, AccountRolesChanged
from services.membership.links.burning import burn_links
from services.membership.people.models import Person
from services.membership.sessions.ending import Because, end_sessions
from services.membership.sessions.guessing import forgive, hold_credentials
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx

_ACCOUNTS = "accounts"
"""Held by whoever opens an account or takes an administrator away, one at a time: rare, and simple that way."""


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
    )
    def open_account(self, tx: Tx, username: str, person_id: uuid.UUID | None, roles: Iterable[str]) -> Account:
        """Opens an account; the answer holds its one-time secret, which nobody can read again (M11)."""
        name = rules.username(username)
        wanted = rules.roles(roles, role_labels())
        rules.check_person(person_id is not None, wanted)
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
        return tx.page(query, page, key=Account.id, sorts=sorts, default="username")

    @operation(
        "GET /accounts/{id}",
        permission="membership.account.read",
        response=AccountOut,
        label=("账号详情", "An account"),
        kind="detail",
    )
    def get_account(self, tx: Tx, id: uuid.UUID) -> Account:
        """An account and its roles."""
        return tx.get(Account, id)

    @operation(
        "PUT /accounts/{id}/roles",
        permission="membership.account.roles",
        request=RolesIn,
        response=AccountOut,
        label=("设定账号角色", "Set the roles of an account"),
        kind="action",
    )
    def set_roles(self, tx: Tx, id: uuid.UUID, roles: Iterable[str]) -> Account:
        """Gives an account exactly these roles, from its next token on; nobody their own (M11, X8)."""
        tx.hold(_ACCOUNTS)
        account = tx.change(Account, id)
        _check_decidable(tx, account)
        wanted = rules.roles(roles, role_labels())
        rules.check_person(account.person_id is not None, wanted)
        if wanted == set(account.roles):
            return account
        if rules.ADMINISTRATOR in set(account.roles) - wanted:
            rules.check_administrators_left(_others_who_administer(tx, account))
        for grant in account.grants:
            if grant.ended_at is None and grant.role not in wanted:
                grant.ended_at, grant.ended_by = tx.now, tx.principal.name
        _grant(tx, account, wanted - set(account.roles))
        account.changed_at = tx.now
        tx.flush()
        tx.emit(AccountRolesChanged.of(account))
        return account

    @operation(
        "POST /accounts/{id}/one-time-secret",
        permission="membership.account.reset",
        response=AccountSecretOut,
        label=("重发一次性密码", "Give a new one-time secret"),
        kind="action",
        secret=True,
    )
    def reset_secret(self, tx: Tx, id: uuid.UUID) -> Account:
        """Replaces a lost password by a one-time secret; every session ends, failed attempts are forgiven (M11)."""
        hold_credentials(tx, tx.get(Account, id).username)
        account = tx.change(Account, id)
        _check_decidable(tx, account)
        hand_one_time_secret(account)
        account.changed_at = tx.now
        burn_links(tx, account.id)
        forgive(tx, account.username)
        end_sessions(tx, account.id, Because.SECRET_RESET)
        return account

    @operation(
        "POST /accounts/{id}/closure",
        permission="membership.account.close",
        request=ClosureIn,
        response=AccountOut,
        label=("关闭账号", "Close an account"),
        kind="action",
    )
    def close_account(self, tx: Tx, id: uuid.UUID, reason: str) -> Account:
        """Closes an account for good and ends its sessions; it stays on file, its name is not used again (X7)."""
        tx.hold(_ACCOUNTS)
        hold_credentials(tx, tx.get(Account, id).username)
        account = tx.change(Account, id)
        _check_decidable(tx, account)
        if rules.ADMINISTRATOR in account.roles:
            rules.check_administrators_left(_others_who_administer(tx, account))
        account.closed_at, account.closed_by, account.closing_reason = tx.now, tx.principal.name, reason
        end_sessions(tx, account.id, Because.ACCOUNT_CLOSED)
        tx.flush()
        tx.emit(AccountClosed.of(account))
        return account


def open_new(tx: Tx, username: str, person_id: uuid.UUID | None, roles: Iterable[str]) -> Account:
    """A new account with a one-time secret on it; refused where the name or the person has one already."""
    tx.hold(_ACCOUNTS)
    rules.check_username_free(tx.find(Account, username=username) is not None)
    if person_id is not None:
        rules.check_first_of_person(tx.find(Account, person_id=person_id, closed_at=None) is not None)
    account = Account(username=username, person_id=person_id, opened_at=tx.now, changed_at=tx.now, grants=[])
    hand_one_time_secret(account)
    tx.add(account)
    _grant(tx, account, roles)
    tx.flush()
    tx.emit(AccountOpened.of(account))
    return account


def _grant(tx: Tx, account: Account, roles: Iterable[str]) -> None:
    for role in sorted(roles):
        account.grants.append(RoleGrant(role=role, granted_at=tx.now, granted_by=tx.principal.name))


def _check_decidable(tx: Tx, account: Account) -> None:
    rules.check_not_own(tx.principal.account == str(account.id))
    rules.check_open(account.closed)


def _others_who_administer(tx: Tx, account: Account) -> int:
    """How many other open accounts with a password of their own have the administrator's role."""
    query = (
        select(func.count())
        .select_from(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.id != account.id,
            Account.closed_at.is_(None),
            Account.secret == rules.Secret.OWN,
            RoleGrant.role == rules.ADMINISTRATOR,
            RoleGrant.ended_at.is_(None),
        )
    )
    return int(tx.session.scalar(query) or 0)
