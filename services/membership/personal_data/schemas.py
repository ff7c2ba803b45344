"""What comes in and goes out about requests and erasures."""

from services.membership.people.rules import MAX_LENGTH
from services.membership.personal_data.rules import Decision, Kind, State
from shared.api import fields as f
from shared.personal.events import GROUNDS, KeptOut

KINDS = {kind.value: kind.label for kind in Kind}
STATES = {state.value: state.label for state in State}
DECISIONS = {decision.value: decision.label for decision in Decision}


class WishIn(f.Schema):
    """What one asks: ``classes`` for a deletion or withdrawal, ``correct_name`` for a correction."""

    kind = f.Choice("申请事项", "What is asked", KINDS, required=True)
    classes = f.List("信息类别", "Classes", f.String("类别", "Class", max_length=50), load_default=list)
    correct_name = f.String(
        "正确的姓名",
        "Name as it should be",
        load_default=None,
        allow_none=True,
        max_length=2 * MAX_LENGTH,
        personal="name",
    )


class EnteredWishIn(WishIn):
    """What somebody asks who does it by letter, by telephone or at the desk."""

    person_id = f.UUID("人员", "Person", required=True)


class RequestQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    person_id = f.UUID("人员", "Person", load_default=None, allow_none=True)


class AssignmentIn(f.Schema):
    person_id = f.UUID("承办人", "Who handles it", required=True)


class AnswerIn(f.Schema):
    """The answer; a refusal names its clause and reason."""

    decision = f.Choice("决定", "Decision", DECISIONS, required=True)
    clause = f.String("所依条款", "Clause", load_default="")
    reason = f.String("理由", "Reason", load_default="", max_length=2000)


class ErasureIn(f.Schema):
    """What is to go since its time is over; whatever is not past it stays."""

    classes = f.List("信息类别", "Classes", f.String("类别", "Class", max_length=50), required=True)
    reason = f.String("理由", "Reason", required=True, max_length=2000)


class ErasureAnswerOut(f.Schema):
    """What one service did."""

    service = f.String("服务", "Service")
    rows = f.Integer("涉及记录数", "Rows erased")
    kept = f.List("依规保留", "Kept", f.Nested("保留", "Kept", KeptOut), attribute="keeps")
    answered_at = f.Moment("完成时间", "Done at")


class ErasureOut(f.Schema):
    """An erasure and what came of it so far; ``waiting_for`` are services that have not told yet."""

    id = f.UUID("编号", "Id")
    person_id = f.UUID("人员", "Person")
    request_id = f.UUID("申请", "Request", allow_none=True)
    classes = f.List("信息类别", "Classes", f.String("类别", "Class"))
    ground = f.Choice("依据", "Ground", GROUNDS)
    ordered_at = f.Moment("下达时间", "Ordered at")
    waiting_for = f.List("尚待完成的服务", "Waits for", f.String("服务", "Service"))
    answers = f.List("各服务结果", "What came of it", f.Nested("结果", "Result", ErasureAnswerOut))
    completed_at = f.Moment("完成时间", "Completed at", allow_none=True)


class RequestOut(f.Schema):
    """A request as it stands."""

    id = f.UUID("编号", "Id")
    person_id = f.UUID("人员", "Person")
    kind = f.Choice("申请事项", "What is asked", KINDS)
    classes = f.List("信息类别", "Classes", f.String("类别", "Class"))
    state = f.Choice("状态", "State", STATES)
    received_at = f.Moment("受理时间", "Received at")
    due_on = f.Date("答复期限", "Answer due on")
    terms = f.String("期限规定版本", "Version of the terms")
    assigned_to = f.UUID("承办人", "Assigned to", allow_none=True)
    decision = f.Choice("决定", "Decision", DECISIONS, allow_none=True)
    clause = f.String("所依条款", "Clause", allow_none=True)
    reason = f.String("理由", "Reason", allow_none=True)
    decided_at = f.Moment("决定时间", "Decided at", allow_none=True)
    fetch_until = f.Date("可下载至", "To be fetched through", allow_none=True)
    answered_at = f.Moment("答复时间", "Answered at", allow_none=True)
    erasure = f.Nested("删除", "Erasure", ErasureOut, allow_none=True)
