"""What is heard and what goes out about expenditures that wait for a resolution."""

from services.governance.wanted.rules import State
from shared.api import fields as f
from shared.bus.events import Heard

STATES = {state.value: state.label for state in State}


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


class WantedQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    expenditure_id = f.UUID("支出", "Expenditure", load_default=None, allow_none=True)


class WantedOut(f.Schema):
    """An expenditure that waits for a resolution; its motion takes ``expenditure_id`` as ``subject_id``."""

    id = f.UUID("编号", "Id")
    expenditure_id = f.UUID("支出", "Expenditure")
    amount = f.Money("金额（元）", "Amount, yuan")
    kind = f.String("种类代码", "Code of the kind")
    body = f.String("决定机构代码", "Code of the body that decides")
    state = f.Choice("状态", "State", STATES)
    wanted_at = f.Moment("提出时间", "Wanted since")
    resolution_id = f.UUID("决议", "Resolution", allow_none=True)
    decided_on = f.Date("决定日期", "Decided on", allow_none=True)
