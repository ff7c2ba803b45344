"""The rights of accounts, as far as grants, representations and what governance told are known (M11, G11)."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import or_, select

from services.membership.accounts.models import Account, RoleGrant
from services.membership.data import post_roles
from services.membership.representatives.models import Representative
from services.membership.rights.models import HeardAbsence, HeardTenure
from services.membership.rights.rules import Basis, From, Rights, rights_from
from shared.store.tx import Tx


def rights_of(tx: Tx, accounts: Collection[Account]) -> Mapping[uuid.UUID, tuple[From, ...]]:
    """The rights of each account, by its id, today and from then on. Read anew, whatever was read before: whoever
    issues a token holds the rights first."""
    versions = post_roles()
    return {id: rights_from(tx.today, basis, versions) for id, basis in _bases(tx, accounts).items()}


def rights_today(tx: Tx, account: Account) -> Rights:
    """The rights of one account today."""
    return rights_of(tx, [account])[account.id][0].rights


def shown(tx: Tx, account: Account) -> Account:
    """``account`` with the roles of today on it, as it is answered."""
    return shown_all(tx, [account])[0]


def shown_all(tx: Tx, accounts: Collection[Account]) -> list[Account]:
    """The same for many."""
    tx.flush()
    rights = rights_of(tx, accounts)
    for account in accounts:
        today = rights[account.id][0].rights
        account.roles, account.post_roles = sorted(today.staff), sorted(today.by_post)
    return list(accounts)


def _bases(tx: Tx, accounts: Collection[Account]) -> dict[uuid.UUID, Basis]:
    people = {account.person_id for account in accounts if account.person_id is not None}
    deputised = [each for version in post_roles() for each in version.delegations]
    posts = {each.post for each in deputised} | {each.deputy for each in deputised}
    granted = select(RoleGrant).where(RoleGrant.account_id.in_([account.id for account in accounts]))
    grants = tx.all(granted.execution_options(populate_existing=True))
    represented = select(Representative).where(Representative.person_id.in_(people))
    represents = tx.all(represented.execution_options(populate_existing=True))
    held = select(HeardTenure).where(or_(HeardTenure.person_id.in_(people), HeardTenure.post.in_(posts)))
    tenures = [each for each in (row.as_ruled() for row in tx.all(held)) if each]
    away = select(HeardAbsence).where(HeardAbsence.post.in_(posts))
    absences = [each for each in (row.as_ruled() for row in tx.all(away)) if each]
    return {
        account.id: Basis(
            account.person_id,
            [each.as_ruled() for each in grants if each.account_id == account.id],
            [each for each in tenures if each.person == account.person_id or each.post in posts],
            absences,
            [(each.unit_id, each.term) for each in represents if each.person_id == account.person_id],
        )
        for account in accounts
    }
