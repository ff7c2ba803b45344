"""What a resolution carries for others to act on, and what it must keep to (M3, F4, X2, X7). Amounts are fen.

A dues standard is what membership invoices by, a limit is what finance may spend on one expenditure, a revocation
takes an earlier resolution back. More kinds can join: a standing resolution on repeated payments (F4) is one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.governance import reasons
from services.governance.matters.rules import Matter, PayloadKind, check_subject
from shared.effective import in_force
from shared.errors import Refused
from shared.text import Text

DUES_TERMS = Text("会费标准的规定", "terms for dues standards")


class TierAmount(NamedTuple):
    """The yearly dues of one tier 档次, in fen; ``tier`` is its code."""

    tier: str
    amount: int


@dataclass(frozen=True, slots=True)
class DuesStandard:
    """会费标准: a fixed amount per tier from ``effective_from`` on (M3)."""

    amounts: tuple[TierAmount, ...]
    effective_from: date


@dataclass(frozen=True, slots=True)
class SpendingLimit:
    """The most that may be spent on the one expenditure that the resolution is about, in fen (F4)."""

    amount: int


@dataclass(frozen=True, slots=True)
class Revocation:
    """Takes back the resolution of that id, which was on the same matter (X7)."""

    resolution: UUID
    reason: str


Payload = DuesStandard | SpendingLimit | Revocation

_WANTED: dict[PayloadKind, type[DuesStandard] | type[SpendingLimit]] = {
    PayloadKind.DUES_STANDARD: DuesStandard,
    PayloadKind.EXPENDITURE: SpendingLimit,
}


@dataclass(frozen=True, slots=True)
class DuesTerms:
    """One version of what a dues standard keeps to (X4): the ``tiers`` there are, by code, and how many it sets."""

    version: UUID
    tiers: Collection[str]
    tiers_at_most: int
    in_force_from: date | None = None

    @property
    def effective_from(self) -> date:
        return self.in_force_from or date.min


def check_payload(
    matter: Matter, payload: Payload | None, subject: UUID | None, dues_terms: Iterable[DuesTerms], day: date
) -> None:
    """Refuse what a resolution of ``day`` on ``matter`` can't carry.

    ``subject`` is what it is about, such as the expenditure. A revocation may stand in place of what the matter
    asks for. Refused (G1): a payload of another kind, or missing. Refused (F4, M1): no subject where the matter wants
    one. Refused (F4): a limit that is not above zero. Refused (X7): a revocation without a reason, or with a subject
    beside the resolution it names.
    Refused (M3): as :func:`check_dues_standard`.
    """
    if isinstance(payload, Revocation):
        reasons.given(payload.reason)
        _check_without_subject(subject)
        return
    wanted = _WANTED.get(matter.payload)
    if type(payload) is not (wanted or type(None)):
        raise Refused(
            "G1",
            f"“{matter.label.zh}”的决议须带内容：{matter.payload.label.zh}",
            f"A resolution on this matter carries: {matter.payload.label.en.lower()} ({matter.label.en})",
            code="payload",
            field="payload",
        )
    check_subject(matter, subject)
    if isinstance(payload, DuesStandard):
        check_dues_standard(payload, in_force(dues_terms, day, DUES_TERMS), day)
    if isinstance(payload, SpendingLimit):
        _check_limit(payload)


def check_dues_standard(standard: DuesStandard, terms: DuesTerms, day: date) -> None:
    """Refuse (M3) a dues standard, resolved on ``day``, that can't be.

    No tier or more than ``terms`` allow, a tier named twice or unknown, an amount that is not above zero, one that
    is in force before it was resolved.
    """
    tiers = [each.tier for each in standard.amounts]
    if not 0 < len(tiers) <= terms.tiers_at_most:
        raise Refused(
            "M3",
            f"会费标准须设1至{terms.tiers_at_most}档",
            f"A dues standard sets 1 to {terms.tiers_at_most} tiers",
            code="dues-tiers",
            field="payload",
        )
    if len(set(tiers)) < len(tiers):
        raise Refused("M3", "同一档次只能定一个金额", "A tier has one amount", code="dues-tier-twice", field="payload")
    if not set(tiers) <= set(terms.tiers):
        raise Refused("M3", "没有这一会员层级", "There is no such tier", code="dues-tier-unknown", field="payload")
    if any(not _positive(each.amount) for each in standard.amounts):
        raise Refused(
            "M3",
            "会费金额须明确且大于零",
            "Dues are fixed amounts above zero",
            code="dues-amount",
            field="payload",
        )
    if standard.effective_from < day:
        raise Refused(
            "M3",
            f"会费标准不得早于决议之日（{day.isoformat()}）施行",
            f"A dues standard is not in force before it is resolved ({day.isoformat()})",
            code="dues-backdated",
            field="payload",
        )


def as_kept(payload: Payload | None) -> dict[str, Any] | None:
    """``payload`` for a JSON column: its "kind" and its fields, amounts in fen."""
    match payload:
        case None:
            return None
        case DuesStandard(amounts, effective_from):
            tiers = [{"tier": tier, "amount": amount} for tier, amount in amounts]
            return {"kind": "dues_standard", "amounts": tiers, "effective_from": effective_from.isoformat()}
        case SpendingLimit(amount):
            return {"kind": "expenditure", "amount": amount}
        case Revocation(resolution, reason):
            return {"kind": "revocation", "resolution": str(resolution), "reason": reason}


def from_kept(kept: Mapping[str, Any] | None) -> Payload | None:
    """The payload as a JSON column keeps it."""
    if kept is None:
        return None
    match kept["kind"]:
        case "dues_standard":
            tiers = tuple(TierAmount(each["tier"], each["amount"]) for each in kept["amounts"])
            return DuesStandard(tiers, date.fromisoformat(kept["effective_from"]))
        case "expenditure":
            return SpendingLimit(kept["amount"])
        case "revocation":
            return Revocation(UUID(kept["resolution"]), kept["reason"])
    raise ValueError(f"no payload is of the kind {kept['kind']!r}")


def _check_limit(limit: SpendingLimit) -> None:
    if not _positive(limit.amount):
        raise Refused("F4", "限额须大于零", "A limit is above zero", code="limit", field="payload")


def _check_without_subject(subject: UUID | None) -> None:
    # Whoever waits for a decision on the subject would take a failed revocation for one.
    if subject is not None:
        raise Refused(
            "X7",
            "撤销决议的议案只针对所撤销的决议，不另写对象",
            "A motion to revoke is about the resolution it names and nothing else",
            code="subject-unwanted",
            field="subject_id",
        )


def _positive(fen: int) -> bool:
    # A bool is an int to Python; fen are whole.
    return type(fen) is int and fen > 0
