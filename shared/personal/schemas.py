"""What comes in and goes out where a service is asked for personal data."""

from shared.api import fields as f
from shared.api.sentences import SentenceOut


class HoldingsIn(f.Schema):
    """Whose data. With the identity number also rows are found that know the person by that only; it is not kept."""

    identity_number = f.String(
        "身份证号", "Identity number", load_default=None, allow_none=True, max_length=30, personal="identity-number"
    )


class HeldOut(f.Schema):
    """One value held; an identity number as its last four (X5)."""

    record = f.Nested("所在记录", "Record", SentenceOut)
    row_id = f.String("记录编号", "Row")
    field = f.Nested("栏目", "Field", SentenceOut)
    of_class = f.Nested("类别", "Class", SentenceOut)
    value = f.String("内容", "Value")
    purpose = f.Nested("目的", "Purpose", SentenceOut)
    basis = f.Nested("依据", "Basis", SentenceOut)
    keeping = f.Nested("保存期限", "Keeping time", SentenceOut)
    until = f.Date("保存至", "Kept through", allow_none=True)


class RecordsOut(f.Schema):
    """How many rows of a kind are the person's."""

    record = f.Nested("记录", "Record", SentenceOut)
    rows = f.Integer("条数", "Rows")


class ConsentOut(f.Schema):
    """A consent: to which class and version of its terms, from when to when."""

    data_class = f.String("类别", "Class")
    terms = f.String("保存规定版本", "Version of the terms")
    given_at = f.Moment("同意时间", "Given at")
    withdrawn_at = f.Moment("撤回时间", "Withdrawn at", allow_none=True)


class HoldingsOut(f.Schema):
    """What a service holds on a person."""

    values = f.List("内容", "Values", f.Nested("内容", "Value", HeldOut))
    records = f.List("本人记录", "Records of the person", f.Nested("记录", "Records", RecordsOut))
    consents = f.List("单独同意", "Consents", f.Nested("同意", "Consent", ConsentOut))


class DueOut(f.Schema):
    """A class of which rows of a table are past their time."""

    table = f.String("表", "Table")
    of_class = f.String("类别", "Class")
    terms = f.String("保存规定版本", "Version of the terms")
    rows = f.Integer("条数", "Rows")
    oldest = f.Date("最早到期日", "Earliest last day")


class OverdueOut(f.Schema):
    """What is past its time; nothing goes by itself."""

    due = f.List("已到期", "Past their time", f.Nested("已到期", "Past its time", DueOut))


class SweepIn(f.Schema):
    """The classes to erase, as the preview names them."""

    classes = f.List("类别", "Classes", f.String("类别", "Class", max_length=50), required=True)


class SweptOut(f.Schema):
    """``rows`` lost personal data; ``left`` rows are still past their time and take another command."""

    rows = f.Integer("已删除条数", "Rows erased")
    left = f.Integer("尚余条数", "Rows left")
