"""What comes in and goes out about accounts."""

from services.membership.data import role_labels
from services.membership.grants.schemas import GrantOut
from shared.api import fields as f
from shared.text import Text

ROLES = role_labels()
STATES = {"open": Text("在用", "Open"), "closed": Text("已关闭", "Closed")}


def _roles(**kwargs: bool) -> f.List:
    return f.List("角色", "Roles", f.Choice("角色", "Role", ROLES), **kwargs)


class AccountIn(f.Schema):
    username = f.String("用户名", "User name", required=True, max_length=100, personal="account")
    person_id = f.UUID("人员", "Person", load_default=None, allow_none=True)
    roles = _roles(required=True)


class RolesIn(f.Schema):
    """All the roles the account is to have from today on; those not named end."""

    roles = _roles(required=True)


class ClosureIn(f.Schema):
    reason = f.String("关闭理由", "Why it is closed", required=True, min_length=1, max_length=2000)


class AccountQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class AccountOut(f.Schema):
    """An account. ``roles`` are those granted to it that hold today; what it may act as is these and ``post_roles``."""

    id = f.UUID("编号", "Id")
    username = f.String("用户名", "User name")
    person_id = f.UUID("人员", "Person", allow_none=True)
    roles = _roles()
    post_roles = f.List("随职务取得的角色", "Roles by the posts held", f.Choice("角色", "Role", ROLES))
    grants = f.List("角色授予", "Grants", f.Nested("角色授予", "Grant", GrantOut))
    must_change_password = f.Boolean("须先改密码", "Must change the password first")
    opened_at = f.Moment("开通时间", "Opened at")
    closed_at = f.Moment("关闭时间", "Closed at", allow_none=True)
    closing_reason = f.String("关闭理由", "Why it was closed", allow_none=True)


class AccountSecretOut(AccountOut):
    """An account and the one-time secret it was just given: shown here and never again."""

    one_time_secret = f.String("一次性密码（只显示这一次）", "One-time secret (shown this once)")
    secret_expires_at = f.Moment("一次性密码有效至", "The secret holds until")
