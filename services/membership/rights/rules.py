"""What somebody may act as on a day: the staff roles granted, and the roles of the posts held that day (M11, G11, X4).

Tenures and absences are half-open intervals of dates in Asia/Shanghai, ``[since, until)``, as governance tells them.
Nothing here is kept: it follows from the day, so what begins or ends at midnight needs nobody to say so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.membership.grants.rules import Grant, roles_on
from services.membership.representatives.rules import Term
from shared.spans import HalfOpen
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Tenure(HalfOpen):
    """One person in the post of that code; ``until`` None: no end known."""

    post: str
    person: UUID
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Absence(HalfOpen):
    """A recorded absence 请假 of one person from a post: back on ``until``. One called off covers no day (G11)."""

    post: str
    person: UUID
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """While the holder of ``post`` is away on record, the holder of ``deputy`` has ``roles`` (G11)."""

    post: str
    deputy: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class PostRoles:
    """One version of which posts give which roles, and what is delegated (X4)."""

    version: str
    effective_from: date
    roles: Mapping[str, frozenset[str]]
    delegations: tuple[Delegation, ...]
    clause: Text
    assumption: Text | None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PostRoles":
        """As one entry of ``versions`` in data/post_roles.json gives them."""
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            roles={post: frozenset(roles) for post, roles in data["roles"].items()},
            delegations=tuple(
                Delegation(each["post"], each["deputy"], frozenset(each["roles"])) for each in data["delegations"]
            ),
            clause=Text(**data["clause"]),
            assumption=Text(**data["assumption"]) if data["assumption"] else None,
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """What the rights of one account follow from. ``tenures`` and ``absences`` of others matter where one of them is
    deputised for; ``represents`` are units with the terms they are represented in (M2)."""

    person: UUID | None
    grants: Collection[Grant] = ()
    tenures: Collection[Tenure] = ()
    absences: Collection[Absence] = ()
    represents: Collection[tuple[UUID, Term]] = ()


class Rights(NamedTuple):
    """What an account may act as, and for which units, on a day."""

    staff: frozenset[str]
    by_post: frozenset[str]
    units: frozenset[UUID]

    @property
    def roles(self) -> frozenset[str]:
        """All of them, wherever they come from."""
        return self.staff | self.by_post


class From(NamedTuple):
    """From ``day`` on these are the rights."""

    day: date
    rights: Rights


def rights_on(day: date, basis: Basis, versions: Collection[PostRoles]) -> Rights:
    """The rights on ``day`` (M11): roles granted that day, roles of the posts held that day, and units represented."""
    return Rights(
        roles_on(basis.grants, day),
        _by_post(day, basis, versions),
        frozenset(unit for unit, term in basis.represents if term.covers(day)),
    )


def rights_from(today: date, basis: Basis, versions: Collection[PostRoles]) -> tuple[From, ...]:
    """The rights today and how they change from then on, as far as is known: neighbours differ."""
    steps: list[From] = []
    for day in sorted({today, *(day for day in _days(basis, versions) if day > today)}):
        rights = rights_on(day, basis, versions)
        if not steps or _acts(steps[-1].rights) != _acts(rights):
            steps.append(From(day, rights))
    return tuple(steps)


def next_change(steps: Collection[From]) -> date | None:
    """The first day on which the rights are others than today; None where none is known."""
    return next((step.day for number, step in enumerate(steps) if number == 1), None)


def _acts(rights: Rights) -> tuple[frozenset[str], frozenset[UUID]]:
    """What of the rights a token tells: it does not matter where a role comes from."""
    return rights.roles, rights.units


def _by_post(day: date, basis: Basis, versions: Collection[PostRoles]) -> frozenset[str]:
    begun = [version for version in versions if version.effective_from <= day]
    if basis.person is None or not begun:
        return frozenset()
    terms = max(begun, key=lambda version: version.effective_from)
    held = {each.post for each in basis.tenures if each.person == basis.person and each.covers(day)}
    roles = [terms.roles.get(post, frozenset()) for post in held]
    roles += [each.roles for each in terms.delegations if each.deputy in held and _deputises(day, basis, each)]
    return frozenset().union(*roles)


def _deputises(day: date, basis: Basis, delegation: Delegation) -> bool:
    """Whether the deputy acts that day: every holder of the post is away on record, the deputy is not, and does not
    hold the post as well. A vacant post is no absence (G11)."""
    holders = {each.person for each in basis.tenures if each.post == delegation.post and each.covers(day)}
    away = {(each.post, each.person) for each in basis.absences if each.covers(day)}
    return (
        bool(holders)
        and all((delegation.post, holder) in away for holder in holders)
        and (delegation.deputy, basis.person) not in away
        and basis.person not in holders
    )


def _days(basis: Basis, versions: Collection[PostRoles]) -> set[date]:
    """Every day on which something of it begins, or has ended."""
    spans: list[Grant | Tenure | Absence] = [*basis.grants, *basis.tenures, *basis.absences]
    days = {span.since for span in spans} | {span.until for span in spans if span.until is not None}
    days |= {term.first for _, term in basis.represents}
    days |= {after for _, term in basis.represents if (after := term.after) is not None}
    return days | {version.effective_from for version in versions}
