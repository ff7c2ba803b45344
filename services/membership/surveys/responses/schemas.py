"""What comes in and goes out about invitations and responses."""

from marshmallow import validate

from services.membership.surveys.questionnaires.rules import MOST_QUESTIONS
from services.membership.surveys.questionnaires.schemas import SectionOut
from services.membership.surveys.responses.rules import BY_CLERK, LONGEST_TEXT, MOST_INVITATIONS, Channel, State
from shared.api import fields as f

CHANNELS = {channel.value: channel.label for channel in Channel}
ENTERED = {channel.value: channel.label for channel in BY_CLERK}
STATES = {state.value: state.label for state in State}
_TOKEN = 100


class InvitationsIn(f.Schema):
    """So many are asked in one way. Online each gets a token; on paper and by telephone it is only counted."""

    channel = f.Choice("方式", "Channel", CHANNELS, required=True)
    invited = f.Integer(
        "发放份数", "How many are asked", required=True, validate=validate.Range(min=1, max=MOST_INVITATIONS)
    )


class InvitationsOut(f.Schema):
    """``tokens`` are shown this once; each is good for one response."""

    id = f.UUID("编号", "Id")
    survey_id = f.UUID("调查", "Survey")
    channel = f.Choice("方式", "Channel", CHANNELS)
    invited = f.Integer("发放份数", "How many are asked")
    issued_at = f.Moment("发放时间", "Issued at")
    tokens = f.List("邀请码", "Tokens", f.String("邀请码", "Token"))


class FormIn(f.Schema):
    token = f.String("邀请码", "Token of the invitation", required=True, max_length=_TOKEN)


class OperatorChoiceOut(f.Schema):
    operator_id = f.UUID("电信运营企业", "Operator", attribute="id")
    short_name = f.String("简称", "Short name")


class FormOut(f.Schema):
    """What a respondent sees: what the survey is for, whom one can answer about, and what is asked."""

    title = f.String("调查名称", "Title")
    purpose = f.String("调查目的", "Purpose")
    ends_on = f.Date("截止日（含当日）", "Last day, included")
    operators = f.List("电信运营企业", "Operators", f.Nested("企业", "Operator", OperatorChoiceOut))
    sections = f.List("部分", "Sections", f.Nested("部分", "Section", SectionOut))


class AnswerIn(f.Schema):
    """``value``: the points, 1 for yes and 0 for no, or the number of the option; ``text`` for a free text, in which
    no name and no telephone number belongs."""

    question_id = f.UUID("题目", "Question", required=True)
    value = f.Integer("分值或选项", "Points or option", load_default=None, allow_none=True)
    text = f.String(
        "文字（请勿写姓名、电话）",
        "Text (no names or numbers, please)",
        load_default=None,
        allow_none=True,
        min_length=1,
        max_length=LONGEST_TEXT,
    )


class FilledIn(f.Schema):
    """A response about one operator. A telephone number is optional, needs a consent of its own, serves only for
    asking back whether the response is real, and is erased when the survey is closed (X10, X11)."""

    operator_id = f.UUID("电信运营企业", "Operator", required=True)
    answers = f.List(
        "答题",
        "Answers",
        f.Nested("答题", "Answer", AnswerIn),
        required=True,
        validate=validate.Length(max=MOST_QUESTIONS),
    )
    phone = f.String(
        "电话（选填，仅供回访核实，调查结束即删除）",
        "Telephone (optional; only for asking back, erased when the survey is closed)",
        load_default=None,
        allow_none=True,
        max_length=20,
        personal="respondent-phone",
    )
    phone_consent = f.Boolean(
        "受访者同意留存电话", "The respondent consents to the number being kept", load_default=False
    )


class AnswersIn(FilledIn):
    token = f.String("邀请码", "Token of the invitation", required=True, max_length=_TOKEN)


class EnteredIn(FilledIn):
    channel = f.Choice("方式", "Channel", ENTERED, required=True)


class ReceivedOut(f.Schema):
    """What a respondent is told: that it came in."""

    received_on = f.Date("收到日期", "Received on")


class ResponseOut(f.Schema):
    """A response without what was answered: answers are only shown counted (M8)."""

    id = f.UUID("编号", "Id")
    survey_id = f.UUID("调查", "Survey")
    channel = f.Choice("方式", "Channel", CHANNELS)
    state = f.Choice("状态", "State", STATES)
    received_on = f.Date("收到日期", "Received on")
    void_reason = f.String("作废理由", "Why it is void", allow_none=True)


class VoidIn(f.Schema):
    reason = f.String("理由", "Reason", required=True, min_length=1)


class ContactOut(f.Schema):
    """The number of a respondent, whole, to ask back; whoever sees it is on record."""

    response_id = f.UUID("答卷", "Response")
    phone = f.String("电话", "Telephone", attribute="number")


class ResponseSheetIn(f.Schema):
    """An .xlsx or .csv file with a row for each response: the number of the operator in the plan, and a column for each
    question, as in the blank sheet. It has no telephone numbers."""

    sheet = f.Upload("答卷表", "Sheet of responses", required=True)
    channel = f.Choice("方式", "Channel", ENTERED, required=True)
