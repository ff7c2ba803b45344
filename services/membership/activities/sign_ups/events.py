"""What is told about sign-ups: ids only, never who it is (X11)."""

from services.membership.activities.sign_ups.rules import State
from shared.api import fields as f
from shared.bus.events import EventSchema, Heard
from shared.text import Text

STATES = {state.value: state.label for state in State}


class SignUpMade(EventSchema):
    """Somebody signed up for an activity and has a place, or waits for one (M9)."""

    event = "sign-up.made"
    label = Text("活动已报名", "Signed up for an activity")

    sign_up_id = f.UUID("报名", "Sign-up", attribute="id")
    activity_id = f.UUID("活动", "Activity")
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    state = f.Choice("状态", "State", STATES)


class SignUpMovedUp(EventSchema):
    """Somebody who waited has a place now (M9)."""

    event = "sign-up.moved-up"
    label = Text("候补已递补", "Moved up from the waiting list")

    sign_up_id = f.UUID("报名", "Sign-up", attribute="id")
    activity_id = f.UUID("活动", "Activity")
    unit_id = f.UUID("单位", "Unit", allow_none=True)


class SignUpWithdrawn(EventSchema):
    """Somebody does not come; their place, if they had one, goes to the first who waits (M9, X7)."""

    event = "sign-up.withdrawn"
    label = Text("报名已退出", "Sign-up withdrawn")

    sign_up_id = f.UUID("报名", "Sign-up", attribute="id")
    activity_id = f.UUID("活动", "Activity")
    unit_id = f.UUID("单位", "Unit", allow_none=True)


class PlaceFreed(Heard):
    """What the waiting list reads of a withdrawal."""

    activity_id = f.UUID("活动", "Activity", required=True)


EVENTS = (SignUpMade, SignUpMovedUp, SignUpWithdrawn)
