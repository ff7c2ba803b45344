"""What comes in and goes out about sessions."""

from services.membership.accounts.schemas import ROLES
from services.membership.addresses.rules import Network
from shared.api import fields as f

NETWORKS = {network.value: network.label for network in Network}


class SessionIn(f.Schema):
    """User name and password, or one-time secret; a code where the account has a second factor. Who represents several
    units may choose the one to act for."""

    username = f.String("用户名", "User name", required=True, max_length=100, personal="account")
    password = f.String("密码", "Password", required=True, max_length=500)
    unit_id = f.UUID("代表单位", "Unit to act for", load_default=None, allow_none=True)
    code = f.String("动态码或恢复码", "Code or recovery code", load_default=None, allow_none=True, max_length=40)


class RefreshIn(f.Schema):
    refresh_token = f.String("续期凭据", "Refresh token", required=True, max_length=200)


class PasswordIn(f.Schema):
    old_password = f.String("原密码或一次性密码", "Old password or one-time secret", required=True, max_length=500)
    new_password = f.String("新密码", "New password", required=True, max_length=500)


class AccessOut(f.Schema):
    """An access token and what it allows. While the password must be changed, or a second factor enrolled, it allows
    only that."""

    access_token = f.String("访问凭据", "Access token")
    expires_in = f.Integer("有效秒数", "Seconds it holds")
    account = f.UUID("账号", "Account")
    roles = f.List("角色", "Roles", f.Choice("角色", "Role", ROLES))
    units = f.List("代表单位", "Units represented", f.UUID("单位", "Unit"))
    must_change_password = f.Boolean("须先改密码", "Must change the password first")
    must_enrol_second_factor = f.Boolean("须先设置双重验证", "Must enrol a second factor first")


class SessionOut(AccessOut):
    """A session begun or carried on. The refresh token holds for one use and brings the next."""

    refresh_token = f.String("续期凭据", "Refresh token")


class SessionLine(f.Schema):
    """A session of one's own that still runs."""

    id = f.UUID("编号", "Id")
    started_at = f.Moment("登录时间", "Started at")
    last_used_at = f.Moment("最近续期", "Last renewed at")
    network = f.Choice("来源", "From where", NETWORKS, allow_none=True)
    current = f.Boolean("当前登录", "This one")


class SignOutIn(f.Schema):
    keep_current = f.Boolean("保留当前登录", "Keep the current one", load_default=False)
