"""What is told about service cases: ids and kinds (X11). Of confidential cases nothing is told: whoever listens is not
on them (M7)."""

from services.membership.cases.schemas import KINDS, OUTCOMES
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class CaseOpened(EventSchema):
    """A case was opened for a unit; ``due_on`` is the last day for an answer (M7)."""

    event = "case.opened"
    label = Text("服务事项已受理", "Service case opened")

    case_id = f.UUID("服务事项", "Case", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    kind = f.Choice("事项类别", "Kind", KINDS)
    due_on = f.Date("最后答复日", "Last day for an answer")


class CaseClosed(EventSchema):
    """A case was closed with its outcome; it may be opened again (M7)."""

    event = "case.closed"
    label = Text("服务事项已办结", "Service case closed")

    case_id = f.UUID("服务事项", "Case", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    kind = f.Choice("事项类别", "Kind", KINDS)
    outcome = f.Choice("办理结果", "Outcome", OUTCOMES)


class CaseReopened(EventSchema):
    """A closed case was opened again (M7)."""

    event = "case.reopened"
    label = Text("服务事项重新办理", "Service case reopened")

    case_id = f.UUID("服务事项", "Case", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    kind = f.Choice("事项类别", "Kind", KINDS)
    due_on = f.Date("最后答复日", "Last day for an answer")


EVENTS = (CaseOpened, CaseClosed, CaseReopened)
