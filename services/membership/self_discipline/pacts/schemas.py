"""What comes in and goes out about the pact."""

from shared.api import fields as f


class PactIn(f.Schema):
    title = f.String("标题", "Title", required=True, min_length=1, max_length=200)
    text = f.String("公约正文", "Text of the pact", required=True, min_length=1, max_length=50_000)
    adopted_on = f.Date("通过日期", "Adopted on", required=True)
    effective_from = f.Date("施行日期", "In force from", required=True)


class PactOut(f.Schema):
    id = f.UUID("编号", "Id")
    title = f.String("标题", "Title")
    text = f.String("公约正文", "Text of the pact")
    adopted_on = f.Date("通过日期", "Adopted on")
    effective_from = f.Date("施行日期", "In force from")
    recorded_at = f.Moment("登记时间", "Recorded at")


class SignatureIn(f.Schema):
    """A unit's signature; without a person that of whoever asks."""

    pact_id = f.UUID("公约", "Pact", required=True)
    person_id = f.UUID("签署人（默认本人）", "Who signs (oneself)", load_default=None, allow_none=True)
    signed_on = f.Date("签署日期（默认今天）", "Signed on (today)", load_default=None, allow_none=True)


class WithdrawalIn(f.Schema):
    withdrawn_on = f.Date("撤回日期（默认今天）", "Withdrawn on (today)", load_default=None, allow_none=True)
    reason = f.String("理由", "Reason", required=True, min_length=1, max_length=500)


class SignatureQuery(f.Schema):
    pact_id = f.UUID("公约", "Pact", load_default=None, allow_none=True)
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    withdrawn = f.Boolean("含已撤回的", "With those withdrawn", load_default=False)


class SignatureOut(f.Schema):
    id = f.UUID("编号", "Id")
    pact_id = f.UUID("公约", "Pact")
    unit_id = f.UUID("单位", "Unit")
    person_id = f.UUID("签署人", "Signed by")
    signed_on = f.Date("签署日期", "Signed on")
    withdrawn_on = f.Date("撤回日期", "Withdrawn on", allow_none=True)
    withdrawal_reason = f.String("撤回理由", "Reason of the withdrawal", allow_none=True)
