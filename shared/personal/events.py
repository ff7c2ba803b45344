"""The two events of an erasure: what is ordered, and what came of it. Ids and classes only (X11)."""

import uuid
from dataclasses import dataclass

from shared.api import fields as f
from shared.bus.events import EventSchema, Heard
from shared.personal.rules import Ground
from shared.text import Text

GROUNDS = {ground.value: ground.label for ground in Ground}


@dataclass(frozen=True)
class Erased:
    """Whom an erasure was about, known by id only."""

    id: uuid.UUID


class ErasureOrdered(EventSchema):
    """What is held on a person of these classes is to go, as far as nothing obliges to keep it (X11)."""

    event = "person.erasure-ordered"
    label = Text("已下达个人信息删除令", "Erasure ordered")

    erasure_id = f.UUID("删除令", "Erasure")
    person_id = f.UUID("人员", "Person", attribute="id")
    classes = f.List("类别", "Classes", f.String("类别", "Class"))
    ground = f.Choice("依据", "Ground", GROUNDS)


class ErasureHeard(Heard):
    """What every service reads of that."""

    erasure_id = f.UUID("删除令", "Erasure", required=True)
    person_id = f.UUID("人员", "Person", required=True)
    classes = f.List("类别", "Classes", f.String("类别", "Class"), required=True)
    ground = f.Choice("依据", "Ground", GROUNDS, required=True)


class KeptOut(f.Schema):
    """A class of which something is kept: by which version of its terms, and through which day."""

    of_class = f.String("类别", "Class")
    terms = f.String("保存规定版本", "Version of the terms")
    until = f.Date("保存至", "Kept through", allow_none=True)


class PersonErased(EventSchema):
    """A service carried out an erasure: ``rows`` lost personal data, ``kept`` stays and by which terms (X11)."""

    event = "person.erased"
    label = Text("个人信息已删除", "Personal data erased")

    erasure_id = f.UUID("删除令", "Erasure")
    person_id = f.UUID("人员", "Person", attribute="id")
    rows = f.Integer("涉及记录数", "Rows erased")
    kept = f.List("依规保留", "Kept", f.Nested("保留", "Kept", KeptOut))


class ErasedHeard(Heard):
    """What whoever ordered it reads of that."""

    erasure_id = f.UUID("删除令", "Erasure", required=True)
    rows = f.Integer("涉及记录数", "Rows erased", required=True)
    kept = f.List("依规保留", "Kept", f.Nested("保留", "Kept", KeptOut), required=True)
