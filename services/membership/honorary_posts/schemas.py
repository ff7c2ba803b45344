"""What membership hears of resolutions on honorary posts, and what comes in and goes out about them."""

from services.membership.data import honorary_posts
from services.membership.honorary_posts.rules import Ending
from shared.api import fields as f
from shared.api.sentences import SentenceOut
from shared.bus.events import Heard
from shared.text import Text

POSTS = dict(honorary_posts())
ENDINGS = {ending.value: ending.label for ending in Ending}
PRECISIONS = {"day": Text("日", "Day"), "year": Text("年", "Year")}


class HonoraryPostsResolved(Heard):
    """What membership reads of a resolution on honorary posts; ``subject_id`` is the person where it names one."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    number = f.String("决议编号", "Number", required=True)
    body = f.String("机构", "Body", required=True)
    matter = f.String("事项", "Matter", required=True)
    adopted_on = f.Date("通过日期", "Adopted on", required=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)


class HonoraryResolutionEnded(Heard):
    """What membership reads when a resolution on honorary posts does not stand any more (X7)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    matter = f.String("事项", "Matter", load_default=None, allow_none=True)
    standing = f.String("效力", "Standing", load_default=None, allow_none=True)
    ended_on = f.Date("终止日期", "Ended on", required=True)


class ConferringIn(f.Schema):
    """Who is to hold which post, by which resolution of the council."""

    post = f.Choice("名誉职务", "Honorary post", POSTS, required=True)
    person_id = f.UUID("人员", "Person", required=True)
    resolution_id = f.UUID("理事会决议", "Resolution of the council", required=True)
    since = f.Date("起始日（默认决议之日）", "From (the day of the resolution)", load_default=None, allow_none=True)
    last_day = f.Date("截止日（含当日）", "Last day, included", load_default=None, allow_none=True)


class EndingIn(f.Schema):
    """What ends it: a resolution of the council, or a resignation in words."""

    resolution_id = f.UUID("理事会决议", "Resolution of the council", load_default=None, allow_none=True)
    resignation = f.String("辞去情况", "How it was resigned from", load_default=None, allow_none=True, max_length=1000)
    last_day = f.Date("最后一日（默认今天）", "Last day (today)", load_default=None, allow_none=True)


class HonoraryPostQuery(f.Schema):
    on = f.Date("日期（默认今天）", "On (today)", load_default=None, allow_none=True)


class HonoraryPostOut(f.Schema):
    """Who holds which honorary post. Without vote (M10)."""

    id = f.UUID("编号", "Id")
    post = f.Choice("名誉职务", "Honorary post", POSTS)
    title = f.Nested("职务名称", "Title", SentenceOut)
    person_id = f.UUID("人员", "Person")
    name = f.String("姓名", "Name")
    since = f.Date("起始日", "Held from")
    since_precision = f.Choice("起始日精确到", "Known to the", PRECISIONS)
    until = f.Date("不再任职之日", "No longer held on", allow_none=True)
    resolution = f.String("授予的决议", "By the resolution", allow_none=True)
    source = f.Nested("文件出处", "Place in the document", SentenceOut, allow_none=True)
    assumption = f.Nested("推定", "Assumption", SentenceOut, allow_none=True)
    ended_how = f.Choice("终止方式", "How it ended", ENDINGS, allow_none=True)
    ending = f.String("终止的决议", "Ended by the resolution", allow_none=True)
