"""What stands before every decision about an account (M11, X8)."""

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select

from services.membership.accounts import rules
from services.membership.accounts.models import Account, RoleGrant
from services.membership.data import incompatible_roles, role_labels, roles_that_follow
from services.membership.roles.rules import check_compatible
from shared.store.tx import Tx

ACCOUNTS = "accounts"
"""Held by whoever opens an account or takes an administrator away, one at a time: rare, and simple that way."""


def grantable(
    tx: Tx, person_id: uuid.UUID | None, roles: Iterable[str], *, beside: Iterable[str] = ()
) -> frozenset[str]:
    """``roles`` as a set that an account of this person, or of nobody, may be granted beside those it has anyway."""
    wanted = rules.roles(roles, role_labels())
    rules.check_grantable(wanted, roles_that_follow())
    rules.check_person(person_id is not None, wanted)
    check_compatible(wanted | frozenset(beside), incompatible_roles(), tx.today, role_labels())
    return wanted


def keep_an_administrator(tx: Tx, account: Account) -> None:
    """Refuse to take an administrator away where no other remains (M11): open, with a password of their own, and an
    administrator today without an end on record."""
    query = (
        select(func.count(Account.id.distinct()))
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.id != account.id,
            Account.closed_at.is_(None),
            Account.secret == rules.Secret.OWN,
            RoleGrant.role == rules.ADMINISTRATOR,
            RoleGrant.since <= tx.today,
            RoleGrant.until.is_(None),
        )
    )
    rules.check_administrators_left(int(tx.session.scalar(query) or 0))
