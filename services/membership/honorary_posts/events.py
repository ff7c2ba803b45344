"""What is told about honorary posts: ids, codes and days; never names (X11)."""

from services.membership.honorary_posts.schemas import ENDINGS
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class HonoraryPostConferred(EventSchema):
    """Somebody holds an honorary post from ``since`` up to, not including, ``until``; it has no vote (M10)."""

    event = "honorary-post.conferred"
    label = Text("名誉职务已授予", "Honorary post conferred")

    tenure_id = f.UUID("任职", "Tenure", attribute="id")
    post = f.String("职务代码", "Code of the post")
    person_id = f.UUID("人员", "Person")
    since = f.Date("起始日", "Held from")
    until = f.Date("不再任职之日", "No longer held on", allow_none=True)
    resolution_id = f.UUID("决议", "Resolution", allow_none=True)


class HonoraryPostEnded(EventSchema):
    """An honorary post got its end, or an earlier one: ``until`` is the first day on which it is no longer held; its
    ``since`` where it never was (M10)."""

    event = "honorary-post.ended"
    label = Text("名誉职务已终止", "Honorary post ended")

    tenure_id = f.UUID("任职", "Tenure", attribute="id")
    post = f.String("职务代码", "Code of the post")
    person_id = f.UUID("人员", "Person")
    until = f.Date("不再任职之日", "No longer held on")
    how = f.Choice("终止方式", "How it ended", ENDINGS, attribute="ended_how")


EVENTS = (HonoraryPostConferred, HonoraryPostEnded)
