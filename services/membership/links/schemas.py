"""What comes in and goes out about links to accounts."""

from services.membership.links.rules import Purpose
from shared.api import fields as f

PURPOSES = {purpose.value: purpose.label for purpose in Purpose}


class LinkIn(f.Schema):
    purpose = f.Choice("用途", "Purpose", PURPOSES, required=True)


class LinkOut(f.Schema):
    """A link to hand over: shown here and never again. Whoever has it can set the account's password."""

    id = f.UUID("编号", "Id")
    purpose = f.Choice("用途", "Purpose", PURPOSES)
    url = f.String("链接（只显示这一次）", "Link (shown this once)")
    token = f.String("链接中的凭据", "The token in it")
    expires_at = f.Moment("有效至", "Holds until")


class RedemptionIn(f.Schema):
    token = f.String("链接中的凭据", "The token in the link", required=True, max_length=200)
    new_password = f.String("新密码", "New password", required=True, max_length=500)


class RedemptionOut(f.Schema):
    username = f.String("用户名", "User name")


class LinkRequestIn(f.Schema):
    username = f.String("用户名", "User name", required=True, min_length=1, max_length=100, personal="account")


class LinkRequestOut(f.Schema):
    """The same for every name, whether it is somebody's or not."""

    said = f.String("答复", "What was said")
