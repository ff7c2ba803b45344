"""Manuscript fees 稿费: the debt to an author for a published article, and the tax withheld (F14, X2, X7).

What happened to a fee is a list of entries that only grows; what is owed follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from shared.errors import Refused
from shared.money import format_yuan, parse_yuan
from shared.text import Text

WITHHOLDING = Text("稿酬扣税标准", "withholding terms for author's remuneration")


class EntryKind(StrEnum):
    ACCRUAL = "accrual"
    PAYMENT = "payment"
    REVERSAL = "reversal"

    @property
    def label(self) -> Text:
        return _ENTRIES[self]


_ENTRIES = {
    EntryKind.ACCRUAL: Text("计提", "Accrued"),
    EntryKind.PAYMENT: Text("发放", "Paid"),
    EntryKind.REVERSAL: Text("冲回", "Reversed"),
}


class Entry(NamedTuple):
    """One change of what the author is owed, in fen before tax: accruals add, payments and reversals take."""

    kind: EntryKind
    amount: int


class State(StrEnum):
    AWAITED = "awaited"
    UNPAID = "unpaid"
    ACCRUED = "accrued"
    PAID = "paid"
    REVERSED = "reversed"
    RECEIVABLE = "receivable"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.AWAITED: Text("先收到撤稿，待补计提", "Retracted, its accrual not seen yet"),
    State.UNPAID: Text("无稿酬", "No fee"),
    State.ACCRUED: Text("已计提", "Accrued"),
    State.PAID: Text("已发放", "Paid"),
    State.REVERSED: Text("已冲回", "Reversed"),
    State.RECEIVABLE: Text("应收回", "To be paid back"),
}


@dataclass(frozen=True, slots=True)
class Accrual:
    """The fee for one article, its key (F14). ``author`` and ``amount`` (fen) are None until accrued."""

    article: UUID
    author: UUID | None = None
    amount: int | None = None
    retracted: bool = False
    entries: tuple[Entry, ...] = ()

    @property
    def owed(self) -> int:
        """Fen owed to the author; below zero the author owes them, a receivable."""
        return sum(entry.amount for entry in self.entries)

    @property
    def state(self) -> State:
        if self.amount is None:
            return State.AWAITED
        if not self.entries:
            return State.UNPAID
        if self.retracted:
            return State.RECEIVABLE if self.owed < 0 else State.REVERSED
        return State.ACCRUED if self.owed else State.PAID

    def _with(self, kind: EntryKind, amount: int) -> "Accrual":
        return replace(self, entries=(*self.entries, Entry(kind, amount)))


def accrue(known: Accrual | None, article: UUID, author: UUID, amount: int) -> Accrual:
    """The fee once the article's publication is known; ``known`` is what is on record for that article.

    The same again returns ``known`` itself. Where the retraction came first, accrual and reversal are entered
    together and nothing is owed. An amount of zero (website-only, reprint, unapproved staff) is kept without
    entries. Refused: another amount or author for the same article, which nothing that counted may become
    (X7), and an amount below zero (X2).
    """
    if amount < 0:
        raise Refused("X2", "稿费不得为负数", "A fee is not negative", code="amount", field="amount")
    if known is not None and known.amount is not None:
        if (known.author, known.amount) == (author, amount):
            return known
        raise Refused(
            "F14",
            f"该稿件已计提稿费{format_yuan(known.amount)}元，不得改计为另一金额或另一作者",
            f"{format_yuan(known.amount)} yuan are accrued for this article; amount and author stay",
            code="accrual-differs",
        )
    fresh = replace(known or Accrual(article), author=author, amount=amount)
    if amount == 0:
        return fresh
    accrued = fresh._with(EntryKind.ACCRUAL, amount)
    return accrued._with(EntryKind.REVERSAL, -amount) if accrued.retracted else accrued


def reverse(known: Accrual | None, article: UUID) -> Accrual:
    """The fee once the article's retraction is known.

    An open accrual is taken back; a paid one becomes a receivable (``owed`` below zero). Events of one
    article arrive in order, but should a retraction be seen first it is kept, so that the accrual behind it
    nets to zero. The same again returns ``known`` itself.
    """
    if known is None:
        return Accrual(article, retracted=True)
    if known.retracted:
        return known
    retracted = replace(known, retracted=True)
    return retracted._with(EntryKind.REVERSAL, -known.amount) if known.amount else retracted


def pay(accrual: Accrual) -> Accrual:
    """The fee once it is paid, whole (tax withheld is part of the payment). Refused unless it is open."""
    if accrual.state is not State.ACCRUED or accrual.amount is None:
        raise Refused(
            "F14",
            f"该笔稿费{accrual.state.label.zh}，不能发放",
            f"This fee is not open for payment ({accrual.state.label.en.lower()})",
            code="not-payable",
        )
    return accrual._with(EntryKind.PAYMENT, -accrual.amount)


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """One version of the withholding on author's fees 稿酬; amounts in fen, shares in per cent (X4)."""

    version: str
    effective_from: date
    clause: Text
    free_up_to: int
    flat_deduction: int
    flat_up_to: int
    share_deduction_percent: int
    counted_percent: int
    rate_percent: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "TaxTerms":
        """The terms as one entry of ``versions`` in data/manuscript_tax.json gives them."""
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            clause=Text(data["clause"]["zh"], data["clause"]["en"]),
            free_up_to=parse_yuan(data["free_up_to"]),
            flat_deduction=parse_yuan(data["flat_deduction"]),
            flat_up_to=parse_yuan(data["flat_up_to"]),
            share_deduction_percent=data["share_deduction_percent"],
            counted_percent=data["counted_percent"],
            rate_percent=data["rate_percent"],
        )


@dataclass(frozen=True, slots=True)
class Withholding:
    """Tax withheld from one payment to one author, in fen, with the version and the sum it came from (X4)."""

    gross: int
    tax: int
    terms: str
    arithmetic: Text

    @property
    def net(self) -> int:
        return self.gross - self.tax


def withhold(gross: int, terms: TaxTerms) -> Withholding:
    """Tax on all that one author is paid at one time (F14): ``gross`` in fen, above zero.

    Nothing up to the free amount; then the flat deduction up to its bound, a share above it; of the rest a
    part counts and is taxed. The sum is exact until one rounding to the fen, half up (X2).
    """
    if gross <= 0:
        raise Refused("X2", "发放金额须大于零", "A payment is more than zero", code="amount", field="gross")
    yuan = format_yuan(gross)
    if gross <= terms.free_up_to:
        free = format_yuan(terms.free_up_to)
        return Withholding(
            gross,
            0,
            terms.version,
            Text(
                f"{terms.clause.zh}：{yuan}元不超过{free}元，不扣税",
                f"{terms.clause.en}: {yuan} up to {free}, no tax",
            ),
        )
    if gross <= terms.flat_up_to:
        base = 100 * (gross - terms.flat_deduction)
        income = f"({yuan}−{format_yuan(terms.flat_deduction)})"
    else:
        share = 100 - terms.share_deduction_percent
        base = share * gross
        income = f"{yuan}×{share}%"
    tax = _half_up(base * terms.counted_percent * terms.rate_percent, 100**3)
    sum_ = f"{income}×{terms.counted_percent}%×{terms.rate_percent}%＝{format_yuan(tax)}"
    return Withholding(
        gross, tax, terms.version, Text(f"{terms.clause.zh}：{sum_}元", f"{terms.clause.en}: {sum_} yuan")
    )


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
