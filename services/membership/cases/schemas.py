"""What comes in and goes out about service cases."""

from marshmallow import validate

from services.membership.cases.rules import Outcome, State, Step
from services.membership.data import case_kinds
from shared.api import fields as f

KINDS = dict(case_kinds())
STATES = {state.value: state.label for state in State}
STEPS = {step.value: step.label for step in Step}
OUTCOMES = {outcome.value: outcome.label for outcome in Outcome}
TITLE_LENGTH, TEXT_LENGTH = 200, 10_000


class CaseIn(f.Schema):
    """What a unit asks for; ``unit_id`` may be missing where whoever asks represents one unit."""

    unit_id = f.UUID("单位（默认本单位）", "Unit (one's own)", load_default=None, allow_none=True)
    kind = f.Choice("事项类别", "Kind", KINDS, required=True)
    title = f.String("标题", "Title", required=True, min_length=1, max_length=TITLE_LENGTH)
    text = f.String("内容", "Text", required=True, min_length=1, max_length=TEXT_LENGTH)


class CaseQuery(f.Schema):
    """``overdue``: only those that nobody has replied to by their last day."""

    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    kind = f.Choice("事项类别", "Kind", KINDS, load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    assigned_to = f.UUID("承办人", "Assigned to", load_default=None, allow_none=True)
    overdue = f.Boolean("仅逾期未答复", "Only overdue", load_default=False)


class ConfidentialCaseQuery(f.Schema):
    kind = f.Choice("事项类别", "Kind", KINDS, load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class AssignmentIn(f.Schema):
    person_id = f.UUID("承办人", "Person", required=True)
    text = f.String("交办意见", "What is to be done", load_default="", max_length=TEXT_LENGTH)


class TextIn(f.Schema):
    text = f.String("内容", "Text", required=True, min_length=1, max_length=TEXT_LENGTH)


class ClosingIn(f.Schema):
    outcome = f.Choice("办理结果", "Outcome", OUTCOMES, required=True)
    text = f.String("结果说明", "How it ended", required=True, min_length=1, max_length=TEXT_LENGTH)


class ReopeningIn(f.Schema):
    reason = f.String("重新办理的理由", "Why it is opened again", required=True, min_length=1, max_length=TEXT_LENGTH)


class PersonOnIn(f.Schema):
    person_id = f.UUID("人员", "Person", required=True)


class _CaseOut(f.Schema):
    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    kind = f.Choice("事项类别", "Kind", KINDS)
    title = f.String("标题", "Title")
    text = f.String("内容", "Text")
    state = f.Choice("状态", "State", STATES)
    assigned_to = f.UUID("承办人", "Assigned to", allow_none=True)
    opened_at = f.Moment("提出时间", "Opened at")
    due_on = f.Date("最后答复日", "Last day for an answer")
    terms = f.String("办理规定版本", "Version of the terms")
    outcome = f.Choice("办理结果", "Outcome", OUTCOMES, allow_none=True)
    closed_at = f.Moment("办结时间", "Closed at", allow_none=True)


class CaseOut(_CaseOut):
    opened_by = f.String("提出人账号", "Opened by (account)")


class ConfidentialCaseOut(_CaseOut):
    """``people`` are all who know of it."""

    opened_by = f.UUID("提出人", "Opened by")
    people = f.List("知情人", "People on the case", f.UUID("人员", "Person"))


class EntryOut(f.Schema):
    """One step of a case."""

    id = f.UUID("编号", "Id")
    step = f.Choice("步骤", "Step", STEPS)
    author_id = f.UUID("办理人", "Who", allow_none=True)
    text = f.String("内容", "Text", allow_none=True)
    about_id = f.UUID("所涉人员", "About whom", allow_none=True)
    written_at = f.Moment("时间", "When")


YEARS = validate.Range(2000, 2999)


class StatisticsQuery(f.Schema):
    year = f.Integer("年度", "Year", load_default=None, allow_none=True, validate=YEARS)


class CountOut(f.Schema):
    """How many cases of one kind were opened in a year and stand so now."""

    year = f.Integer("年度", "Year")
    kind = f.Choice("事项类别", "Kind", KINDS)
    state = f.Choice("状态", "State", STATES)
    cases = f.Integer("件数", "Cases")


class StatisticsOut(f.Schema):
    """Cases that are not confidential; confidential ones are in no number here."""

    counts = f.List("件数", "Counts", f.Nested("件数", "Count", CountOut))
    total = f.Integer("合计", "Total")


class ConfidentialCountOut(f.Schema):
    """How many confidential cases were opened in a year; null where they are few."""

    year = f.Integer("年度", "Year")
    cases = f.Integer("件数（过少不列）", "Cases; few are not told", allow_none=True)


class ConfidentialStatisticsOut(f.Schema):
    counts = f.List("各年件数", "By year", f.Nested("件数", "Count", ConfidentialCountOut))
    terms = f.String("办理规定版本", "Version of the terms")
