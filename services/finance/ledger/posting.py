"""Posting 记账: how everything in finance gets into the ledger (F7)."""

import uuid
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from services.finance.data import charts
from services.finance.ledger import rules
from services.finance.ledger.models import Voucher, VoucherEntry
from shared.effective import in_force
from shared.store.tx import Tx
from shared.text import Text


class SourceKind(StrEnum):
    """What a voucher comes from 凭证来源."""

    EXPENDITURE = "expenditure"
    DUES_INVOICE = "dues_invoice"
    DUES_PAYMENT = "dues_payment"
    DUES_CREDIT = "dues_credit"
    DUES_REDUCTION = "dues_reduction"
    GIFT = "gift"
    GIFT_REVERSAL = "gift_reversal"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    SourceKind.EXPENDITURE: Text("支出", "Expenditure"),
    SourceKind.DUES_INVOICE: Text("会费应收", "Dues invoice"),
    SourceKind.DUES_PAYMENT: Text("会费收款", "Dues payment"),
    SourceKind.DUES_CREDIT: Text("预收会费转入", "Dues paid in advance, drawn"),
    SourceKind.DUES_REDUCTION: Text("会费核减", "Dues reduced"),
    SourceKind.GIFT: Text("接受捐赠", "Gift received"),
    SourceKind.GIFT_REVERSAL: Text("冲销接受捐赠", "Gift received, reversed"),
}


class Source(NamedTuple):
    """The one thing a voucher comes from: its kind and its id."""

    kind: SourceKind
    id: uuid.UUID


def chart_on(day: date) -> rules.Chart:
    """The chart of accounts 会计科目表 in force on ``day``. Refused (X4) before the first."""
    return in_force(charts(), day, rules.CHART)


def post(tx: Tx, *, day: date, entries: Sequence[rules.Entry], summary: str, source: Source) -> Voucher:
    """Post ``entries``, in fen, on the business day ``day`` and return the voucher with its number.

    Call it last: the number holds its month's series until the transaction ends, and is given back with it (X6). One
    ``source`` is posted once; the database refuses a second voucher for it. Refused (F7, X4): whatever
    :func:`rules.check_voucher` refuses.
    """
    chart = rules.check_voucher(rules.Voucher(day, summary, tuple(entries)), charts())
    tx.flush()
    voucher = tx.add(
        Voucher(
            number=rules.voucher_number(day, tx.number(rules.voucher_series(day))),
            period=rules.period_of(day),
            day=day,
            summary=summary.strip(),
            chart=chart.version,
            source_kind=source.kind,
            source_id=source.id,
            total=sum(entry.debit for entry in entries),
            lines=len(entries),
            posted_at=tx.now,
            posted_by=tx.principal.name,
            entries=[VoucherEntry(position=place, **entry._asdict()) for place, entry in enumerate(entries, 1)],
        )
    )
    tx.flush()
    return voucher
