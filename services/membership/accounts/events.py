"""What is told about accounts. Ids only, never user names (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class AccountOpened(EventSchema):
    """An account was opened; no person stands behind the first administrator's (M11)."""

    event = "account.opened"
    label = Text("账号已开通", "Account opened")

    account_id = f.UUID("账号", "Account", attribute="id")
    person_id = f.UUID("人员", "Person", allow_none=True)


class AccountRolesChanged(EventSchema):
    """What an account may do is others than before, today or from a day to come that was known of otherwise: a grant,
    a post, an absence or a representation was put on record or ended. Who needs to know asks (M11).

    That such a day comes is not told again.
    """

    event = "account.roles-changed"
    label = Text("账号角色已变更", "Roles of an account changed")

    account_id = f.UUID("账号", "Account", attribute="id")
    person_id = f.UUID("人员", "Person", allow_none=True)


class AccountClosed(EventSchema):
    """An account was closed for good (M11)."""

    event = "account.closed"
    label = Text("账号已关闭", "Account closed")

    account_id = f.UUID("账号", "Account", attribute="id")
    person_id = f.UUID("人员", "Person", allow_none=True)


EVENTS = (AccountOpened, AccountRolesChanged, AccountClosed)
