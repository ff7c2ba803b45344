"""What comes in and goes out about API tokens."""

from marshmallow import validate

from shared.api import fields as f
from shared.api.messages import say

MOST_SCOPES = 50
LONGEST_SCOPE = 100


def _scopes(**kwargs: object) -> f.List:
    return f.List("范围", "Scopes", f.String("范围", "Scope", max_length=LONGEST_SCOPE), **kwargs)


class ApiTokenIn(f.Schema):
    """What it is for, the permissions it is held to and the last day it holds.

    The password once more, since it outlives the session that it is made in.
    """

    password = f.String("密码", "Password", required=True, max_length=500)
    name = f.String("名称", "Name", required=True, min_length=1, max_length=100)
    scopes = _scopes(
        required=True,
        validate=validate.Length(max=MOST_SCOPES, error=say(f"至多 {MOST_SCOPES} 项", f"At most {MOST_SCOPES}")),
    )
    expires_on = f.Date("截止日", "Last day", required=True)


class ApiTokenOut(f.Schema):
    id = f.UUID("编号", "Id")
    name = f.String("名称", "Name")
    scopes = _scopes()
    expires_on = f.Date("截止日", "Last day")
    made_at = f.Moment("创建时间", "Made at")
    last_used_at = f.Moment("最近使用", "Last used at", allow_none=True)
    revoked_at = f.Moment("撤销时间", "Revoked at", allow_none=True)


class ApiTokenMadeOut(ApiTokenOut):
    """An API token that was just made: shown here and never again."""

    token = f.String("令牌（只显示这一次）", "Token (shown this once)")


class ApiTokenUseIn(f.Schema):
    api_token = f.String("接口令牌", "API token", required=True, max_length=200)
