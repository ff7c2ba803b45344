"""What is told about people: their ids (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class PersonRegistered(EventSchema):
    """The association knows a person from now on (X5)."""

    event = "person.registered"
    label = Text("人员已登记", "Person registered")

    person_id = f.UUID("人员", "Person", attribute="id")


EVENTS = (PersonRegistered,)
