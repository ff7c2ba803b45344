"""What finance hears of articles, and what goes out about their fees."""

from services.finance.manuscript_fees.rules import EntryKind, State
from shared.api import fields as f
from shared.bus.events import Heard

STATES = {state.value: state.label for state in State}
ENTRIES = {kind.value: kind.label for kind in EntryKind}


class ArticlePublished(Heard):
    """What finance reads of an article that came out (P6)."""

    article_id = f.UUID("稿件", "Article", required=True)
    issue_id = f.UUID("会刊", "Issue", required=True)
    author_id = f.UUID("作者", "Author", required=True)
    unit_id = f.UUID("单位", "Unit", required=True, allow_none=True)
    fee = f.Money("稿酬", "Fee", required=True)
    fee_terms = f.String("稿酬标准版本", "Version of the fee terms", required=True)
    published_at = f.Moment("刊登时间", "Published at", required=True)


class ArticleRetracted(Heard):
    """What finance reads of an article that was withdrawn (X7)."""

    article_id = f.UUID("稿件", "Article", required=True)
    retracted_at = f.Moment("撤稿时间", "Retracted at", required=True)


class ManuscriptFeeQuery(f.Schema):
    article_id = f.UUID("稿件", "Article", load_default=None, allow_none=True)
    author_id = f.UUID("作者", "Author", load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class ManuscriptFeeLine(f.Schema):
    """A fee in a list. ``owed`` is below zero where the author has to pay back."""

    id = f.UUID("编号", "Id")
    article_id = f.UUID("稿件", "Article")
    author_id = f.UUID("作者", "Author", allow_none=True)
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    amount = f.Money("稿费", "Fee before tax", allow_none=True)
    owed = f.Money("应付余额", "Owed to the author", negative=True)
    state = f.Choice("状态", "State", STATES)
    published_at = f.Moment("刊登时间", "Published at", allow_none=True)
    retracted_at = f.Moment("撤稿时间", "Retracted at", allow_none=True)
    recorded_at = f.Moment("入账时间", "Recorded at")


class EntryOut(f.Schema):
    kind = f.Choice("种类", "Kind", ENTRIES)
    amount = f.Money("金额", "Amount", negative=True)
    entered_at = f.Moment("登记时间", "Entered at")


class ManuscriptFeeOut(ManuscriptFeeLine):
    """A fee, whole."""

    issue_id = f.UUID("会刊", "Issue", allow_none=True)
    terms = f.String("稿酬标准版本", "Version of the fee terms", allow_none=True)
    entries = f.List("明细", "Entries", f.Nested("明细", "Entry", EntryOut))
