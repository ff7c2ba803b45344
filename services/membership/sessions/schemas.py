"""What comes in and goes out about sessions."""

from services.membership.accounts.schemas import ROLES
from shared.api import fields as f


class SessionIn(f.Schema):
    """User name and password, or one-time secret. Who represents several units may choose the one to act for."""

    username = f.String("用户名", "User name", required=True, max_length=100, personal="account")
    password = f.String("密码", "Password", required=True, max_length=500)
    unit_id = f.UUID("代表单位", "Unit to act for", load_default=None, allow_none=True)


class RefreshIn(f.Schema):
    refresh_token = f.String("续期凭据", "Refresh token", required=True, max_length=200)


class PasswordIn(f.Schema):
    old_password = f.String("原密码或一次性密码", "Old password or one-time secret", required=True, max_length=500)
    new_password = f.String("新密码", "New password", required=True, max_length=500)


class AccessOut(f.Schema):
    """An access token and what it allows. While the password must be changed, it allows only that."""

    access_token = f.String("访问凭据", "Access token")
    expires_in = f.Integer("有效秒数", "Seconds it holds")
    account = f.UUID("账号", "Account")
    roles = f.List("角色", "Roles", f.Choice("角色", "Role", ROLES))
    units = f.List("代表单位", "Units represented", f.UUID("单位", "Unit"))
    must_change_password = f.Boolean("须先改密码", "Must change the password first")


class SessionOut(AccessOut):
    """A session begun or carried on. The refresh token holds for one use and brings the next."""

    refresh_token = f.String("续期凭据", "Refresh token")
