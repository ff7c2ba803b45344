"""Assumptions, duties and days as governance keeps them, and how they come in and go out."""

from shared.api import fields as f
from shared.api.sentences import SentenceOut
from shared.text import Text

PRECISIONS = {
    "day": Text("确切日期", "The very day"),
    "year": Text("只知年份", "Only the year is known"),
}


class AssumptionOut(SentenceOut):
    """What the document does not say and the association may correct."""

    rule = f.String("规则", "Rule")


class DutyOut(SentenceOut):
    clause = f.Nested("出处", "Clause", SentenceOut)


class DutiesOut(f.Schema):
    """The duties in force, with the version they stand in (X4)."""

    version = f.Integer("版本", "Version")
    effective_from = f.Date("施行日期", "In force from")
    assumption = f.Nested("假定", "Assumption", AssumptionOut, allow_none=True)
    items = f.List("职责", "Duties", f.Nested("职责", "Duty", DutyOut))


class DayQuery(f.Schema):
    on = f.Date("日期（默认今天）", "Day (today unless given)", load_default=None, allow_none=True)
