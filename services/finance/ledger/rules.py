"""The double-entry ledger 账簿: what may be posted, and how it is taken back (F7, X4, X7).

A voucher 记账凭证 is entries whose debits equal their credits. It is never changed: a wrong one is reversed by
another in a month that is still open. Amounts are fen.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from shared.effective import in_force
from shared.errors import Refused
from shared.money import format_yuan
from shared.text import Text

CHART = Text("会计科目表", "charts of accounts")


class Side(StrEnum):
    """The side on which an account grows 余额方向."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def label(self) -> Text:
        return _SIDES[self]


_SIDES = {Side.DEBIT: Text("借", "Debit"), Side.CREDIT: Text("贷", "Credit")}


class AccountClass(StrEnum):
    """What an account counts 会计要素."""

    ASSET = "asset"
    LIABILITY = "liability"
    NET_ASSETS = "net_assets"
    INCOME = "income"
    EXPENSE = "expense"

    @property
    def label(self) -> Text:
        return _CLASSES[self]


_CLASSES = {
    AccountClass.ASSET: Text("资产", "Asset"),
    AccountClass.LIABILITY: Text("负债", "Liability"),
    AccountClass.NET_ASSETS: Text("净资产", "Net assets"),
    AccountClass.INCOME: Text("收入", "Income"),
    AccountClass.EXPENSE: Text("费用", "Expense"),
}


class Purpose(StrEnum):
    """What the software posts by itself; a chart says which account of its own that is."""

    CASH = "cash"
    BANK = "bank"
    DUES_RECEIVABLE = "dues_receivable"
    DUES_IN_ADVANCE = "dues_in_advance"
    DUES_INCOME = "dues_income"
    DONATION_INCOME = "donation_income"
    DONATION_INCOME_RESTRICTED = "donation_income_restricted"
    GOODS = "goods"


Means = Literal[Purpose.CASH, Purpose.BANK]
"""What money comes into and goes out of."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account 科目. ``parent`` is the code of the account it details, None for one of the chart's own.

    ``restricted`` 限定性 is None where the chart does not ask. ``detailed``: it has details, which alone are
    posted to.
    """

    code: str
    name: Text
    kind: AccountClass
    side: Side
    parent: str | None = None
    restricted: bool | None = None
    detailed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One version of the chart of accounts 会计科目表 (X4); ``accounts`` by code, in the chart's order."""

    version: str
    effective_from: date
    clause: Text
    accounts: Mapping[str, Account]
    purposes: Mapping[Purpose, str]

    def __post_init__(self) -> None:
        if set(self.purposes) != set(Purpose):
            raise ValueError(f"{self.version}: every purpose needs its account")
        for code in self.purposes.values():
            self.check_postable(code)

    def account_for(self, purpose: Purpose) -> str:
        """The code of the account that serves ``purpose``."""
        return self.purposes[purpose]

    def check_postable(self, code: str) -> None:
        """Refuse (F7) a code that the chart does not have, or an account with details."""
        account = self.accounts.get(code)
        if account is None:
            raise Refused(
                "F7",
                f"会计科目表（{self.clause.zh}）中没有科目{code}",
                f"The chart of accounts ({self.clause.en}) has no account {code}",
                code="unknown-account",
            )
        if account.detailed:
            raise Refused(
                "F7",
                f"科目{code} {account.name.zh}设有明细科目，须记入明细科目",
                f"Account {code} {account.name.en} has detail accounts; post to one of those",
                code="account-has-details",
            )

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Chart":
        """The chart as one entry of ``versions`` in data/chart_2004.json gives it."""
        accounts = [account for entry in data["accounts"] for account in _accounts(entry)]
        by_code = {account.code: account for account in accounts}
        if len(by_code) < len(accounts):
            raise ValueError(f"{data['id']}: a code stands there twice")
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            clause=Text(**data["clause"]),
            accounts=by_code,
            purposes={Purpose(purpose): code for purpose, code in data["purposes"].items()},
        )


def _accounts(data: Mapping[str, Any]) -> Iterator[Account]:
    kind, side, details = AccountClass(data["class"]), Side(data["side"]), data.get("details", ())
    yield Account(
        data["code"], Text(**data["name"]), kind, side, restricted=data.get("restricted"), detailed=bool(details)
    )
    for detail in details:
        restricted = detail.get("restricted")
        yield Account(detail["code"], Text(**detail["name"]), kind, side, parent=data["code"], restricted=restricted)


class Entry(NamedTuple):
    """One line of a voucher 分录: fen on one of the two sides, zero on the other."""

    account: str
    debit: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher 记账凭证. ``reverses`` is the number of the voucher it takes back, None of an ordinary one."""

    on: date
    summary: str
    entries: tuple[Entry, ...]
    reverses: str | None = None

    @property
    def debit(self) -> int:
        return sum(entry.debit for entry in self.entries)

    @property
    def credit(self) -> int:
        return sum(entry.credit for entry in self.entries)


def period_of(day: date) -> str:
    """The accounting month 会计期间 of a day, "2021-03"; these sort as they follow one another."""
    return f"{day.year:04d}-{day.month:02d}"


def voucher_series(day: date) -> str:
    """The series from which a voucher of that day takes its number: one a month (F7)."""
    return f"voucher/{period_of(day)}"


def voucher_number(day: date, number: int) -> str:
    """凭证字号: "记-2021-03-0001" for the first voucher of March 2021, "记-2021-03-10000" for the ten thousandth."""
    if number < 1:
        raise ValueError("numbers begin at 1")
    return f"记-{period_of(day)}-{number:04d}"


def check_open(day: date, closed_through: str | None) -> None:
    """Refuse (F7) a day in a closed month. ``closed_through`` is the last month closed, such as "2021-02"; every
    month up to it is closed, since they are closed in turn. None: nothing is closed yet."""
    if closed_through is not None and period_of(day) <= closed_through:
        raise Refused(
            "F7",
            f"{period_of(day)}已结账，不得再记账；更正须在未结账的月份冲销",
            f"{period_of(day)} is closed and takes no voucher; corrections are reversals in an open month",
            code="month-closed",
        )


def check_voucher(voucher: Voucher, charts: Collection[Chart], closed_through: str | None = None) -> Chart:
    """The chart that ``voucher`` is posted by, in force on its day; the voucher records its version (X4).

    Refused (F7): no summary, fewer than two entries, an entry without exactly one amount above zero, debits
    that differ from credits, an account that the chart does not have or that has details, a closed month.
    Refused (X4): a day before the first chart.
    """
    if not voucher.summary.strip():
        raise Refused("F7", "凭证须有摘要", "A voucher needs a summary", code="voucher-summary", field="summary")
    if len(voucher.entries) < 2:
        raise Refused(
            "F7", "凭证至少须有两条分录", "A voucher has at least two entries", code="voucher-entries", field="entries"
        )
    for entry in voucher.entries:
        _check_amounts(entry)
    if voucher.debit != voucher.credit:
        debit, credit = format_yuan(voucher.debit), format_yuan(voucher.credit)
        raise Refused(
            "F7",
            f"借贷不平：借方{debit}元，贷方{credit}元",
            f"Debits of {debit} yuan do not equal credits of {credit}",
            code="unbalanced",
            field="entries",
        )
    chart = in_force(charts, voucher.on, CHART)
    for entry in voucher.entries:
        chart.check_postable(entry.account)
    check_open(voucher.on, closed_through)
    return chart


def _check_amounts(entry: Entry) -> None:
    sides = (entry.debit, entry.credit)
    # A bool is an int to Python.
    if any(type(side) is not int for side in sides) or min(sides) != 0 or max(sides) <= 0:
        raise Refused(
            "F7",
            f"科目{entry.account}的分录须在借贷一方有大于零的金额",
            f"The entry on account {entry.account} needs an amount above zero on one side, and on one only",
            code="entry-amount",
            field="entries",
        )


def reversal(original: Voucher, number: str, on: date, reason: str, *, reversed_by: str | None = None) -> Voucher:
    """冲销凭证: the voucher that takes ``original``, numbered ``number``, back: its entries with sides swapped.

    ``reversed_by`` is the number of the voucher that took it back before. The result is checked as any other,
    so its month has to be open. Refused (X7): no reason, reversed before, itself a reversal, a day before it.
    """
    if not reason.strip():
        raise Refused("X7", "冲销须说明理由", "Say why it is reversed", code="reason-needed", field="reason")
    if reversed_by is not None:
        raise Refused(
            "X7",
            f"凭证{number}已由{reversed_by}冲销",
            f"Voucher {number} was reversed by {reversed_by}",
            code="already-reversed",
        )
    if original.reverses is not None:
        raise Refused(
            "X7",
            f"凭证{number}本身是冲销凭证，须另填新凭证",
            f"Voucher {number} is a reversal itself; enter a new voucher instead",
            code="reversal-of-reversal",
        )
    if on < original.on:
        raise Refused(
            "X7",
            f"冲销日期不得早于原凭证日期{original.on.isoformat()}",
            f"A reversal is not dated before the voucher it takes back ({original.on.isoformat()})",
            code="reversal-too-early",
        )
    swapped = tuple(Entry(entry.account, entry.credit, entry.debit) for entry in original.entries)
    return Voucher(on, f"冲销{number}：{reason.strip()}", swapped, reverses=number)


class TrialLine(NamedTuple):
    """What one account was debited and credited, in fen."""

    account: str
    debit: int
    credit: int

    def balance(self, side: Side) -> int:
        """The balance on ``side``; below zero it stands on the other."""
        return self.debit - self.credit if side is Side.DEBIT else self.credit - self.debit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """试算平衡表: a line for each account with an entry, by code."""

    lines: tuple[TrialLine, ...]

    @property
    def debit(self) -> int:
        return sum(line.debit for line in self.lines)

    @property
    def credit(self) -> int:
        return sum(line.credit for line in self.lines)

    @property
    def balanced(self) -> bool:
        """Whether debits equal credits 借贷相等."""
        return self.debit == self.credit


def trial_balance(entries: Iterable[Entry]) -> TrialBalance:
    """The sums per account over ``entries``, of however many vouchers (F7)."""
    debits: defaultdict[str, int] = defaultdict(int)
    credits: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        debits[entry.account] += entry.debit
        credits[entry.account] += entry.credit
    return TrialBalance(tuple(TrialLine(account, debits[account], credits[account]) for account in sorted(debits)))
