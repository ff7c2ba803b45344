"""How far a permission reaches (M11): to every row, to those of one's own unit, or to one's own.

A plugin says so where it grants it: a plain pattern reaches everything, ``OwnUnit`` and ``Own`` do not. Which rows that
leaves is for the store to keep (shared.store.sight); no operation has to think of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase


class Reach(IntEnum):
    """Whose rows one sees and changes, from few to all. A unit's people reach what is their own as well."""

    OWN = 1
    UNIT = 2
    ALL = 3


@dataclass(frozen=True)
class OwnUnit:
    """The permissions of ``pattern``, for what is of the units one represents, or one's own."""

    pattern: str


@dataclass(frozen=True)
class Own:
    """The permissions of ``pattern``, for what is one's own."""

    pattern: str


Grant = str | OwnUnit | Own
Grants = Mapping[str, Sequence[Grant]]
"""role → what it may, e.g. {"clerk": ["membership.unit.*"], "representative": [OwnUnit("membership.unit.read")]}."""


def together(*several: Grants) -> Grants:
    """What several grants give, role by role, each thing once and in the order they stand."""
    roles = dict.fromkeys(role for grants in several for role in grants)
    return {role: list(dict.fromkeys(each for grants in several for each in grants.get(role, ()))) for role in roles}


def reach_of(grants: Grants, roles: Iterable[str], permission: str) -> Reach | None:
    """How far ``roles`` reach with ``permission``: the widest of what each gives, None where none does."""
    widest: Reach | None = None
    for role in roles:
        for grant in grants.get(role, ()):
            if isinstance(grant, str):
                if fnmatchcase(permission, grant):
                    return Reach.ALL
            elif widest is not Reach.UNIT and fnmatchcase(permission, grant.pattern):
                widest = Reach.UNIT if isinstance(grant, OwnUnit) else Reach.OWN
    return widest
