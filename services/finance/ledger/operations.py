"""The ledger 账簿, read: vouchers and the trial balance (F7). :mod:`services.finance.ledger.posting` writes it."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from services.finance.data import chart_named
from services.finance.ledger import rules
from services.finance.ledger.models import Voucher, VoucherEntry
from services.finance.ledger.schemas import (
    TrialBalanceOut,
    TrialBalanceQuery,
    VoucherLine,
    VoucherOut,
    VoucherQuery,
)
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx
from shared.text import Text


@dataclass(frozen=True)
class Line:
    """A line of the trial balance and the account it is about."""

    sums: rules.TrialLine
    about: rules.Account

    @property
    def account(self) -> str:
        return self.about.code

    @property
    def name(self) -> Text:
        return self.about.name

    @property
    def side(self) -> rules.Side:
        return self.about.side

    @property
    def debit(self) -> int:
        return self.sums.debit

    @property
    def credit(self) -> int:
        return self.sums.credit

    @property
    def balance(self) -> int:
        return self.sums.balance(self.side)


@dataclass(frozen=True)
class Trial:
    """A trial balance over days."""

    since: date | None
    through: date
    lines: list[Line]
    sums: rules.TrialBalance

    @property
    def debit(self) -> int:
        return self.sums.debit

    @property
    def credit(self) -> int:
        return self.sums.credit

    @property
    def balanced(self) -> bool:
        return self.sums.balanced


class Ledger:
    """Vouchers and what they sum up to."""

    @operation(
        "GET /vouchers",
        permission="finance.ledger.read",
        request=VoucherQuery,
        response=VoucherLine,
        label=("凭证", "Vouchers"),
        kind="list",
    )
    def list_vouchers(
        self, tx: Tx, page: PageRequest, period: str | None, source_kind: str | None, source_id: uuid.UUID | None
    ) -> Page:
        """Vouchers, the latest first; by month, or by what they come from."""
        wanted = {"period": period, "source_kind": source_kind, "source_id": source_id}
        query = select(Voucher).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"posted": Voucher.posted_at, "day": Voucher.day, "number": Voucher.number}
        return tx.page(query, page, key=Voucher.id, sorts=sorts, default="-posted")

    @operation(
        "GET /vouchers/{number}",
        permission="finance.ledger.read",
        response=VoucherOut,
        label=("凭证详情", "A voucher"),
        kind="detail",
    )
    def get_voucher(self, tx: Tx, number: str) -> Voucher:
        """A voucher with its entries, by its number 凭证字号."""
        return tx.need(Voucher, number=number)

    @operation(
        "GET /trial-balance",
        permission="finance.ledger.read",
        request=TrialBalanceQuery,
        response=TrialBalanceOut,
        label=("试算平衡", "Trial balance"),
        kind="figure",
    )
    def get_trial_balance(self, tx: Tx, since: date | None, through: date | None) -> Trial:
        """What every account was debited and credited, and whether debits equal credits (F7)."""
        last = through or tx.today
        query = (
            select(
                Voucher.chart,
                VoucherEntry.account,
                func.sum(VoucherEntry.debit),
                func.sum(VoucherEntry.credit),
            )
            .join(Voucher, Voucher.id == VoucherEntry.voucher_id)
            .where(Voucher.day <= last, Voucher.day >= (since or date.min))
            .group_by(Voucher.chart, VoucherEntry.account)
            .order_by(VoucherEntry.account, Voucher.chart)
        )
        lines = [
            Line(rules.TrialLine(code, int(debit), int(credit)), chart_named(chart).accounts[code])
            for chart, code, debit, credit in tx.session.execute(query)
        ]
        return Trial(since, last, lines, rules.TrialBalance(tuple(line.sums for line in lines)))
