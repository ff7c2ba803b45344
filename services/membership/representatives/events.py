"""What is told about who acts for which unit. Ids and days only (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


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


EVENTS = (RepresentativeNamed, RepresentativeEnded)
