"""The matrix of bodies and matters, the terms of a dues standard and the deputies, as the rules take them.

These are versions in force by day, not rows: nothing refers to them but decisions, by the id of the version (X4).
"""

import json
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from services.governance.absences.rules import Deputyship
from services.governance.bodies.rules import Kind
from services.governance.matters.rules import Matter, PayloadKind, SubjectKind
from services.governance.payloads.rules import DuesTerms
from shared.text import Text


def _load(name: str) -> Any:
    return json.loads((files(__package__) / name).read_text("utf-8"))


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


@cache
def matters() -> tuple[Matter, ...]:
    """Every version of every matter, in the order of the document (G1)."""
    return tuple(
        Matter(
            version=UUID(matter["id"]),
            code=matter["code"],
            label=Text(**matter["label"]),
            decided_by=tuple(Kind(body) for body in matter["decided_by"]),
            clause=Text(**matter["clause"]),
            payload=PayloadKind(matter["payload"]),
            subject=SubjectKind(matter["subject"]) if matter["subject"] else None,
            secret_by=matter["secret_by"],
            in_force_from=_day(matter["in_force_from"]),
        )
        for matter in _load("matters.json")["matters"]
    )


@cache
def dues_terms() -> tuple[DuesTerms, ...]:
    """Every version of what a dues standard keeps to (M3)."""
    return tuple(
        DuesTerms(
            version=UUID(version["id"]),
            tiers=frozenset(tier["code"] for tier in version["tiers"]),
            tiers_at_most=version["tiers_at_most"],
            in_force_from=_day(version["in_force_from"]),
        )
        for version in _load("dues_terms.json")["versions"]
    )


@cache
def tier_labels() -> dict[str, Text]:
    """The tiers that a dues standard can name, by code, of every version (M2)."""
    versions = _load("dues_terms.json")["versions"]
    return {tier["code"]: Text(**tier["label"]) for version in versions for tier in version["tiers"]}


@cache
def deputyships() -> tuple[Deputyship, ...]:
    """Every version of which post acts for which (G11)."""
    return tuple(
        Deputyship(
            version=UUID(version["id"]),
            post=UUID(version["post"]["id"]),
            deputy=UUID(version["deputy"]["id"]),
            in_force_from=_day(version["in_force_from"]),
        )
        for version in _load("deputies.json")["versions"]
    )
