"""What membership starts with: units and people of the founding document, roles, terms of dues, of surveys and of
signing in, barred passwords."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

from services.membership.dues.rules import DuesTerms
from services.membership.personal_data.rules import RequestTerms
from services.membership.rights.rules import PostRoles
from services.membership.roles.rules import Incompatibilities
from services.membership.surveys.rules import SurveyTerms
from services.membership.units.rules import Basis, Tier, tier
from shared.personal.terms import Terms, classes_of, load
from shared.text import Text


def _load(name: str) -> Any:
    return json.loads((files(__package__) / name).read_text("utf-8"))


@dataclass(frozen=True)
class FoundingUnit:
    """A unit the document names; what it does not say of it is None."""

    id: UUID
    name: str
    short_name: str
    credit_code: str | None
    tier: Tier | None
    basis: Basis


@dataclass(frozen=True)
class FoundingPerson:
    """Somebody the document names, the spaces of typesetting taken out (X5)."""

    id: UUID
    name: str


@cache
def founding_units() -> tuple[FoundingUnit, ...]:
    """The units taken as members (M1); the file tells the place in the document of each."""
    return tuple(
        FoundingUnit(
            id=UUID(unit["id"]),
            name=unit["name"],
            short_name=unit["short_name"],
            credit_code=unit["credit_code"],
            tier=tier(unit["tier"]) if unit["tier"] else None,
            basis=Basis(unit["membership"]),
        )
        for unit in _load("units.json")["units"]
    )


@cache
def places() -> dict[str, Text]:
    """Every place that a unit can be registered under, by division code (M1)."""
    return {place["code"]: Text(**place["label"]) for place in _load("places.json")["places"]}


@cache
def founding_people() -> tuple[FoundingPerson, ...]:
    """Officers, the chair of the supervisory board, advisers and the staff of the bodies."""
    return tuple(FoundingPerson(UUID(person["id"]), person["name"]) for person in _load("people.json")["people"])


@cache
def role_labels() -> dict[str, Text]:
    """Every role somebody can act in, by code (M11)."""
    return {role["code"]: Text(**role["label"]) for role in _load("roles.json")["roles"]}


@cache
def roles_that_follow() -> frozenset[str]:
    """The roles nobody grants, since they follow from something that is on file: a post, a representation (M2, M11)."""
    return frozenset(role["code"] for role in _load("roles.json")["roles"] if "follows" in role)


@cache
def post_roles() -> tuple[PostRoles, ...]:
    """Every version of which posts give which roles, and what a deputy has in an absence (M11, G11, X4)."""
    return tuple(PostRoles.from_data(version) for version in _load("post_roles.json")["versions"])


@cache
def incompatible_roles() -> tuple[Incompatibilities, ...]:
    """Every version of which roles nobody has together (X4, X8)."""
    return tuple(Incompatibilities.from_data(version) for version in _load("incompatible_roles.json")["versions"])


@cache
def signing_roles() -> frozenset[str]:
    """The roles whose holders sign for money or certificates (M11)."""
    return frozenset(role["code"] for role in _load("roles.json")["roles"] if role.get("signs"))


@cache
def link_lifetimes() -> dict[str, timedelta]:
    """How long a link to one's account holds, by its purpose (M11)."""
    return {purpose: timedelta(hours=hours) for purpose, hours in _load("sign_in.json")["link_hours"].items()}


@cache
def longest_api_token() -> timedelta:
    """How many days ahead the last day of an API token may lie (M11)."""
    return timedelta(days=_load("sign_in.json")["api_token_days"])


@cache
def dues_terms() -> tuple[DuesTerms, ...]:
    """Every version of how long there is to pay dues (M3, M4, X4)."""
    return tuple(DuesTerms.from_data(version) for version in _load("dues_terms.json")["versions"])


@cache
def survey_terms() -> tuple[SurveyTerms, ...]:
    """Every version of the formula of the satisfaction index, of valid responses and of the smallest cell (M8, X4)."""
    return tuple(SurveyTerms.from_data(version) for version in _load("survey_terms.json")["versions"])


@cache
def personal_data_terms() -> tuple[Terms, ...]:
    """Every version of why and how long personal data are kept here (X4, X10, X11)."""
    return load(Path(str(files(__package__) / "personal_data.json")))


def personal_data_classes() -> dict[str, Text]:
    """Every class of personal data kept here, by code."""
    return classes_of(personal_data_terms())


@cache
def request_terms() -> tuple[RequestTerms, ...]:
    """Every version of how long there is to answer requests about personal data (X4, X12)."""
    return tuple(RequestTerms.from_data(version) for version in _load("personal_requests.json")["versions"])


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that are guessed first, in small letters (M11)."""
    return frozenset(_load("common_passwords.json")["passwords"])
