"""What comes in and goes out about grants."""

from services.membership.data import role_labels
from shared.api import fields as f

ROLES = role_labels()


class GrantIn(f.Schema):
    """A role for an account, from one day up to another."""

    role = f.Choice("角色", "Role", ROLES, required=True)
    since = f.Date("起始日（默认今天）", "Held from (today)", load_default=None, allow_none=True)
    until = f.Date("不再持有之日（默认无期）", "No longer held on (no end)", load_default=None, allow_none=True)


class GrantEndIn(f.Schema):
    until = f.Date("不再持有之日（默认今天）", "No longer held on (today)", load_default=None, allow_none=True)


class GrantOut(f.Schema):
    """One that was called off before it began ends on its first day."""

    id = f.UUID("编号", "Id")
    account_id = f.UUID("账号", "Account")
    role = f.Choice("角色", "Role", ROLES)
    since = f.Date("起始日", "Held from")
    until = f.Date("不再持有之日", "No longer held on", allow_none=True)
    granted_at = f.Moment("授予登记时间", "Granted at")
    ended_at = f.Moment("终止登记时间", "End recorded at", allow_none=True)
