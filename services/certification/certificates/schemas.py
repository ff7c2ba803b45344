"""What comes in and goes out about certificates."""

from services.certification.vocabulary import (
    LEVEL_NAMES,
    OCCUPATION_NAMES,
    OCCUPATIONS,
    VALIDITIES,
    WORK_TYPE_NAMES,
    WORK_TYPES,
)
from shared.api import fields as f


class CertificateQuery(f.Schema):
    batch_id = f.UUID("批次", "Batch", load_default=None, allow_none=True)
    level = f.Integer("等级", "Level", load_default=None, allow_none=True)


class CertificateLine(f.Schema):
    """A certificate in a list."""

    number = f.String("证书编号", "Certificate number")
    batch_id = f.UUID("批次", "Batch")
    candidate_id = f.UUID("考生", "Candidate")
    name = f.String("姓名", "Name", attribute="candidate.name")
    occupation = f.Choice("职业", "Occupation", OCCUPATIONS, attribute="candidate.occupation")
    work_type = f.Choice("工种", "Work type", WORK_TYPES, attribute="candidate.work_type", allow_none=True)
    level = f.Integer("等级", "Level")
    issued_on = f.Date("发证日期", "Issued on")
    validity = f.Choice("效力", "Validity", VALIDITIES)


class CertificateOut(CertificateLine):
    """A certificate, whole. ``check_url`` is what its QR code holds."""

    check_url = f.String("查验地址", "Address of the check")
    pattern = f.String("编号规则版本", "Version of the numbering")
    revoked_on = f.Date("注销日期", "Revoked on", allow_none=True)
    revocation_reason = f.String("注销理由", "Why it was revoked", allow_none=True)


class CheckQuery(f.Schema):
    """A certificate number as typed, and what opens the name: the code's token, or the name itself."""

    number = f.String("证书编号", "Certificate number", required=True, max_length=60)
    token = f.String("二维码校验码", "Token of the QR code", load_default=None, allow_none=True)
    name = f.String("姓名", "Name", load_default=None, allow_none=True, max_length=100)


class CheckOut(f.Schema):
    """What the public may know of a certificate. The last three are told to whoever holds it or knows the name."""

    number = f.String("证书编号", "Certificate number")
    validity = f.Choice("证书状态", "Validity", VALIDITIES)
    occupation = f.Choice("职业名称", "Occupation", OCCUPATION_NAMES)
    level = f.Choice("技能等级", "Level", LEVEL_NAMES)
    name_matches = f.Boolean("姓名相符", "The name matches", allow_none=True)
    name = f.String("姓名", "Name", allow_none=True)
    work_type = f.Choice("工种", "Work type", WORK_TYPE_NAMES, allow_none=True)
    issued_on = f.Date("发证日期", "Issued on", allow_none=True)


class RevocationIn(f.Schema):
    reason = f.String("注销理由", "Reason", required=True, max_length=2000)


class RevokedOut(f.Schema):
    """A certificate just revoked, to whoever did it."""

    number = f.String("证书编号", "Certificate number")
    validity = f.Choice("效力", "Validity", VALIDITIES)
    revoked_on = f.Date("注销日期", "Revoked on")
    revocation_reason = f.String("注销理由", "Why it was revoked")


class RevocationOut(f.Schema):
    """A certificate that no longer holds; why is not for the public."""

    number = f.String("证书编号", "Certificate number")
    occupation = f.Choice("职业名称", "Occupation", OCCUPATION_NAMES, attribute="names.occupation.zh")
    level = f.Choice("技能等级", "Level", LEVEL_NAMES, attribute="names.level.zh")
    revoked_on = f.Date("注销日期", "Revoked on")
