"""What comes in and goes out about issues of the newsletter."""

from services.publishing.newsletters.rules import Kind
from shared.api import fields as f

KINDS = {kind.value: kind.label for kind in Kind}


class IssueIn(f.Schema):
    kind = f.Choice("种类", "Kind", KINDS, load_default="regular")
    theme = f.String("专题", "Theme", load_default="", max_length=200)


class PlacementIn(f.Schema):
    """An article for the issue, and the rate per hundred characters where it is short of a thousand (P6)."""

    article_id = f.UUID("稿件", "Article", required=True)
    rate = f.Money("每百字标准", "Rate per hundred characters", load_default=None, allow_none=True)


class PlacementPath(f.Schema):
    article_id = f.UUID("稿件", "Article", required=True)


class PlacementOut(f.Schema):
    article_id = f.UUID("稿件", "Article")
    rate = f.Money("每百字标准", "Rate per hundred characters", allow_none=True)


class IssueOut(f.Schema):
    id = f.UUID("编号", "Id")
    kind = f.Choice("种类", "Kind", KINDS)
    theme = f.String("专题", "Theme")
    number = f.String("期号", "Number", attribute="number_text", allow_none=True)
    year = f.Integer("年份", "Year", allow_none=True)
    serial = f.Integer("年内期号", "Number in the year", allow_none=True)
    opened_at = f.Moment("开编时间", "Opened at")
    published_at = f.Moment("出刊时间", "Published at", allow_none=True)
    articles = f.List("稿件", "Articles", f.Nested("稿件", "Article", PlacementOut), attribute="placements")
