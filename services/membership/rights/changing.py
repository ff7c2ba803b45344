"""What follows where somebody's rights change: it is told, and tokens with the old ones hold no more (M11)."""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from services.membership.accounts.events import AccountRolesChanged
from services.membership.accounts.models import Account
from services.membership.rights.today import rights_of
from services.membership.sessions.withdrawing import withdraw
from shared.store.tx import Tx


@contextmanager
def rights_changing(tx: Tx, accounts: Collection[Account]) -> Iterator[None]:
    """A block that may change what these accounts may do, today or on a day to come.

    Of each that may do something else afterwards it is told, and its access tokens are withdrawn. A day that merely
    comes needs neither: tokens end by themselves when the rights do.
    """
    before = rights_of(tx, accounts)
    yield
    tx.flush()
    after = rights_of(tx, accounts)
    # In one order, so that of two who withdraw at once none waits for the other.
    changed = sorted((each for each in accounts if before[each.id] != after[each.id]), key=lambda each: each.id)
    for account in changed:
        account.role_changes += 1
        tx.flush()
        tx.emit(AccountRolesChanged.of(account))
    withdraw(tx, *(account.id for account in changed))


def accounts_of(tx: Tx, people: Collection[uuid.UUID]) -> list[Account]:
    """The open accounts of these people, held."""
    mine = select(Account).where(Account.person_id.in_(people), Account.closed_at.is_(None)).order_by(Account.id)
    return tx.all(mine.with_for_update().execution_options(populate_existing=True))
