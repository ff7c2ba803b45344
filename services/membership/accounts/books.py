"""What must fit together about accounts (M11)."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select

from services.membership.accounts.events import AccountClosed, AccountOpened, AccountRolesChanged
from services.membership.accounts.models import Account
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once


def accounts_were_told_once(look: Look) -> Faults:
    """Each account was told once, and so was the end of each that was closed (M11)."""
    closed = select(Account.id).where(Account.closed_at.is_not(None))
    for schema, ids in ((AccountOpened, select(Account.id)), (AccountClosed, closed)):
        yield from told_once(look, schema, dict.fromkeys(look.session.scalars(ids), ()))


def each_change_of_rights_was_told(look: Look) -> Faults:
    """Of each account it was told as often that its rights change as they did (M11)."""
    told = Counter(each.data["id"] for each in look.told(AccountRolesChanged))
    accounts = look.session.execute(select(Account.id, Account.role_changes)).all()
    wanted: dict[UUID, object] = {row.id: row.role_changes for row in accounts}
    found = {row.id: told.pop(row.id, 0) for row in accounts}
    table = f"chassis.outbox {AccountRolesChanged.type()} of account"
    yield from matched(table, wanted, [*found.items(), *told.items()])


CHECKS = (accounts_were_told_once, each_change_of_rights_was_told)
