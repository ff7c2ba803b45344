"""What membership starts with, each file with its source: what the founding document names, and the terms that rooms
work by (X4)."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

from services.membership.activities.judging.rules import JudgingTerms
from services.membership.activities.planning.rules import Kind
from services.membership.aging.rules import AgingBands
from services.membership.applications.rules import AdmissionTerms
from services.membership.cases.rules import CaseTerms
from services.membership.contacts.rules import MailTerms
from services.membership.dues.rules import DuesTerms, StandingTerms
from services.membership.personal_data.rules import RequestTerms
from services.membership.reminders.rules import Schedule
from services.membership.rights.rules import PostRoles
from services.membership.roles.rules import Incompatibilities
from services.membership.self_discipline.complaints.rules import HandlingTerms
from services.membership.standards.rules import PublicationTerms
from services.membership.statistics.editions.rules import Chart, Stated
from services.membership.statistics.indicators.rules import Indicator
from services.membership.statistics.periods.rules import ReportingTerms
from services.membership.statistics.plausibility.rules import Checks
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
def link_pause() -> timedelta:
    """How long after a link that was asked for by mail none is sent again (M11)."""
    return timedelta(minutes=_load("sign_in.json")["link_pause_minutes"])


@cache
def longest_api_token() -> timedelta:
    """How many days ahead the last day of an API token may lie (M11)."""
    return timedelta(days=_load("sign_in.json")["api_token_days"])


@cache
def dues_terms() -> tuple[DuesTerms, ...]:
    """Every version of how long there is to pay dues (M3, M4, X4)."""
    return tuple(DuesTerms.from_data(version) for version in _load("dues_terms.json")["versions"])


@cache
def admission_terms() -> tuple[AdmissionTerms, ...]:
    """Every version of who admits members and what an application needs (M1, X4)."""
    return tuple(AdmissionTerms.from_data(version) for version in _load("admission.json")["versions"])


@cache
def case_kinds() -> dict[str, Text]:
    """Every kind of service case, by code, in the document's words (M7)."""
    return {kind["code"]: Text(**kind["label"]) for kind in _load("case_terms.json")["kinds"]}


@cache
def case_terms() -> tuple[CaseTerms, ...]:
    """Every version of how service cases are answered and who receives confidential ones (M7, X4)."""
    return tuple(CaseTerms.from_data(version) for version in _load("case_terms.json")["versions"])


@dataclass(frozen=True)
class HonoraryHolder:
    """Somebody the document names as the holder of an honorary post, and where."""

    id: UUID
    post: str
    person: UUID
    since: date
    since_precision: str
    source: Text
    assumption: Text


@cache
def honorary_posts() -> dict[str, Text]:
    """Every honorary post there is, by code (M10)."""
    return {post["code"]: Text(**post["title"]) for post in _load("honorary_posts.json")["posts"]}


@cache
def honorary_holders() -> tuple[HonoraryHolder, ...]:
    """Who holds an honorary post by the document (M10)."""
    return tuple(
        HonoraryHolder(
            id=UUID(each["id"]),
            post=each["post"],
            person=UUID(each["person_id"]),
            since=date.fromisoformat(each["since"]),
            since_precision=each["since_precision"],
            source=Text(**each["source"]),
            assumption=Text(**each["assumption"]),
        )
        for each in _load("honorary_posts.json")["holders"]
    )


def activity_kinds() -> dict[str, Kind]:
    """The kinds of activity, by code (M9)."""
    return {kind["code"]: Kind.from_data(kind) for kind in _load("activity_kinds.json")["kinds"]}


@cache
def judging_terms() -> tuple[JudgingTerms, ...]:
    """Every version of how entries are judged (M9, X4)."""
    return tuple(JudgingTerms.from_data(version) for version in _load("judging_terms.json")["versions"])


def standing_terms() -> tuple[StandingTerms, ...]:
    """Every version of when a unit that owes dues is suspended (M4, X4)."""
    return tuple(StandingTerms.from_data(version) for version in _load("standing_terms.json")["versions"])


@cache
def reminder_schedules() -> tuple[Schedule, ...]:
    """Every version of when a unit is reminded of its dues (M4, X4)."""
    return tuple(Schedule.from_data(version) for version in _load("reminder_schedule.json")["versions"])


@cache
def mail_terms() -> tuple[MailTerms, ...]:
    """Every version of how long the words of what was sent are kept (X4, X11)."""
    return tuple(MailTerms.from_data(version) for version in _load("mail.json")["versions"])


@cache
def signature() -> Text:
    """Who signs what members are sent."""
    return Text(**_load("mail.json")["signed"])


def dues_publication() -> tuple[PublicationTerms, ...]:
    """Every version of within how long a dues standard is published to the members (M3, X4)."""
    return tuple(PublicationTerms.from_data(version) for version in _load("dues_publication.json")["versions"])


@cache
def dues_aging() -> tuple[AgingBands, ...]:
    """Every version of the bands by which dues are aged (M4, X4)."""
    return tuple(AgingBands.from_data(version) for version in _load("dues_aging.json")["versions"])


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
def founding_indicators() -> tuple[Indicator, ...]:
    """The indicators that the document's figures are of (M13)."""
    given = _load("statistics.json")["indicators"]
    effective_from = date.fromisoformat(given["effective_from"])
    return tuple(Indicator.from_data(each, effective_from) for each in given["items"])


@cache
def founding_statistics() -> Stated:
    """The figures of the province for October 2020, as the document states them (M13)."""
    return Stated.from_data(_load("statistics_2020_10.json"))


@cache
def plausibility_checks() -> tuple[Checks, ...]:
    """Every version of what is checked in figures and by which limits (M13, X4)."""
    return tuple(Checks.from_data(version) for version in _load("statistics.json")["plausibility"])


@cache
def reporting_terms() -> tuple[ReportingTerms, ...]:
    """Every version of how long there is to report figures (M13, X4)."""
    return tuple(ReportingTerms.from_data(version) for version in _load("statistics.json")["terms"])


@cache
def report_charts() -> tuple[Chart, ...]:
    """The charts of a statistics report, in order (M13)."""
    return tuple(Chart.from_data(each) for each in _load("statistics.json")["charts"])


@cache
def handling_terms() -> tuple[HandlingTerms, ...]:
    """Every version of what may be complained about and what may be decided (M12, X4)."""
    return tuple(HandlingTerms.from_data(version) for version in _load("self_discipline.json")["versions"])


def complaint_kinds() -> dict[str, Text]:
    """Every kind of complaint there ever was, by code."""
    return {code: label for terms in handling_terms() for code, label in terms.kinds.items()}


def complaint_measures() -> dict[str, Text]:
    """Every measure there ever was, by code."""
    return {code: label for terms in handling_terms() for code, label in terms.measures.items()}


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that are guessed first, in small letters (M11)."""
    return frozenset(_load("common_passwords.json")["passwords"])
