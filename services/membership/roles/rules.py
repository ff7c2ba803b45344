"""Roles 角色 that one person does not have together, from a day on, by a clause (X4, X8)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.effective import in_force
from shared.errors import Refused
from shared.text import Text

INCOMPATIBILITIES = Text("不相容角色", "incompatible roles")


@dataclass(frozen=True, slots=True)
class Incompatible:
    """Two roles that one person does not have together, and the clause that says so."""

    roles: frozenset[str]
    clause: Text

    def __post_init__(self) -> None:
        if len(self.roles) != 2:
            raise ValueError("two roles are incompatible, not one and not three")


@dataclass(frozen=True, slots=True)
class Incompatibilities:
    """One version of which roles are incompatible (X4)."""

    version: str
    effective_from: date
    pairs: tuple[Incompatible, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Incompatibilities":
        """The version as one entry of ``versions`` in data/incompatible_roles.json gives it."""
        pairs = tuple(Incompatible(frozenset(pair["roles"]), Text(**pair["clause"])) for pair in data["pairs"])
        return cls(data["id"], date.fromisoformat(data["effective_from"]), pairs)


def check_compatible(
    wanted: Collection[str], versions: Collection[Incompatibilities], day: date, labels: Mapping[str, Text]
) -> None:
    """Refuse (X8) roles of which two are incompatible on ``day``; ``labels`` names them by code."""
    for pair in in_force(versions, day, INCOMPATIBILITIES).pairs:
        if pair.roles <= frozenset(wanted):
            one, other = (labels[role] for role in sorted(pair.roles))
            raise Refused(
                "X8",
                f"{one.zh}与{other.zh}不得由一人兼任（{pair.clause.zh}）",
                f"Nobody is {one.en.lower()} and {other.en.lower()} at once ({pair.clause.en})",
                code="incompatible-roles",
                field="roles",
            )
