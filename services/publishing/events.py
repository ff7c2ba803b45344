"""What publishing tells: contracts for whoever listens. Ids only, never names (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.personal.events import PersonErased
from shared.text import Text


class ArticlePublished(EventSchema):
    """An article came out in an issue of the newsletter, and earned a fee (P6)."""

    event = "article.published"
    label = Text("稿件已刊登", "Article published")

    article_id = f.UUID("稿件", "Article", attribute="id")
    issue_id = f.UUID("会刊", "Issue")
    author_id = f.UUID("作者", "Author")
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    characters = f.Integer("字数", "Characters")
    fee = f.Money("稿酬", "Fee")
    fee_terms = f.String("稿酬标准版本", "Version of the fee terms")
    fee_mode = f.String("计法", "Mode")
    published_at = f.Moment("刊登时间", "Published at")


class ArticleRetracted(EventSchema):
    """A published article was withdrawn (X7)."""

    event = "article.retracted"
    label = Text("稿件已撤回", "Article retracted")

    article_id = f.UUID("稿件", "Article", attribute="id")
    retracted_at = f.Moment("撤稿时间", "Retracted at")


class IssuePublished(EventSchema):
    """An issue of the newsletter came out (P1)."""

    event = "issue.published"
    label = Text("会刊已出刊", "Newsletter issue published")

    issue_id = f.UUID("会刊", "Issue", attribute="id")
    year = f.Integer("年份", "Year")
    kind = f.String("种类", "Kind")
    serial = f.Integer("期号", "Number in the year")


EVENTS = (ArticlePublished, ArticleRetracted, IssuePublished, PersonErased)
