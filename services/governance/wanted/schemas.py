"""What is heard and what goes out about things that wait for a resolution."""

from services.governance.matters.rules import SubjectKind
from services.governance.wanted.rules import COLUMNS, State
from shared.api import fields as f
from shared.bus.events import Heard

STATES = {state.value: state.label for state in State}
SUBJECTS = {kind.value: kind.label for kind in SubjectKind if kind in COLUMNS}


class ResolutionWanted(Heard):
    """Finance wants a resolution for an expenditure (F4)."""

    expenditure_id = f.UUID("支出", "Expenditure", required=True)
    amount = f.Money("金额（元）", "Amount, yuan", required=True)
    kind = f.String("种类代码", "Code of the kind", required=True)


class ExpenditureRefused(Heard):
    """Finance has refused an expenditure."""

    expenditure_id = f.UUID("支出", "Expenditure", required=True)


class ExpenditureWithdrawn(Heard):
    """Whoever requested an expenditure has taken it back."""

    expenditure_id = f.UUID("支出", "Expenditure", required=True)


class DecisionWanted(Heard):
    """Membership has reviewed an application and wants the decision of ``body`` on it (M1)."""

    application_id = f.UUID("入会申请", "Application", required=True)
    body = f.String("决定机构代码", "Code of the body that decides", required=True)


class ApplicationWithdrawn(Heard):
    """The applicant has taken an application back."""

    application_id = f.UUID("入会申请", "Application", required=True)


class WantedQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    about = f.Choice("所涉对象种类", "What sort of thing", SUBJECTS, load_default=None, allow_none=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)
    expenditure_id = f.UUID("支出", "Expenditure", load_default=None, allow_none=True)


class WantedOut(f.Schema):
    """A thing that waits for a resolution; its motion takes the same ``subject_id``. The expenditure, its amount and
    kind are null for other things."""

    id = f.UUID("编号", "Id")
    about = f.Choice("所涉对象种类", "What sort of thing", SUBJECTS)
    subject_id = f.UUID("所涉对象", "What it is about")
    expenditure_id = f.UUID("支出", "Expenditure", allow_none=True)
    amount = f.Money("金额（元）", "Amount, yuan", allow_none=True)
    kind = f.String("种类代码", "Code of the kind", allow_none=True)
    body = f.String("决定机构代码", "Code of the body that decides")
    state = f.Choice("状态", "State", STATES)
    wanted_at = f.Moment("提出时间", "Wanted since")
    resolution_id = f.UUID("决议", "Resolution", allow_none=True)
    decided_on = f.Date("决定日期", "Decided on", allow_none=True)
