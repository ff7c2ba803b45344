"""Expenditures 支出: requested, decided where they must be, signed, paid once (F1, F2, F3, F4, X7, X8).

    request ─▶ awaiting_resolution ── the standing council agrees ──▶ awaiting_signature ── signed ──▶ approved ─▶ paid
    request ─▶ awaiting_signature               (its claim needs no resolution)
    awaiting_resolution ── the council agrees to the president's own claim ──▶ approved
    awaiting_resolution ── the council does not agree ──▶ refused
    awaiting_signature ── the signer refuses ──▶ refused
    awaiting_resolution, awaiting_signature, approved ── its requester ──▶ withdrawn
    awaiting_signature, approved ── its resolution is revoked ──▶ awaiting_resolution

What an open request waits for follows from its claim and from who holds the posts on that day, so every step
takes the need of its own day. Amounts are fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.finance.ledger.rules import Chart, Entry, Means, Purpose
from services.finance.signers.rules import Claim, Need, Post, check_signature
from shared.errors import Refused
from shared.identity.duties import Bond, acted, own
from shared.money import format_yuan
from shared.text import Text

STANDING_COUNCIL = "standing-council"


_EXPENDITURE = Text("支出", "expenditure")


class State(StrEnum):
    AWAITING_RESOLUTION = "awaiting_resolution"
    AWAITING_SIGNATURE = "awaiting_signature"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.AWAITING_RESOLUTION: Text("待常务理事会决议", "Waits for a resolution"),
    State.AWAITING_SIGNATURE: Text("待签批", "Waits for a signature"),
    State.APPROVED: Text("已批准", "Approved"),
    State.PAID: Text("已支付", "Paid"),
    State.REFUSED: Text("未批准", "Refused"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
OPEN = frozenset({State.AWAITING_RESOLUTION, State.AWAITING_SIGNATURE})


@dataclass(frozen=True, slots=True)
class ExpenseKind:
    """A kind of expense 费用种类 and the account it is posted to, by version of the chart (F13)."""

    code: str
    label: Text
    accounts: Mapping[str, str]

    def account_in(self, chart: Chart) -> str:
        """The code of its account. Refused (F13) where none has been settled for that version of the chart."""
        if chart.version not in self.accounts:
            raise Refused(
                "F13",
                f"“{self.label.zh}”在现行会计科目表中尚未指定科目",
                f"No account is settled for {self.label.en.lower()} in the chart in force",
                code="kind-without-account",
            )
        return self.accounts[chart.version]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ExpenseKind":
        """The kind as one entry of ``kinds`` in data/expense_kinds.json gives it."""
        return cls(data["code"], Text(**data["label"]), data["accounts"])


@dataclass(frozen=True, slots=True)
class Resolution:
    """A decision on one expenditure, ``request``, as governance tells it: the body by its code, adopted or not.

    ``amount`` is the most that it allows. ``used_by`` is the expenditure it has served, None while unused; ``ended``
    says that it does not stand any more.
    """

    id: UUID
    body: str
    request: UUID
    amount: int
    adopted: bool
    used_by: UUID | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed 签批, for which post, by which rule and version of the bands (X4).

    It rests on ``resolution``, None where there was none, and stands no longer than that does (F4).
    """

    person: UUID
    post: Post
    on: date
    rule: str
    bands: str
    reason: Text
    resolution: UUID | None = None


@dataclass(frozen=True, slots=True)
class Expenditure:
    """What the rules need to know of a request to spend. ``rule`` settles what it needs, such as "F3".

    ``resolution`` is the id of the one it used, ``paid`` the fen paid, ``reason`` why it was refused or withdrawn.
    """

    id: UUID
    claim: Claim
    state: State
    rule: str
    resolution: UUID | None = None
    signatures: tuple[Signature, ...] = ()
    paid: int | None = None
    reason: str | None = None

    @property
    def signed_by(self) -> frozenset[UUID]:
        """Whose signatures stand: not those that rested on a resolution which has ended."""
        return frozenset(each.person for each in self.signatures if each.resolution == self.resolution)

    @property
    def whose(self) -> tuple[Bond, ...]:
        """Who neither signs, refuses nor pays it (X8): who requests or claims it, and who has signed it already."""
        return (
            own(_EXPENDITURE, self.claim.own, code="own-claim"),
            acted(_EXPENDITURE, Text("已签批", "signed before"), self.signed_by, code="already-signed"),
        )


def request(id: UUID, claim: Claim, need: Need) -> Expenditure:
    """A new request, waiting for the first thing it needs. Refused (X2): an amount that is not above zero."""
    _check_amount(claim.amount)
    return follow(Expenditure(id, claim, State.AWAITING_SIGNATURE, need.rule), need)


def follow(expenditure: Expenditure, need: Need) -> Expenditure:
    """An open request as it stands by the need of the day: posts may have changed hands. Others stay as they are."""
    if expenditure.state not in OPEN:
        return expenditure
    if need.resolution and expenditure.resolution is None:
        state = State.AWAITING_RESOLUTION
    elif need.post is None:
        state = State.APPROVED
    else:
        state = State.AWAITING_SIGNATURE
    return replace(expenditure, state=state, rule=need.rule)


def check_resolution(resolution: Resolution, expenditure: Expenditure) -> None:
    """Refuse (F4) a resolution that does not carry ``expenditure``.

    It was adopted, by the standing council, on that very request, for no less than its amount, stands, and is unused.
    """
    if resolution.body != STANDING_COUNCIL:
        raise Refused(
            "F4",
            "须为常务理事会的决议",
            "It takes a resolution of the standing council",
            code="resolution-of-another-body",
        )
    if not resolution.adopted:
        raise Refused("F4", "该决议未获通过", "The standing council did not adopt it", code="resolution-not-adopted")
    if resolution.ended:
        raise Refused("F4", "该决议已终止", "The resolution does not stand any more", code="resolution-ended")
    if resolution.used_by is not None:
        raise Refused(
            "F4", "该决议已经使用，一次有效", "The resolution was used; it serves once", code="resolution-used"
        )
    if resolution.request != expenditure.id:
        raise Refused(
            "F4", "该决议针对另一笔支出", "The resolution is about another expenditure", code="resolution-of-another"
        )
    if resolution.amount < expenditure.claim.amount:
        named, wanted = format_yuan(resolution.amount), format_yuan(expenditure.claim.amount)
        raise Refused(
            "F4",
            f"决议金额{named}元，不足以支出{wanted}元",
            f"The resolution names {named} yuan and does not carry {wanted}",
            code="resolution-amount",
        )


def use_resolution(expenditure: Expenditure, resolution: Resolution, need: Need) -> tuple[Expenditure, Resolution]:
    """The request with its resolution, and the resolution used up: awaiting the signature, or approved where the
    resolution stands for it. Refused (F4) by :func:`check_resolution`, and where none is waited for."""
    check_resolution(resolution, expenditure)
    _check_awaits_resolution(follow(expenditure, need))
    return (
        follow(replace(expenditure, resolution=resolution.id), need),
        replace(resolution, used_by=expenditure.id),
    )


def let_go(expenditure: Expenditure, resolution: UUID, need: Need) -> Expenditure:
    """The request without ``resolution``, which has ended: it waits for another, and signatures that rested on this
    one stand no more (F4, X7). What is paid or closed, or never rested on it, stays as it is."""
    if expenditure.resolution != resolution or expenditure.state not in OPEN | {State.APPROVED}:
        return expenditure
    return follow(replace(expenditure, state=State.AWAITING_RESOLUTION, resolution=None), need)


def turn_down(expenditure: Expenditure, resolution: Resolution, need: Need, reason: str) -> Expenditure:
    """The request refused because the standing council did not adopt ``resolution`` on it (F4).

    Refused (F4): one that was adopted or is about another, and where none is waited for.
    """
    if resolution.adopted or resolution.body != STANDING_COUNCIL or resolution.request != expenditure.id:
        raise Refused(
            "F4",
            "常务理事会并未否决该笔支出",
            "The standing council did not reject this expenditure",
            code="resolution-not-rejecting",
        )
    _check_awaits_resolution(follow(expenditure, need))
    return replace(expenditure, state=State.REFUSED, reason=_needed(reason))


def sign(expenditure: Expenditure, person: UUID, need: Need) -> Expenditure:
    """The request signed by ``person`` and so approved. Refused by :func:`check_signature` for the need of the
    day, and where no signature is waited for. ``whose`` it is, is asked before (X8)."""
    _check_signer(expenditure, person, need)
    if need.post is None:
        raise ValueError("a need without a post is met by its resolution")
    resting_on = expenditure.resolution
    signature = Signature(person, need.post, need.on, need.rule, need.bands, need.reason, resting_on)
    return replace(expenditure, state=State.APPROVED, rule=need.rule, signatures=(*expenditure.signatures, signature))


def refuse(expenditure: Expenditure, person: UUID, need: Need, reason: str) -> Expenditure:
    """The request refused by the person who might have signed it. Refused as :func:`sign`, and without a reason."""
    _check_signer(expenditure, person, need)
    return replace(expenditure, state=State.REFUSED, rule=need.rule, reason=_needed(reason))


def withdraw(expenditure: Expenditure, person: UUID, reason: str) -> Expenditure:
    """The request taken back by its requester or claimant before it is paid; it stays on file (X7).

    Refused (X8): anybody else. Refused (X7): once paid, refused or withdrawn, and without a reason.
    """
    if person not in expenditure.claim.own:
        raise Refused(
            "X8", "只能由经办人或报销人撤回", "Its requester or claimant withdraws it", code="not-the-requester"
        )
    if expenditure.state not in OPEN | {State.APPROVED}:
        raise Refused(
            "X7",
            f"该笔支出{expenditure.state.label.zh}，不能撤回",
            f"This expenditure cannot be withdrawn ({expenditure.state.label.en.lower()})",
            code="not-withdrawable",
        )
    return replace(expenditure, state=State.WITHDRAWN, reason=_needed(reason))


def pay(expenditure: Expenditure, amount: int) -> Expenditure:
    """The request paid, once and for good, with ``amount`` or less than was approved.

    Refused (X2): nothing to pay. Refused by the rule of its approval: paid before, not approved, more than the
    amount approved.
    """
    _check_amount(amount)
    if expenditure.state is State.PAID:
        raise Refused(expenditure.rule, "该笔支出已经支付", "This expenditure has been paid", code="already-paid")
    if expenditure.state is not State.APPROVED:
        raise Refused(
            expenditure.rule,
            f"该笔支出{expenditure.state.label.zh}，未经批准不得支付",
            f"Nothing is paid without approval ({expenditure.state.label.en.lower()})",
            code="not-approved",
        )
    if amount > expenditure.claim.amount:
        approved = format_yuan(expenditure.claim.amount)
        raise Refused(
            expenditure.rule,
            f"支付金额不得超过批准的{approved}元",
            f"No more than the {approved} yuan approved may be paid",
            code="over-approved",
            field="amount",
        )
    return replace(expenditure, state=State.PAID, paid=amount)


def payment_entries(amount: int, kind: ExpenseKind, chart: Chart, means: Means = Purpose.BANK) -> tuple[Entry, ...]:
    """What a payment of ``amount`` posts (F7, F13): the expense against the bank, or against cash."""
    return (
        Entry(kind.account_in(chart), debit=amount),
        Entry(chart.account_for(means), credit=amount),
    )


def _check_signer(expenditure: Expenditure, person: UUID, need: Need) -> None:
    if expenditure.state not in OPEN:
        raise Refused(
            expenditure.rule,
            f"该笔支出{expenditure.state.label.zh}，不在签批中",
            f"This expenditure waits for no signature ({expenditure.state.label.en.lower()})",
            code="not-awaiting-signature",
        )
    check_signature(need, person, resolved=expenditure.resolution is not None)


def _check_awaits_resolution(expenditure: Expenditure) -> None:
    if expenditure.state is not State.AWAITING_RESOLUTION:
        raise Refused(
            "F4",
            f"该笔支出{expenditure.state.label.zh}，不需要决议",
            f"This expenditure waits for no resolution ({expenditure.state.label.en.lower()})",
            code="not-awaiting-resolution",
        )


def _check_amount(amount: int) -> None:
    if amount <= 0:
        raise Refused("X2", "金额须大于零", "The amount must be more than zero", code="amount", field="amount")


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refused("X7", "须说明理由", "Say why", code="reason-needed", field="reason")
    return reason.strip()
