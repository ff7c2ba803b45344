"""What is told about member units. Ids, tiers and the names of fields only (X11)."""

from services.membership.units.schemas import TIERS
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class UnitAdmitted(EventSchema):
    """A unit is a member from now on, for the first time or again (M1). No tier: not known yet."""

    event = "unit.admitted"
    label = Text("会员单位已入会", "Unit admitted")

    unit_id = f.UUID("单位", "Unit", attribute="id")
    tier = f.Choice("会员层级", "Tier", TIERS, allow_none=True)


class UnitChanged(EventSchema):
    """Something about a unit changed: ``fields`` says what, ``tier`` is the tier it has now (M1, M2)."""

    event = "unit.changed"
    label = Text("会员单位资料已变更", "Unit changed")

    unit_id = f.UUID("单位", "Unit", attribute="id")
    fields_changed = f.List("变更项", "What changed", f.String("变更项", "Field"))
    tier = f.Choice("会员层级", "Tier", TIERS, allow_none=True)


EVENTS = (UnitAdmitted, UnitChanged)
