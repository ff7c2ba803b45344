"""What comes in and goes out about articles."""

from services.publishing.articles.rules import Kind, State
from services.publishing.data import columns
from shared.api import fields as f
from shared.api.sentences import SentenceOut

KINDS = {kind.value: kind.label for kind in Kind}
STATES = {state.value: state.label for state in State}


class ArticleIn(f.Schema):
    """A text somebody submits."""

    title = f.String("标题", "Title", required=True, max_length=200)
    body = f.String("正文", "Text", required=True, max_length=100_000)
    column = f.Choice("栏目", "Column", columns(), required=True)


class ReviewIn(f.Schema):
    """A verdict on the text as it stands in ``revision``; a refusal says why."""

    kind = f.Choice("审核种类", "Kind of review", KINDS, required=True)
    revision = f.Integer("第几稿", "Revision", required=True)
    passed = f.Boolean("通过", "Passed", required=True)
    note = f.String("意见", "Remark", load_default="", max_length=2000)


class RetractionIn(f.Schema):
    reason = f.String("撤稿理由", "Why it is retracted", required=True, max_length=2000)


class ArticleQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    column = f.Choice("栏目", "Column", columns(), load_default=None, allow_none=True)


class ReviewOut(f.Schema):
    kind = f.Choice("审核种类", "Kind of review", KINDS)
    reviewer_id = f.UUID("审核人", "Reviewer")
    revision = f.Integer("第几稿", "Revision")
    passed = f.Boolean("通过", "Passed")
    note = f.String("意见", "Remark")
    made_at = f.Moment("审核时间", "Made at")


class ArticleLine(f.Schema):
    """An article in a list."""

    id = f.UUID("编号", "Id")
    title = f.String("标题", "Title")
    column = f.Choice("栏目", "Column", columns())
    author_id = f.UUID("作者", "Author")
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    state = f.Choice("状态", "State", STATES)
    revision = f.Integer("第几稿", "Revision")
    characters = f.Integer("字数", "Characters as Word counts")
    submitted_at = f.Moment("投稿时间", "Submitted at")
    published_at = f.Moment("刊登时间", "Published at", allow_none=True)


class ArticleOut(ArticleLine):
    """An article, whole."""

    body = f.String("正文", "Text")
    reviews = f.List("审核", "Reviews", f.Nested("审核", "Review", ReviewOut))
    missing_reviews = f.List("尚缺审核", "Reviews still missing", f.Choice("审核种类", "Kind of review", KINDS))
    fee = f.Money("稿酬", "Fee", allow_none=True)
    fee_terms = f.String("稿酬标准版本", "Version of the fee terms", allow_none=True)
    fee_arithmetic = f.Nested("计算", "Arithmetic", SentenceOut, allow_none=True)
    fee_warning = f.Nested("提示", "Warning", SentenceOut, allow_none=True)
    retracted_at = f.Moment("撤稿时间", "Retracted at", allow_none=True)
    retraction_reason = f.String("撤稿理由", "Why it was retracted", allow_none=True)
