"""What comes in and goes out of what a resolution carries."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from services.governance.payloads.rules import DuesStandard, Payload, Revocation, SpendingLimit, TierAmount
from shared.api import fields as f
from shared.text import Text

KINDS = {
    "dues_standard": Text("会费标准", "A dues standard"),
    "expenditure": Text("支出限额", "A limit to spend"),
    "revocation": Text("撤销决议", "A revocation"),
}

_SHAPES = ({"amounts", "effective_from"}, {"limit"}, {"revokes", "reason"})


class TierAmountField(f.Schema):
    tier = f.String("会员层级", "Tier", required=True, max_length=50)
    amount = f.Money("年会费（元）", "Dues a year, yuan", required=True)


class PayloadIn(f.Schema):
    """One of three: a dues standard (amounts and effective_from, M3), a limit to spend on the subject (F4), or a
    resolution to revoke and why (X7)."""

    amounts = f.List("各层级会费", "Dues by tier", f.Nested("会费", "Dues", TierAmountField))
    effective_from = f.Date("施行日期", "In force from")
    limit = f.Money("限额（元）", "Limit, yuan")
    revokes = f.UUID("所撤销的决议", "Resolution to revoke")
    reason = f.String("撤销理由", "Why it is revoked")

    @validates_schema
    def _of_one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if set(data) not in _SHAPES:
            raise ValidationError(
                "须为会费标准（amounts、effective_from）、限额（limit）或撤销（revokes、reason）之一 / "
                "Give amounts and effective_from, or limit, or revokes and reason"
            )


class PayloadOut(f.Schema):
    """What a resolution carries; the fields of its kind are there, the others null."""

    kind = f.Choice("种类", "Kind", KINDS)
    amounts = f.List("各层级会费", "Dues by tier", f.Nested("会费", "Dues", TierAmountField), allow_none=True)
    effective_from = f.Date("施行日期", "In force from", allow_none=True)
    limit = f.Money("限额（元）", "Limit, yuan", allow_none=True)
    revokes = f.UUID("所撤销的决议", "Resolution revoked", allow_none=True)
    reason = f.String("撤销理由", "Why it is revoked", allow_none=True)


def read(given: dict[str, Any] | None) -> Payload | None:
    """The payload that :class:`PayloadIn` read."""
    if given is None:
        return None
    if "limit" in given:
        return SpendingLimit(given["limit"])
    if "revokes" in given:
        return Revocation(given["revokes"], given["reason"])
    return DuesStandard(tuple(TierAmount(**each) for each in given["amounts"]), given["effective_from"])


def shown(payload: Payload | None) -> dict[str, Any] | None:
    """``payload`` as :class:`PayloadOut` shows it."""
    empty = dict.fromkeys(("amounts", "effective_from", "limit", "revokes", "reason"))
    match payload:
        case None:
            return None
        case DuesStandard(amounts, effective_from):
            return {**empty, "kind": "dues_standard", "amounts": amounts, "effective_from": effective_from}
        case SpendingLimit(amount):
            return {**empty, "kind": "expenditure", "limit": amount}
        case Revocation(resolution, reason):
            return {**empty, "kind": "revocation", "revokes": resolution, "reason": reason}
