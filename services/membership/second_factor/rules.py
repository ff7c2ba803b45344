"""Second factors 双重验证: time-based codes (RFC 6238), recovery codes, and who cannot do without (M11)."""

import base64
import hmac
import re
import unicodedata
from collections.abc import Collection
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from shared.errors import Refused, Unauthenticated

DIGITS, STEP = 6, 30
"""What every authenticator app takes: six digits, new ones every 30 seconds."""
DRIFT = 1
"""How many steps a device's clock may be off, either way."""
KEY_LENGTH = 20
RECOVERY_CODES = 10
ISSUER = "山西省通信行业协会"

_CODE = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)


def normalise(code: str) -> str:
    """A code as it is compared: full-width digits, gaps and hyphens are how it was typed, and so are small letters."""
    return "".join(c for c in unicodedata.normalize("NFKC", code).upper() if not c.isspace() and c != "-")


def timed(code: str) -> bool:
    """Whether a normalised code has the form of those that a device shows."""
    return _CODE.fullmatch(code) is not None


def _totp(key: bytes) -> TOTP:
    return TOTP(key, DIGITS, SHA1(), STEP)


def accepted_step(key: bytes, code: str, moment: datetime, last_step: int | None) -> int | None:
    """The time step that a normalised code belongs to, now or one step off; None where it is wrong, or where a code of
    that step or a later one was accepted before (``last_step``): each counts once."""
    totp, now = _totp(key), int(moment.timestamp()) // STEP
    steps = range(now - DRIFT, now + DRIFT + 1)
    right = [step for step in steps if hmac.compare_digest(totp.generate(step * STEP), code.encode())]
    return next((step for step in right if last_step is None or step > last_step), None)


def shown_key(key: bytes) -> str:
    """The key as it is typed into a device that cannot read QR codes."""
    return base64.b32encode(key).decode()


def key_of(shown: str) -> bytes:
    return base64.b32decode(shown)


def enrolment_uri(key: bytes, username: str) -> str:
    """What a device reads from the QR code: an ``otpauth`` address with the key in it."""
    return _totp(key).get_provisioning_uri(username, ISSUER)


def must_enrol(roles: Collection[str], signing: Collection[str], *, signers: bool, enrolled: bool) -> bool:
    """Whether somebody has to enrol a factor before they can do anything else: where ``signers`` need one, those with
    a role of ``signing`` (M11)."""
    return signers and not enrolled and not frozenset(roles).isdisjoint(signing)


def check_not_lacking(lacking: bool) -> None:
    """Refuse every other act to somebody who has to enrol a factor first (M11)."""
    if lacking:
        raise Refused("M11", "请先设置双重验证", "Enrol a second factor first", code="second-factor-enrolment-required")


def code_needed() -> Unauthenticated:
    """What somebody is told whose password is right and who gave no code."""
    return Unauthenticated("请输入动态码或恢复码", "Give a code as well", code="second-factor-needed", rule="M11")


def wrong_proof() -> Refused:
    """What somebody signed in is told whose password or code is wrong: not which."""
    return Refused("M11", "密码或动态码不正确", "The password or the code is wrong", code="wrong-proof", field="code")


def wrong_code() -> Refused:
    """What somebody is told whose device does not show what it should."""
    return Refused("M11", "动态码不正确", "The code is wrong", code="wrong-code", field="code")


def check_not_enrolled(confirmed: bool) -> None:
    """Refuse a second factor beside the one that holds: remove that first (M11)."""
    if confirmed:
        raise Refused(
            "M11", "已设置双重验证，请先移除", "There is a second factor: remove it first", code="second-factor-there"
        )


def check_pending(pending: bool) -> None:
    """Refuse to confirm what was not begun, or is confirmed (M11)."""
    if not pending:
        raise Refused("M11", "没有待确认的双重验证", "There is no enrolment to confirm", code="no-enrolment")


def check_enrolled(confirmed: bool) -> None:
    """Refuse to remove what is not there (M11)."""
    if not confirmed:
        raise Refused("M11", "未设置双重验证", "There is no second factor", code="no-second-factor")
