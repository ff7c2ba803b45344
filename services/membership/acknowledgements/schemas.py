"""What membership hears of resolutions to be served, and what comes in and goes out about acknowledgements."""

from marshmallow import validate

from services.membership.acknowledgements.rules import Audience, Source, State
from services.membership.units.schemas import TIERS
from shared.api import fields as f
from shared.bus.events import Heard

SOURCES = {source.value: source.label for source in Source}
STATES = {state.value: state.label for state in State}
AUDIENCES = {audience.value: audience.label for audience in Audience}
TITLE_LENGTH = 200
MOST_UNITS = 500


class ResolutionOffered(Heard):
    """What membership reads of a resolution that units may be served with."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    number = f.String("决议编号", "Number", required=True)


class ResolutionGone(Heard):
    """What membership reads when a resolution does not stand any more (X7)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    ended_on = f.Date("终止日期", "Ended on", required=True)


class PaperIn(f.Schema):
    """A document by the id under which it is kept elsewhere. Resolutions come by themselves."""

    subject_id = f.UUID("文件", "Document", required=True)
    title = f.String("文件标题", "Title", required=True, min_length=1, max_length=TITLE_LENGTH)


class PaperQuery(f.Schema):
    source = f.Choice("来源", "Source", SOURCES, load_default=None, allow_none=True)
    subject_id = f.UUID("决议或文件", "Resolution or document", load_default=None, allow_none=True)


class PaperOut(f.Schema):
    id = f.UUID("编号", "Id")
    source = f.Choice("来源", "Source", SOURCES)
    subject_id = f.UUID("决议或文件", "Resolution or document")
    title = f.String("标题或编号", "Title or number", allow_none=True)
    entered_at = f.Moment("登记时间", "Recorded at")
    ended_on = f.Date("不再有效之日", "Does not stand since", allow_none=True)


class ServiceIn(f.Schema):
    """On whom it is served, and on which day. ``tier`` and ``unit_ids`` are named for just that audience."""

    audience = f.Choice("送达范围", "Audience", AUDIENCES, required=True)
    tier = f.Choice("会员层级", "Tier", TIERS, load_default=None, allow_none=True)
    unit_ids = f.List(
        "单位", "Units", f.UUID("单位", "Unit"), load_default=list, validate=validate.Length(max=MOST_UNITS)
    )
    served_on = f.Date("送达日期（默认今天）", "Served on (today)", load_default=None, allow_none=True)


class ServiceOut(f.Schema):
    """How many units the paper was served on just now; those it had been served on before are not among them."""

    paper_id = f.UUID("文件", "Paper", attribute="id")
    served = f.Integer("本次送达单位数", "Units served now")
    served_on = f.Date("送达日期", "Served on")


class AcknowledgementQuery(f.Schema):
    """``outstanding``: only members that have not acknowledged."""

    paper_id = f.UUID("文件", "Paper", load_default=None, allow_none=True)
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    outstanding = f.Boolean("仅未确认的会员", "Only members that have not acknowledged", load_default=False)


class AcknowledgementIn(f.Schema):
    remark = f.String("说明", "Remark", load_default="", max_length=1000)


class AcknowledgementOut(f.Schema):
    """A paper and how far one unit has come with it; ``read_by`` and ``acknowledged_by`` are people."""

    id = f.UUID("编号", "Id")
    paper_id = f.UUID("文件", "Paper")
    source = f.Choice("来源", "Source", SOURCES)
    subject_id = f.UUID("决议或文件", "Resolution or document")
    title = f.String("标题或编号", "Title or number", allow_none=True)
    unit_id = f.UUID("单位", "Unit")
    state = f.Choice("状态", "State", STATES)
    served_on = f.Date("送达日期", "Served on")
    read_at = f.Moment("阅读时间", "Read at", allow_none=True)
    read_by = f.UUID("阅读人", "Read by", allow_none=True)
    acknowledged_at = f.Moment("确认时间", "Acknowledged at", allow_none=True)
    acknowledged_by = f.UUID("确认人", "Acknowledged by", allow_none=True)
    remark = f.String("说明", "Remark", allow_none=True)


class FiguresOut(f.Schema):
    """Units; percentages are whole and rounded down, so that 100 is all of them."""

    served = f.Integer("已送达", "Served")
    read = f.Integer("已阅读", "Read")
    acknowledged = f.Integer("已确认", "Acknowledged")
    outstanding = f.Integer("未确认的会员", "Members that have not acknowledged")
    read_percent = f.Integer("阅读率（%）", "Read, in percent")
    acknowledged_percent = f.Integer("确认率（%）", "Acknowledged, in percent")


class TierFiguresOut(FiguresOut):
    tier = f.Choice("会员层级", "Tier", TIERS, allow_none=True)


class ReportOut(f.Schema):
    """How far units have come with a paper: of all it was served on, and by their tier then."""

    paper_id = f.UUID("文件", "Paper")
    total = f.Nested("合计", "Total", FiguresOut)
    tiers = f.List("各层级", "By tier", f.Nested("层级", "Tier", TierFiguresOut))
    as_of = f.Date("截至", "As of")
