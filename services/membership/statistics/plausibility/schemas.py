"""What comes in and goes out about findings."""

from services.membership.statistics.plausibility.rules import Kind, Severity
from shared.api import fields as f

KINDS = {kind.value: kind.label for kind in Kind}
SEVERITIES = {severity.value: severity.label for severity in Severity}


class FindingQuery(f.Schema):
    period_id = f.UUID("统计期", "Period", load_default=None, allow_none=True)
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    unanswered = f.Boolean("只看待答复的", "Only those without an answer", load_default=False)


class ExplanationIn(f.Schema):
    text = f.String("说明", "Explanation", required=True, max_length=1000)


class IndustryFinding(f.Schema):
    """Something doubtful in the figures of the industry."""

    indicator = f.String("指标", "Indicator")
    kind = f.Choice("校验", "Check", KINDS)
    severity = f.Choice("程度", "Severity", SEVERITIES)
    says_zh = f.String("内容", "What")
    says_en = f.String("内容（英文）", "What, in English")
    checks = f.String("校验办法版本", "Version of the checks")


class FindingOut(IndustryFinding):
    id = f.UUID("编号", "Id")
    period_id = f.UUID("统计期", "Period")
    unit_id = f.UUID("单位", "Unit")
    found_at = f.Moment("发现时间", "Found at")
    explanation = f.String("说明", "Explanation", allow_none=True)
    explained_at = f.Moment("说明时间", "Explained at", allow_none=True)
    accepted_at = f.Moment("认可时间", "Accepted at", allow_none=True)
