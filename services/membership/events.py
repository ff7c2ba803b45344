"""What membership tells: contracts for whoever listens. Ids only, never names, user names or numbers (X11)."""

from services.membership.dues.rules import Standing
from services.membership.units.rules import Tier
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.personal.events import ErasureOrdered, PersonErased
from shared.text import Text

_STANDINGS = {standing.value: standing.label for standing in Standing}
_TIERS = {tier.code: tier.label for tier in Tier}


class UnitAdmitted(EventSchema):
    """A unit is a member from now on (M1). No tier: not known yet."""

    event = "unit.admitted"
    label = Text("会员单位已入会", "Unit admitted")

    unit_id = f.UUID("单位", "Unit", attribute="id")
    tier = f.Choice("会员层级", "Tier", _TIERS, allow_none=True)


class UnitChanged(EventSchema):
    """Something about a unit changed: ``fields`` says what, ``tier`` is the tier it has now (M1, M2)."""

    event = "unit.changed"
    label = Text("会员单位资料已变更", "Unit changed")

    unit_id = f.UUID("单位", "Unit", attribute="id")
    fields_changed = f.List("变更项", "What changed", f.String("变更项", "Field"))
    tier = f.Choice("会员层级", "Tier", _TIERS, allow_none=True)


class PersonRegistered(EventSchema):
    """The association knows a person from now on (X5)."""

    event = "person.registered"
    label = Text("人员已登记", "Person registered")

    person_id = f.UUID("人员", "Person", attribute="id")


class RepresentativeNamed(EventSchema):
    """A person represents a unit from ``first_day`` through ``last_day``, without end where that is null (M2)."""

    event = "representative.named"
    label = Text("单位代表已确定", "Representative named")

    representative_id = f.UUID("代表关系", "Representation", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    person_id = f.UUID("人员", "Person")
    first_day = f.Date("起始日", "First day")
    last_day = f.Date("截止日", "Last day", allow_none=True)


class RepresentativeEnded(EventSchema):
    """A person stops representing a unit after ``last_day`` (M2)."""

    event = "representative.ended"
    label = Text("单位代表已终止", "Representation ended")

    representative_id = f.UUID("代表关系", "Representation", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    person_id = f.UUID("人员", "Person")
    last_day = f.Date("截止日", "Last day")


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


class InvoiceIssued(EventSchema):
    """A unit was invoiced its dues for a year (M3). ``due_on`` is the last day to pay."""

    event = "invoice.issued"
    label = Text("会费通知已开具", "Dues invoiced")

    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    year = f.Integer("年度", "Year")
    tier = f.Choice("会员层级", "Tier", _TIERS)
    amount = f.Money("会费", "Dues")
    issued_on = f.Date("开具日期", "Issued on")
    due_on = f.Date("最后缴费日", "Last day to pay")
    standard_id = f.UUID("会费标准", "Dues standard")


class UnitStandingChanged(EventSchema):
    """A unit stands otherwise with its dues than ``before`` (M4)."""

    event = "unit.standing-changed"
    label = Text("会费状态已变更", "Standing changed")

    unit_id = f.UUID("单位", "Unit", attribute="id")
    before = f.Choice("原会费状态", "Standing before", _STANDINGS)
    standing = f.Choice("会费状态", "Standing", _STANDINGS)


EVENTS = (
    UnitAdmitted,
    UnitChanged,
    UnitStandingChanged,
    InvoiceIssued,
    PersonRegistered,
    RepresentativeNamed,
    RepresentativeEnded,
    AccountOpened,
    AccountRolesChanged,
    AccountClosed,
    ErasureOrdered,
    PersonErased,
)
