"""Terms of satisfaction surveys 满意度调查规定: data with a first day (M8, X4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from services.membership.surveys.questionnaires.rules import Kind
from shared.text import Text

TERMS = Text("满意度调查规定", "terms of satisfaction surveys")


class Scale(NamedTuple):
    """The two ends of what can be answered; whole numbers in between can be, too."""

    worst: int
    best: int


@dataclass(frozen=True)
class SurveyTerms:
    """One version. ``smallest_cell`` is how many must have answered for a figure to be shown, ``least_answered`` the
    part of the questions that count which a valid response has answered (X1: that part itself is enough)."""

    version: str
    effective_from: date
    smallest_cell: int
    least_answered: Fraction
    scales: Mapping[Kind, Scale]
    formula: str
    formula_text: Text

    @classmethod
    def from_data(cls, version: Mapping[str, Any]) -> "SurveyTerms":
        part, formula = version["least_answered"], version["formula"]
        return cls(
            version=version["id"],
            effective_from=date.fromisoformat(version["effective_from"]),
            smallest_cell=version["smallest_cell"],
            least_answered=Fraction(part["numerator"], part["denominator"]),
            scales={Kind(kind): Scale(**ends) for kind, ends in version["scales"].items()},
            formula=formula["id"],
            formula_text=Text(formula["zh"], formula["en"]),
        )
