"""What holds on a day: duties and decision rules are data in versions (X4), and annex 2 holds once adopted (X9)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from shared.api.sentences import Sentence
from shared.effective import EffectiveDated, in_force
from shared.text import Text

V = TypeVar("V", bound=EffectiveDated)

DUTIES = Text("职责", "duties")
DECISION_RULES = Text("表决规则", "decision rules")


def holding_on(day: date, versions: Collection[V], what: Text) -> V | None:
    """The version in force on ``day``; None before the first."""
    begun = any(version.effective_from <= day for version in versions)
    return in_force(versions, day, what) if begun else None


@dataclass(frozen=True)
class Duties:
    """One version of the duties 职责 of a body or a post; ``items`` have "zh", "en" and their "clause"."""

    version: int
    effective_from: date
    assumption: Sentence | None
    items: list[dict[str, Any]]

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Duties":
        """The duties as a JSON column keeps them."""
        return cls(**{**kept, "effective_from": date.fromisoformat(kept["effective_from"])})


def duties_on(day: date, kept: Collection[dict[str, Any]]) -> Duties | None:
    """The duties in force on ``day``, of the versions a JSON column keeps; None before they are adopted (X9)."""
    return holding_on(day, [Duties.from_kept(version) for version in kept], DUTIES)
