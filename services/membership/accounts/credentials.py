"""Passwords and one-time secrets: made, hashed with Argon2id, compared. Off the hub, since that is what costs (M11)."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from services.membership.accounts.rules import normalise_password
from shared.offload import off_hub

# OWASP's parameters for one lane. The door is public: every worker may be hashing at once, and each takes
# this much memory (KiB).
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared with where there is no account, so that an unknown name takes as long as a wrong password.
_NOBODY = _HASHER.hash(secrets.token_urlsafe())

# Easily told apart on paper and by telephone.
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUP_LENGTH = 4


def new_one_time_secret() -> str:
    """A secret nobody can guess (79 bits), in groups of capitals and digits: "7KQM-2WXY-HJ4R-P9TB"."""
    return _groups(4)


def new_recovery_code() -> str:
    """A code that stands for a device once (59 bits): "7KQM-2WXY-HJ4R"."""
    return _groups(3)


def _groups(count: int) -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP_LENGTH)) for _ in range(count))


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return off_hub(_HASHER.hash, normalise_password(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one hashed; without a hash it is not, after the same time."""
    return off_hub(_verify, password_hash or _NOBODY, normalise_password(password)) and password_hash is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerifyMismatchError:
        return False
