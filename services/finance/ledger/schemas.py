"""What goes out about the ledger."""

from marshmallow import validate

from services.finance.ledger.posting import SourceKind
from services.finance.ledger.rules import Side
from shared.api import fields as f
from shared.api.sentences import SentenceOut

SOURCES = {kind.value: kind.label for kind in SourceKind}
SIDES = {side.value: side.label for side in Side}


class VoucherQuery(f.Schema):
    """``period`` is a month, "2021-03"."""

    period = f.String(
        "会计期间",
        "Month",
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"\A[0-9]{4}-(0[1-9]|1[0-2])\Z", error="须如 2021-03 / It reads like 2021-03"),
    )
    source_kind = f.Choice("来源种类", "Kind of source", SOURCES, load_default=None, allow_none=True)
    source_id = f.UUID("来源", "Source", load_default=None, allow_none=True)


class VoucherLine(f.Schema):
    """A voucher in a list; ``total`` stands on either side."""

    id = f.UUID("编号", "Id")
    number = f.String("凭证字号", "Number")
    period = f.String("会计期间", "Month")
    day = f.Date("日期", "Day")
    summary = f.String("摘要", "Summary", max_length=1000)
    total = f.Money("合计", "Total")
    source_kind = f.Choice("来源种类", "Kind of source", SOURCES)
    source_id = f.UUID("来源", "Source")
    chart = f.String("会计科目表版本", "Version of the chart")
    posted_at = f.Moment("记账时间", "Posted at")


class VoucherEntryOut(f.Schema):
    account = f.String("科目", "Account")
    name = f.Nested("科目名称", "Name of the account", SentenceOut)
    debit = f.Money("借方", "Debit")
    credit = f.Money("贷方", "Credit")


class VoucherOut(VoucherLine):
    """A voucher, whole."""

    entries = f.List("分录", "Entries", f.Nested("分录", "Entry", VoucherEntryOut))


class TrialBalanceQuery(f.Schema):
    """Both days count (X3)."""

    since = f.Date("自（默认自始）", "From (the beginning unless given)", load_default=None, allow_none=True)
    through = f.Date("至（默认今天）", "Through (today unless given)", load_default=None, allow_none=True)


class TrialLineOut(f.Schema):
    """An account's sums; ``balance`` is on its own side ``side``, below zero where it stands on the other."""

    account = f.String("科目", "Account")
    name = f.Nested("科目名称", "Name of the account", SentenceOut)
    side = f.Choice("余额方向", "Side of the balance", SIDES)
    debit = f.Money("借方", "Debit")
    credit = f.Money("贷方", "Credit")
    balance = f.Money("余额", "Balance", negative=True)


class TrialBalanceOut(f.Schema):
    """The trial balance 试算平衡表: debits equal credits, or the ledger is wrong (F7)."""

    since = f.Date("自", "From", allow_none=True)
    through = f.Date("至", "Through")
    lines = f.List("科目", "Accounts", f.Nested("科目", "Account", TrialLineOut))
    debit = f.Money("借方合计", "Debits")
    credit = f.Money("贷方合计", "Credits")
    balanced = f.Boolean("借贷相等", "Debits equal credits")
