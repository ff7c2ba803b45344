"""What a resolution carries for others to act on, and what it must keep to (M3, F4, X2, X7). Amounts are fen.

A dues standard is what membership invoices by, a limit is what finance may spend on one expenditure, a revocation
takes an earlier resolution back. More kinds can join: a standing resolution on repeated payments (F4) is one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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


class Joining(StrEnum):
    """What a unit owes for the year in which it is admitted 入会当年会费; each says for which months (M3)."""

    WHOLE_YEAR = "whole_year"
    BY_MONTH = "by_month"
    BY_HALF_YEAR = "by_half_year"
    NOTHING = "nothing"

    @property
    def label(self) -> Text:
        return _JOININGS[self]


_JOININGS = {
    Joining.WHOLE_YEAR: Text("按全年缴纳", "The whole year"),
    Joining.BY_MONTH: Text("自入会当月起按月缴纳", "By month, from the month of admission"),
    Joining.BY_HALF_YEAR: Text("下半年入会的缴纳半年", "Half of it where admitted in the second half of the year"),
    Joining.NOTHING: Text("入会当年免缴", "Nothing in the year of admission"),
}


class Leaving(StrEnum):
    """What a unit owes for the year in which it leaves 退会当年会费; what was invoiced before that stays (M3)."""

    NOTHING_BACK = "nothing_back"
    BY_MONTH = "by_month"

    @property
    def label(self) -> Text:
        return _LEAVINGS[self]


_LEAVINGS = {
    Leaving.NOTHING_BACK: Text("已缴会费不予退还", "Nothing is given back"),
    Leaving.BY_MONTH: Text("按月缴至退会当月，已开具的相应核减", "By month, through its last; invoices are reduced"),
}


class Waiver(NamedTuple):
    """Whom the assembly lets off 减免: a tier, or one unit by its id; for one year, None for as long as the standard
    holds. ``reason`` is for the minutes."""

    tier: str | None
    unit: UUID | None
    year: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class DuesStandard:
    """会费标准: a fixed amount per tier from ``effective_from`` on, and all there is of proration and waiver (M3)."""

    amounts: tuple[TierAmount, ...]
    effective_from: date
    joining: Joining = Joining.WHOLE_YEAR
    leaving: Leaving = Leaving.NOTHING_BACK
    waivers: tuple[Waiver, ...] = ()


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
    is in force before it was resolved, a waiver as :func:`_check_waivers` says.
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
    _check_waivers(standard, terms)


def _check_waivers(standard: DuesStandard, terms: DuesTerms) -> None:
    """Refuse (M3) a waiver that is not of one tier or one unit, of a tier that there is not, without a reason, for a
    year that the standard does not reach, or twice."""
    for waiver in standard.waivers:
        if (waiver.tier is None) == (waiver.unit is None):
            raise Refused(
                "M3",
                "减免须针对一个层级或一家单位",
                "A waiver is for one tier or for one unit",
                code="waiver-whose",
                field="payload",
            )
        if waiver.tier is not None and waiver.tier not in terms.tiers:
            raise Refused("M3", "没有这一会员层级", "There is no such tier", code="dues-tier-unknown", field="payload")
        if waiver.year is not None and waiver.year < standard.effective_from.year:
            raise Refused(
                "M3",
                f"会费标准{standard.effective_from.isoformat()}起施行，不能减免{waiver.year}年会费",
                f"The standard is in force from {standard.effective_from.isoformat()}; it waives nothing of "
                f"{waiver.year}",
                code="waiver-year",
                field="payload",
            )
        reasons.given(waiver.reason, rule="M3")
    named = [(waiver.tier, waiver.unit, waiver.year) for waiver in standard.waivers]
    if len(set(named)) < len(named):
        raise Refused("M3", "同一减免只写一次", "A waiver is stated once", code="waiver-twice", field="payload")


def as_kept(payload: Payload | None) -> dict[str, Any] | None:
    """``payload`` for a JSON column: its "kind" and its fields, amounts in fen."""
    match payload:
        case None:
            return None
        case DuesStandard(amounts, effective_from, joining, leaving, waivers):
            return {
                "kind": "dues_standard",
                "amounts": [{"tier": tier, "amount": amount} for tier, amount in amounts],
                "effective_from": effective_from.isoformat(),
                "joining": joining.value,
                "leaving": leaving.value,
                "waivers": [
                    {**waiver._asdict(), "unit": str(waiver.unit) if waiver.unit else None} for waiver in waivers
                ],
            }
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
            # Of those resolved before there was proration or waiver, the defaults hold.
            return DuesStandard(
                amounts=tuple(TierAmount(each["tier"], each["amount"]) for each in kept["amounts"]),
                effective_from=date.fromisoformat(kept["effective_from"]),
                joining=Joining(kept.get("joining", Joining.WHOLE_YEAR)),
                leaving=Leaving(kept.get("leaving", Leaving.NOTHING_BACK)),
                waivers=tuple(
                    Waiver(each["tier"], UUID(each["unit"]) if each["unit"] else None, each["year"], each["reason"])
                    for each in kept.get("waivers", ())
                ),
            )
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
