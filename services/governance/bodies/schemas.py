"""What goes out about bodies."""

from services.governance.bodies.rules import Kind
from services.governance.wording import PRECISIONS, AssumptionOut, DutiesOut
from shared.api import fields as f
from shared.api.sentences import SentenceOut

KINDS = {kind.value: kind.label for kind in Kind}


class BodyLine(f.Schema):
    """A body in a list."""

    id = f.UUID("编号", "Id")
    code = f.String("代码", "Code")
    kind = f.Choice("种类", "Kind", KINDS)
    name = f.Nested("名称", "Name", SentenceOut)
    short_name = f.String("简称", "Short name")
    existing_from = f.Date("设立日期", "Existing from", allow_none=True)
    existing_from_precision = f.Choice("日期精度", "Precision of the day", PRECISIONS, allow_none=True)
    source = f.Nested("来源", "Source", SentenceOut)
    assumption = f.Nested("假定", "Assumption", AssumptionOut, allow_none=True)


class DecisionRuleOut(f.Schema):
    """How a body decides; each share is [numerator, denominator] and counts as reached at exactly itself (X1)."""

    id = f.UUID("版本编号", "Id of the version")
    number = f.Integer("版本", "Version")
    rule = f.String("规则", "Rule")
    quorum = f.List("法定人数比例", "Share that must be present", f.Integer("数", "Number"))
    majority = f.List("表决比例", "Share of the present that must agree", f.Integer("数", "Number"))
    in_force_from = f.Date("施行日期", "In force from", allow_none=True)
    clause = f.Nested("条款", "Clause", SentenceOut)
    assumption = f.Nested("假定", "Assumption", AssumptionOut, allow_none=True)


class BodyOut(f.Schema):
    """A body on one day. Heads and members are those of a working body, voters those with a vote in it."""

    body = f.Nested("机构", "Body", BodyLine)
    on = f.Date("日期", "Day", attribute="day")
    heads = f.List("负责人", "Heads", f.UUID("人员", "Person"))
    members = f.List("成员", "Members", f.UUID("人员", "Person"))
    voters = f.List("有表决权的人员", "People with a vote", f.UUID("人员", "Person"))
    decision_rule = f.Nested("表决规则", "How it decides", DecisionRuleOut, allow_none=True)
    duties = f.Nested("职责", "Duties", DutiesOut, allow_none=True)
