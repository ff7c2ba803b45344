"""Who asks, and whether they may: tokens, principals and permissions (M11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal

from shared.clock import wall_now
from shared.errors import Forbidden, Unauthenticated
from shared.identity.keys import TOKENS, Keyring
from shared.identity.reach import Grants, Reach, reach_of
from shared.identity.withdrawals import Withdrawals

PUBLIC = "public"
"""The permission of operations that anybody may call, signed in or not."""
SIGNED_IN = "signed-in"
"""The permission of operations that any signed-in person may call for themselves."""

ACCESS = "access"
SERVICE = "service"
SERVICE_ROLE = "service:"
ACCESS_LIFETIME = timedelta(minutes=15)
SERVICE_LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True)
class Principal:
    """Who asks. ``account`` and ``person`` are ids; ``roles`` are what the person may act as today."""

    kind: Literal["anonymous", "person", "service"]
    account: str | None = None
    person: str | None = None
    service: str | None = None
    session: str | None = None
    roles: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    """Patterns of the permissions that a machine's token is held to, whatever its roles allow; None for people."""

    @property
    def name(self) -> str:
        """How audit rows and logs call this principal: never a person's name (X5)."""
        if self.kind == "service":
            return f"service:{self.service}"
        return f"account:{self.account}" if self.account else "anonymous"


ANONYMOUS = Principal("anonymous")


def issue_access(
    keyring: Keyring,
    *,
    account: str,
    person: str | None,
    session: str,
    roles: Iterable[str],
    units: Iterable[str] = (),
    scopes: Iterable[str] | None = None,
    lifetime: timedelta = ACCESS_LIFETIME,
    issued_at: datetime | None = None,
) -> str:
    """An access token for a person who has signed in; with ``scopes``, for a machine of theirs.

    ``issued_at``: the moment by which a withdrawal is before or after it, to the microsecond; now, where it is not
    given.
    """
    issued = (issued_at or wall_now()).timestamp()
    claims = {
        "sub": account,
        "person": person,
        "sid": session,
        "roles": sorted(roles),
        "units": sorted(units),
        "iat": issued,
        "exp": issued + lifetime.total_seconds(),
        **({} if scopes is None else {"scopes": sorted(scopes)}),
    }
    return keyring.sign(ACCESS, claims)


def issue_service(keyring: Keyring) -> str:
    """A token by which a service calls another as itself."""
    issued = int(wall_now().timestamp())
    return keyring.sign(SERVICE, {"iat": issued, "exp": issued + int(SERVICE_LIFETIME.total_seconds())})


def authenticate(keyring: Keyring, authorization: str | None, withdrawals: Withdrawals | None = None) -> Principal:
    """The principal of an ``Authorization`` header ("Bearer …"); no header is the anonymous one.

    Unauthenticated where the token does not hold: "bad-token", "token-expired" or, where ``withdrawals`` cover it,
    "token-withdrawn".
    """
    if not authorization:
        return ANONYMOUS
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("登录凭据格式有误", "The Authorization header must be a Bearer token", code="bad-token")
    kind, claims, signer = keyring.verify_one_of((ACCESS, SERVICE), token.strip())
    if claims.get("exp", 0) <= wall_now().timestamp():
        raise Unauthenticated("登录已过期，请重新登录", "The token has expired: sign in again", code="token-expired")
    if kind == SERVICE:
        return Principal("service", service=signer.service)
    if TOKENS not in signer.grants:
        raise Unauthenticated("登录凭据无效", "The token does not hold", code="bad-token")
    if withdrawals is not None and withdrawals.cover(claims["sub"], claims["sid"], claims["iat"]):
        raise Unauthenticated(
            "您的权限或登录状态已变更，请续期或重新登录",
            "Your rights or your session changed: refresh, or sign in again",
            code="token-withdrawn",
        )
    return _person(claims)


def _person(claims: Mapping[str, Any]) -> Principal:
    return Principal(
        "person",
        account=claims["sub"],
        person=claims["person"],
        session=claims["sid"],
        roles=frozenset(claims["roles"]),
        units=frozenset(claims["units"]),
        scopes=frozenset(claims["scopes"]) if "scopes" in claims else None,
    )


def permits(grants: Grants, roles: Iterable[str], permission: str) -> bool:
    """Whether one of ``roles`` has ``permission`` without any limit. Whoever asks for no more than yes or no would take
    a limited one for the whole."""
    return reach_of(grants, roles, permission) is Reach.ALL


def acting_roles(principal: Principal) -> frozenset[str]:
    """As what ``principal`` acts. A service acts as ``service:<name>``, so that a plugin grants it what it means to;
    no person does, whatever their roles are called."""
    if principal.kind == "service":
        return frozenset({f"{SERVICE_ROLE}{principal.service}"})
    return frozenset(role for role in principal.roles if not role.startswith(SERVICE_ROLE))


def in_scope(principal: Principal, permission: str) -> bool:
    """Whether the token is meant for ``permission`` at all."""
    return principal.scopes is None or any(fnmatchcase(permission, scope) for scope in principal.scopes)


def allows(principal: Principal, permission: str, grants: Grants) -> bool:
    """Whether ``principal`` has ``permission`` without limit: by a role, and within the scopes where the token has
    some."""
    return in_scope(principal, permission) and permits(grants, acting_roles(principal), permission)


def authorise(principal: Principal, permission: str, grants: Grants) -> Reach:
    """Let ``principal`` pass and say how far, or raise: 401 for nobody, 403 for somebody who may not.

    What is for everybody, or for everybody who has signed in, reaches as far for all of them.
    """
    if permission == PUBLIC:
        return Reach.ALL
    if principal.kind == "anonymous":
        raise Unauthenticated("请先登录", "Sign in first")
    scoped = in_scope(principal, permission)
    if permission == SIGNED_IN and principal.kind == "person" and scoped:
        return Reach.ALL
    reach = reach_of(grants, acting_roles(principal), permission) if scoped else None
    if reach is None:
        raise Forbidden(
            f"您没有办理此事的权限（{permission}）",
            f"You do not have the permission {permission}",
            code="not-permitted",
        )
    return reach
