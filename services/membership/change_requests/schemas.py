"""What comes in and goes out about change requests."""

from services.membership.change_requests.rules import State
from services.membership.units.rules import NAME_LENGTH
from services.membership.units.schemas import FIELDS, PLACES
from shared.api import fields as f

STATES = {state.value: state.label for state in State}


class ChangeRequestIn(f.Schema):
    """What is to change about the unit; what is not named stays. Its tier follows from its office and is not for it to
    propose (M2)."""

    name = f.String("单位名称", "Name", max_length=NAME_LENGTH)
    short_name = f.String("简称", "Short name", allow_none=True, max_length=NAME_LENGTH)
    credit_code = f.String("统一社会信用代码", "Unified social credit code", max_length=18)
    place = f.Choice("所在地", "Place", PLACES)


class RefusalIn(f.Schema):
    reason = f.String("理由", "Reason", required=True, min_length=1)


class ChangeRequestQuery(f.Schema):
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class WantedValueOut(f.Schema):
    field = f.Choice("变更项", "Field", FIELDS)
    value = f.String("变更后", "Value wanted", allow_none=True)


class ChangeRequestOut(f.Schema):
    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    values = f.List("变更内容", "What is to change", f.Nested("变更项", "Field", WantedValueOut))
    state = f.Choice("状态", "State", STATES)
    proposed_at = f.Moment("申请时间", "Proposed at")
    proposed_by = f.String("申请人账号", "Proposed by (account)")
    settled_at = f.Moment("办结时间", "Settled at", allow_none=True)
    settled_by = f.String("办结人账号", "Settled by (account)", allow_none=True)
    reason = f.String("未核准的理由", "Why it was refused", allow_none=True)
