"""Accounts 账号: user names, passwords, one-time secrets and roles (M11). No message repeats a password."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, own
from shared.text import Text

MIN_LENGTH, MAX_LENGTH, MIN_DIFFERENT = 10, 128, 4
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")
# What the system itself is called in tokens and audit rows.
_RESERVED = frozenset({"anonymous", "system"})

ADMINISTRATOR = "administrator"
ONE_TIME_LIFETIME = timedelta(days=7)
"""How long a one-time secret waits for its exchange."""


def comparable_username(text: str) -> str:
    """``text`` as user names are compared, whether it could be one or not."""
    return unicodedata.normalize("NFKC", text).lower()


def username(text: str) -> str:
    """The user name as it is kept and compared: 3 to 32 of a–z, 0–9, dot, underscore, hyphen, a letter first.

    Capitals and full-width letters, which a Chinese keyboard easily produces, are read as the plain ones.
    A user name is no person's name (X5). Refused: anything else, and the names the system uses for itself.
    """
    name = comparable_username(text)
    if not _USERNAME.fullmatch(name):
        raise Refused(
            "M11",
            "用户名为3至32位小写字母、数字、点、下划线或连字符，以字母开头",
            "A user name has 3 to 32 small letters, digits, dots, underscores or hyphens, a letter first",
            code="username",
            field="username",
        )
    if name in _RESERVED:
        raise Refused(
            "M11",
            "该用户名由系统保留",
            "The system keeps this user name for itself",
            code="username-reserved",
            field="username",
        )
    return name


def normalise_password(text: str) -> str:
    """The form in which a password is hashed and checked (NFKC), so that every keyboard gives the same."""
    return unicodedata.normalize("NFKC", text)


def new_password(text: str, *, username: str, common: Collection[str]) -> str:
    """The normalised form of an acceptable new password, to be hashed (M11).

    10 to 128 characters, as typed and as normalised (one character may become many), none of them a control
    or a lone surrogate; at least four different ones; not holding the user name, not in ``common``
    (data/common_passwords.json, in small letters), capitals and small letters being the same for both.
    Neither digits nor signs are demanded: length is what makes a password hard to guess.
    """
    password = normalise_password(text)
    folded = password.casefold()
    if min(len(text), len(password)) < MIN_LENGTH or max(len(text), len(password)) > MAX_LENGTH:
        raise _refused_password(
            f"密码须为{MIN_LENGTH}至{MAX_LENGTH}个字符",
            f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters",
            "password-length",
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in password):
        raise _refused_password("密码不得含控制字符", "A password holds no control characters", "password-characters")
    if username.casefold() in folded:
        raise _refused_password(
            "密码不得包含用户名", "A password does not hold the user name", "password-holds-username"
        )
    if folded in common or len(set(folded)) < MIN_DIFFERENT:
        raise _refused_password(
            "密码过于常见，容易被猜中", "This password is one of the first to be guessed", "password-common"
        )
    return password


def _refused_password(zh: str, en: str, code: str) -> Refused:
    return Refused("M11", zh, en, code=code, field="new_password")


class Secret(StrEnum):
    """What an account signs in with: the one-time secret it was given, or a password of its own."""

    ONE_TIME = "one_time"
    OWN = "own"


def check_settled(secret: Secret) -> None:
    """Refuse every act but the exchange to an account that still has its one-time secret (M11)."""
    if secret is Secret.ONE_TIME:
        raise Refused(
            "M11",
            "请先把一次性密码换成自己的密码",
            "Exchange the one-time secret for a password of your own first",
            code="password-change-required",
        )


def replacement(text: str, *, given: str, username: str, common: Collection[str]) -> str:
    """The normalised password that takes the place of ``given``, the old one or the one-time secret (M11).

    Refused: ``given`` again, and what :func:`new_password` refuses.
    """
    password = new_password(text, username=username, common=common)
    if password == normalise_password(given):
        raise _refused_password(
            "新密码不得与原密码或一次性密码相同",
            "The new password is neither the old one nor the one-time secret again",
            "password-unchanged",
        )
    return password


def roles(codes: Iterable[str], known: Collection[str]) -> frozenset[str]:
    """The roles of an account as a set; a role that is not in ``known`` (data/roles.json) is refused."""
    wanted = frozenset(codes)
    unknown = sorted(wanted - frozenset(known))
    if unknown:
        raise Refused(
            "M11",
            f"没有这些角色：{'、'.join(unknown)}",
            f"There are no such roles: {', '.join(unknown)}",
            code="unknown-role",
            field="roles",
        )
    return wanted


def check_grantable(wanted: Collection[str], following: Collection[str]) -> None:
    """Refuse to grant a role that follows from something on file, as a representative's does (M2, M11).

    It comes and goes with that; granted by hand it would outlast it.
    """
    ungrantable = sorted(set(wanted) & set(following))
    if ungrantable:
        raise Refused(
            "M11",
            f"这些角色由系统依据登记产生，不能授予：{'、'.join(ungrantable)}",
            f"These roles follow from what is on file and are not granted: {', '.join(ungrantable)}",
            code="role-follows",
            field="roles",
        )


def check_person(person_known: bool, wanted: Collection[str]) -> None:
    """Refuse every role but the administrator's to an account behind which no person stands.

    Who decides, scores or signs must be known, or nobody could say whether it is their own (X8).
    """
    if not person_known and set(wanted) - {ADMINISTRATOR}:
        raise Refused(
            "X8",
            "除系统管理员外，有角色的账号须对应到人",
            "An account with a role other than administrator needs a person behind it",
            code="person-needed",
            field="person_id",
        )


def whose_account(account: UUID | None, person: UUID | None) -> Bond:
    """Who does not decide about an account, its roles, its secret, its end (X8): whoever it is or will be of."""
    return own(Text("账号", "an account"), [account, person], code="own-account")


def check_open(closed: bool) -> None:
    """Refuse to change an account that is closed: it stays as it was (X7)."""
    if closed:
        raise Refused("M11", "此账号已关闭", "This account is closed", code="account-closed")


def check_username_free(taken: bool) -> None:
    """Refuse a user name somebody has or had: it never comes to mean somebody else (M11)."""
    if taken:
        raise Refused("M11", "此用户名已被使用", "This user name is taken", code="username-taken", field="username")


def check_first_of_person(has_account: bool) -> None:
    """Refuse a second open account to one person: rights and conflicts follow the person (M11, X8)."""
    if has_account:
        raise Refused(
            "M11",
            "此人已有账号",
            "This person has an account already",
            code="second-account",
            field="person_id",
        )


def check_administrators_left(others: int) -> None:
    """Refuse to leave the association without anybody who can administer; ``others`` can (M11)."""
    if others < 1:
        raise Refused(
            "M11",
            "至少须保留一位能登录的系统管理员",
            "At least one administrator who can sign in must remain",
            code="last-administrator",
        )
