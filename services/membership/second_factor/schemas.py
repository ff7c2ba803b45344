"""What comes in and goes out about second factors."""

from shared.api import fields as f


class EnrolmentOut(f.Schema):
    """What a device needs to show codes: shown here and never again."""

    secret = f.String("密钥（只显示这一次）", "Key (shown this once)")
    uri = f.String("设置地址", "Address for the device")
    qr_svg = f.String("二维码（SVG）", "QR code (SVG)")


class EnrolmentIn(f.Schema):
    """The password once more: whoever finds a session open must not lock its owner out."""

    password = f.String("密码", "Password", required=True, max_length=500)


class CodeIn(f.Schema):
    code = f.String("动态码", "Code", required=True, max_length=40)


class ProofIn(f.Schema):
    password = f.String("密码", "Password", required=True, max_length=500)
    code = f.String("动态码或恢复码", "Code or recovery code", required=True, min_length=1, max_length=40)


class RecoveryCodesOut(f.Schema):
    """Codes to be kept on paper, each good for one sign-in: shown here and never again."""

    recovery_codes = f.List("恢复码（只显示这一次）", "Recovery codes (shown this once)", f.String("恢复码", "Code"))


class FactorOut(f.Schema):
    confirmed = f.Boolean("已启用", "In use")
    confirmed_at = f.Moment("启用时间", "In use since", allow_none=True)
    recovery_codes_left = f.Integer("剩余恢复码", "Recovery codes left")
