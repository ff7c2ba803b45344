"""What is told about industry statistics. Figures of the industry only, none of a single unit."""

from services.membership.statistics.editions.schemas import BASES
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class PeriodOpened(EventSchema):
    """Units are asked for their figures of a month, until a day (M13)."""

    event = "statistics-period.opened"
    label = Text("统计期已开启", "Statistics period opened")

    period_id = f.UUID("统计期", "Period", attribute="id")
    year = f.Integer("年", "Year")
    month = f.Integer("月", "Month")
    due_on = f.Date("上报截止日", "Last day to report")


class EditionMade(EventSchema):
    """The figures of a month were added up, for the ``number``-th time (M13)."""

    event = "statistics-edition.made"
    label = Text("统计数据已汇总", "Statistics consolidated")

    edition_id = f.UUID("汇总", "Edition", attribute="id")
    period_id = f.UUID("统计期", "Period")
    number = f.Integer("版次", "Number")
    basis = f.Choice("数据来源", "Basis", BASES)
    expected = f.Integer("应报单位数", "Units asked")
    reported = f.Integer("已报单位数", "Units that reported")


class TotalTold(f.Schema):
    """The figure of the industry for the indicator of that code."""

    indicator = f.String("指标", "Indicator", attribute="indicator.code")
    value = f.Decimal("数值", "Value")
    growth = f.Decimal("同比增长（%）", "Growth (per cent)", allow_none=True)


class EditionPublished(EventSchema):
    """An edition is with the members; it takes the place of the one of the same month before it (M13)."""

    event = "statistics-edition.published"
    label = Text("统计数据已发布", "Statistics published")

    edition_id = f.UUID("汇总", "Edition", attribute="id")
    period_id = f.UUID("统计期", "Period")
    number = f.Integer("版次", "Number")
    totals = f.List("数据", "Totals", f.Nested("数据", "Total", TotalTold))


EVENTS = (PeriodOpened, EditionMade, EditionPublished)
