"""What comes in and goes out about posts and who holds them."""

from datetime import date

from marshmallow.validate import Range

from services.governance.posts.rules import Kind, Occupancy
from services.governance.wording import PRECISIONS, AssumptionOut, DayQuery, DutiesOut
from shared.api import fields as f
from shared.api.sentences import SentenceOut

KINDS = {kind.value: kind.label for kind in Kind}
OCCUPANCIES = {occupancy.value: occupancy.label for occupancy in Occupancy}


class PostQuery(DayQuery):
    body_id = f.UUID("机构", "Body", load_default=None, allow_none=True)


class AppointmentIn(f.Schema):
    """Somebody for a post; ``until`` is the first day on which it is no longer held."""

    person_id = f.UUID("任职人", "Person", required=True)
    since = f.Date("任职起始日（默认今天）", "Held from (today unless given)", load_default=None, allow_none=True)
    until = f.Date("不再任职之日", "No longer held on", load_default=None, allow_none=True)
    decision = f.String("所依据的决定", "The decision it follows from", required=True)


class DepartureIn(f.Schema):
    """The last day a post is held, all of it (X3)."""

    last_day = f.Date(
        "任职最后一日（默认今天）",
        "Last day held (today unless given)",
        load_default=None,
        allow_none=True,
        # The tenure ends with the day after, which must be a day.
        validate=Range(max=date.max, max_inclusive=False),
    )
    decision = f.String("所依据的决定", "The decision it follows from", required=True)


class PostOut(f.Schema):
    """A post on one day."""

    id = f.UUID("编号", "Id", attribute="post.id")
    code = f.String("代码", "Code", attribute="post.code")
    kind = f.Choice("种类", "Kind", KINDS, attribute="post.kind")
    title = f.Nested("职务", "Title", SentenceOut, attribute="post.title")
    body_id = f.UUID("机构", "Body", attribute="post.body_id", allow_none=True)
    seats = f.Integer("席数", "Seats", attribute="post.seats", allow_none=True)
    votes_in = f.List("有表决权的机构", "Bodies it votes in", f.UUID("机构", "Body"), attribute="post.votes_in")
    holders = f.List("任职人", "Held by", f.UUID("人员", "Person"))
    occupancy = f.Choice("任职情况", "Occupancy", OCCUPANCIES)
    duties = f.Nested("职责", "Duties", DutiesOut, allow_none=True)
    source = f.Nested("来源", "Source", SentenceOut, attribute="post.source")
    assumption = f.Nested("假定", "Assumption", AssumptionOut, attribute="post.assumption", allow_none=True)
    note = f.Nested("说明", "Note", SentenceOut, attribute="post.note", allow_none=True)


class TenureOut(f.Schema):
    """One person in one post from ``since`` up to, not including, ``until``."""

    id = f.UUID("编号", "Id")
    post_id = f.UUID("职务", "Post")
    person_id = f.UUID("任职人", "Person")
    since = f.Date("任职起始日", "Held from")
    since_precision = f.Choice("日期精度", "Precision of the day", PRECISIONS)
    until = f.Date("不再任职之日", "No longer held on", allow_none=True)
    decision = f.String("任职依据", "Decision it follows from", allow_none=True)
    leaving_decision = f.String("离任依据", "Decision its end follows from", allow_none=True)
    warnings = f.List("提示", "Warnings", f.Nested("提示", "Warning", SentenceOut))
    source = f.Nested("来源", "Source", SentenceOut, allow_none=True)
    assumption = f.Nested("假定", "Assumption", AssumptionOut, allow_none=True)


class ConflictOut(f.Schema):
    """A conflict of posts: a warning, and what it recuses from (G10)."""

    person_id = f.UUID("人员", "Person", attribute="person")
    supervising_post_id = f.UUID("监督职务", "Supervising post", attribute="supervising.id")
    supervised_post_id = f.UUID("被监督职务", "Post under supervision", attribute="supervised.id")
    recused_from = f.UUID("须回避监督的机构", "Body not supervised by this person")
    warning = f.Nested("提示", "Warning", SentenceOut)
