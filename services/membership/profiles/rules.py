"""What of the other services' work belongs into a unit's profile 单位档案, and how it adds up (M1, X7)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.text import Text


class Kind(StrEnum):
    """What an entry is about. An award, a meeting that a unit took part in: more can join."""

    CERTIFICATE = "certificate"
    ARTICLE = "article"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.CERTIFICATE: Text("职工取得的证书", "Certificate of one of its people"),
    Kind.ARTICLE: Text("刊登稿件", "Article"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry: of which day, and since when it does not hold any more, None where it does (X7)."""

    kind: Kind
    on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one kind hold, how many ended, and of which years those that hold are, the latest first."""

    standing: int
    ended: int
    by_year: Mapping[int, int]


def tallied(facts: Iterable[Fact]) -> dict[Kind, Tally]:
    """The entries of a unit by kind, with every kind in it; their order does not matter."""
    by_kind: dict[Kind, list[Fact]] = {kind: [] for kind in Kind}
    for fact in facts:
        by_kind[fact.kind].append(fact)
    return {kind: _tally(found) for kind, found in by_kind.items()}


def _tally(facts: list[Fact]) -> Tally:
    years = Counter(fact.on.year for fact in facts if fact.ended_on is None)
    return Tally(years.total(), len(facts) - years.total(), dict(sorted(years.items(), reverse=True)))
