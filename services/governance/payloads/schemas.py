"""What comes in and goes out of what a resolution carries."""

from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from services.governance.payloads.rules import (
    DuesStandard,
    Joining,
    Leaving,
    Payload,
    Revocation,
    SpendingLimit,
    TierAmount,
    Waiver,
)
from shared.api import fields as f
from shared.text import Text

KINDS = {
    "dues_standard": Text("会费标准", "A dues standard"),
    "expenditure": Text("支出限额", "A limit to spend"),
    "revocation": Text("撤销决议", "A revocation"),
}

JOININGS = {joining.value: joining.label for joining in Joining}
LEAVINGS = {leaving.value: leaving.label for leaving in Leaving}

_SHAPES = ({"amounts", "effective_from"}, {"limit"}, {"revokes", "reason"})
_OF_DUES = {"joining", "leaving", "waivers"}
"""What a dues standard may say besides."""


class TierAmountField(f.Schema):
    tier = f.String("会员层级", "Tier", required=True, max_length=50)
    amount = f.Money("年会费（元）", "Dues a year, yuan", required=True)


class WaiverField(f.Schema):
    """Whom the assembly lets off, and why: a tier or one unit, for one year or for as long as the standard holds. A
    resolution is for every member to read (G4), and so is whom it names."""

    tier = f.String("减免的会员层级", "Tier let off", load_default=None, allow_none=True, max_length=50)
    unit = f.UUID("减免的单位", "Unit let off", load_default=None, allow_none=True)
    year = f.Integer(
        "减免的年度（默认一直）", "Year (all)", load_default=None, allow_none=True, validate=validate.Range(2000, 2999)
    )
    reason = f.String("减免理由", "Why", required=True)


class PayloadIn(f.Schema):
    """One of three: a dues standard (amounts and effective_from, and where the assembly says so joining, leaving and
    waivers, M3), a limit to spend on the subject (F4), or a resolution to revoke and why (X7)."""

    amounts = f.List("各层级会费", "Dues by tier", f.Nested("会费", "Dues", TierAmountField))
    effective_from = f.Date("施行日期", "In force from")
    joining = f.Choice("入会当年会费（默认全年）", "Dues of the year of admission (the whole)", JOININGS)
    leaving = f.Choice("退会当年会费（默认不退）", "Dues of the year of leaving (nothing back)", LEAVINGS)
    waivers = f.List("减免", "Waivers", f.Nested("减免", "Waiver", WaiverField), validate=validate.Length(max=1000))
    limit = f.Money("限额（元）", "Limit, yuan")
    revokes = f.UUID("所撤销的决议", "Resolution to revoke")
    reason = f.String("撤销理由", "Why it is revoked")

    @validates_schema
    def _of_one_kind(self, data: dict[str, Any], **_: Any) -> None:
        shape = set(data)
        if "amounts" in shape:
            shape -= _OF_DUES
        if shape not in _SHAPES:
            raise ValidationError(
                "须为会费标准（amounts、effective_from）、限额（limit）或撤销（revokes、reason）之一 / "
                "Give amounts and effective_from, or limit, or revokes and reason"
            )


class PayloadOut(f.Schema):
    """What a resolution carries; the fields of its kind are there, the others null."""

    kind = f.Choice("种类", "Kind", KINDS)
    amounts = f.List("各层级会费", "Dues by tier", f.Nested("会费", "Dues", TierAmountField), allow_none=True)
    effective_from = f.Date("施行日期", "In force from", allow_none=True)
    joining = f.Choice("入会当年会费", "Dues of the year of admission", JOININGS, allow_none=True)
    leaving = f.Choice("退会当年会费", "Dues of the year of leaving", LEAVINGS, allow_none=True)
    waivers = f.List("减免", "Waivers", f.Nested("减免", "Waiver", WaiverField), allow_none=True)
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
    return DuesStandard(
        amounts=tuple(TierAmount(**each) for each in given["amounts"]),
        effective_from=given["effective_from"],
        joining=Joining(given.get("joining", Joining.WHOLE_YEAR)),
        leaving=Leaving(given.get("leaving", Leaving.NOTHING_BACK)),
        waivers=tuple(Waiver(**each) for each in given.get("waivers", ())),
    )


def shown(payload: Payload | None) -> dict[str, Any] | None:
    """``payload`` as :class:`PayloadOut` shows it."""
    empty = dict.fromkeys(field for field in PayloadOut._declared_fields if field != "kind")
    match payload:
        case None:
            return None
        case DuesStandard(amounts, effective_from, joining, leaving, waivers):
            said = {"amounts": amounts, "joining": joining, "leaving": leaving, "waivers": waivers}
            return {**empty, "kind": "dues_standard", **said, "effective_from": effective_from}
        case SpendingLimit(amount):
            return {**empty, "kind": "expenditure", "limit": amount}
        case Revocation(resolution, reason):
            return {**empty, "kind": "revocation", "revokes": resolution, "reason": reason}
