"""Grants 授予: roles with dates, given to an account and ended by an administrator (M11, X7, X8)."""

import uuid
from collections.abc import Iterable
from datetime import date

from services.membership.accounts import rules as account_rules
from services.membership.accounts.deciding import ACCOUNTS, grantable, keep_an_administrator
from services.membership.accounts.models import Account, RoleGrant
from services.membership.accounts.schemas import AccountOut, RolesIn
from services.membership.grants import rules
from services.membership.grants.giving import end, grant
from services.membership.grants.schemas import GrantEndIn, GrantIn, GrantOut
from services.membership.rights.changing import rights_changing
from services.membership.rights.today import shown
from shared.api.operations import operation
from shared.identity.duties import Act
from shared.store.tx import Tx


class RoleGrants:
    """Who may act as what, from when to when, where it does not follow from a post."""

    @operation(
        "POST /accounts/{id}/grants",
        permission="membership.account.roles",
        request=GrantIn,
        response=GrantOut,
        label=("授予角色", "Grant a role"),
        kind="create",
        apart=Act.HANDLES,
    )
    def grant_role(self, tx: Tx, id: uuid.UUID, role: str, since: date | None, until: date | None) -> RoleGrant:
        """Grants a role from one day up to another; nobody to themselves (M11, X8)."""
        tx.hold(ACCOUNTS)
        account = tx.change(Account, id)
        tx.keep_apart(account_rules.whose_account(account.id, account.person_id))
        account_rules.check_open(account.closed)
        new = rules.Grant(role, since or tx.today, until)
        existing = [each.as_ruled() for each in account.grants]
        grantable(tx, account.person_id, [role], beside=rules.roles_beside(new, existing))
        rules.check_grant(new, existing, tx.today)
        with rights_changing(tx, [account]):
            granted = grant(tx, account, new)
            account.changed_at = tx.now
        return granted

    @operation(
        "POST /grants/{id}/end",
        permission="membership.account.roles",
        request=GrantEndIn,
        response=GrantOut,
        label=("终止角色", "End a grant"),
        kind="action",
        apart=Act.HANDLES,
    )
    def end_grant(self, tx: Tx, id: uuid.UUID, until: date | None) -> RoleGrant:
        """Ends a grant, today at the earliest and never later than on record; it stays on file (M11, X7, X8)."""
        tx.hold(ACCOUNTS)
        account = tx.lock(Account, tx.get(RoleGrant, id).account_id)
        granted = tx.change(RoleGrant, id)
        tx.keep_apart(account_rules.whose_account(account.id, account.person_id))
        account_rules.check_open(account.closed)
        ruled = rules.ended(granted.as_ruled(), tx.today if until is None else until, tx.today)
        if granted.role == account_rules.ADMINISTRATOR:
            keep_an_administrator(tx, account)
        with rights_changing(tx, [account]):
            end(tx, granted, ruled)
            account.changed_at = tx.now
        return granted

    @operation(
        "PUT /accounts/{id}/roles",
        permission="membership.account.roles",
        request=RolesIn,
        response=AccountOut,
        label=("设定账号角色", "Set the roles of an account"),
        kind="action",
        apart=Act.HANDLES,
    )
    def set_roles(self, tx: Tx, id: uuid.UUID, roles: Iterable[str]) -> Account:
        """Gives an account exactly these roles from today on, at once; a role it has keeps its end, if it has one.
        Nobody their own (M11, X8)."""
        tx.hold(ACCOUNTS)
        account = tx.change(Account, id)
        tx.keep_apart(account_rules.whose_account(account.id, account.person_id))
        account_rules.check_open(account.closed)
        wanted = grantable(tx, account.person_id, roles)
        held = rules.roles_on((each.as_ruled() for each in account.grants), tx.today)
        going = [each for each in account.grants if rules.gives_way(each.as_ruled(), wanted, held, tx.today)]
        if (
            any(each.role == account_rules.ADMINISTRATOR for each in going)
            and account_rules.ADMINISTRATOR not in wanted
        ):
            keep_an_administrator(tx, account)
        with rights_changing(tx, [account]):
            for each in going:
                ruled = each.as_ruled()
                end(tx, each, rules.ended(ruled, max(ruled.since, tx.today), tx.today))
            for role in sorted(wanted - held):
                grant(tx, account, rules.Grant(role, tx.today))
            if going or wanted - held:
                account.changed_at = tx.now
        return shown(tx, account)
