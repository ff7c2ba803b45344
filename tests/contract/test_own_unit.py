"""Who acts for a unit sees and changes what is of that unit, in every service: another unit's rows are not in lists,
counts, details, files or errors, and asking for one is answered like asking for one that does not exist (M2, M11).

Which operations that is about is taken from docs/permissions.md; one that is not tried here makes a test fail.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest

from services.membership.units.rules import check_character
from shared.api.operations import operations_of
from shared.generating.permissions import MARKS
from shared.identity.principals import issue_access
from shared.identity.reach import Reach, reach_of
from shared.plugins import plugins
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually

pytestmark = [pytest.mark.rule(id="M2"), pytest.mark.rule(id="M11")]

YEAR = 2391
"""Far off, so that no standard of another test is in force."""
DAY = f"{YEAR}-04-01"
ARTICLE = {"title": "三晋通信人的一天", "body": "通信保障无小事。", "column": "association_news"}
ROLES = ("representative", "correspondent")
"""The roles of a unit's people."""

Call = tuple[str, str]
"""Service and operation."""

ABOUT: Mapping[Call, Mapping[str, Any]] = {
    ("membership", "get_unit"): {"id": "unit"},
    ("membership", "list_unit_changes"): {"id": "unit"},
    ("membership", "list_representatives"): {"id": "unit"},
    ("membership", "get_standing"): {"id": "unit"},
    ("membership", "get_invoice"): {"id": "invoice"},
    ("membership", "list_invoice_reminders"): {"id": "invoice"},
    ("membership", "get_unit_contact"): {"id": "unit"},
    ("membership", "set_unit_contact"): {"id": "unit"},
    ("membership", "get_unit_dues_account"): {"id": "unit"},
    ("finance", "get_receivable"): {"invoice_id": "invoice"},
    ("finance", "get_collection_slip"): {"number": "slip"},
    ("finance", "print_collection_slip"): {"number": "slip"},
    ("publishing", "get_article"): {"id": "article"},
    ("publishing", "revise_article"): {"id": "article"},
    ("publishing", "review_article"): {"id": "article"},
}
"""Operations about one thing → parameter → what of a unit's it names."""
GIVEN: Mapping[str, Mapping[str, Any]] = {
    "revise_article": {**ARTICLE, "if_match": "*"},
    "set_unit_contact": {"mail_address": "dues@example.com"},
    "get_unit_dues_account": {"year": YEAR},
    "review_article": {"kind": "facts", "revision": 1, "passed": True},
}
LISTS: Mapping[Call, str] = {
    ("membership", "list_units"): "id",
    ("membership", "list_invoices"): "unit_id",
    ("membership", "list_reminders"): "unit_id",
    ("membership", "list_notices"): "unit_id",
    ("finance", "list_receivables"): "unit_id",
    ("publishing", "list_articles"): "unit_id",
}
"""Operations that list → the field that says whose a row is."""
MAKES = {("publishing", "submit_article")}
"""Operations that make something, for the unit in the token and no other."""


@dataclass(frozen=True)
class House:
    """A unit, one of its people and what it has: ids, and the number of the slip."""

    somebody: Person
    has: Mapping[str, str]

    @property
    def unit(self) -> str:
        return self.has["unit"]


class Secretariat:
    """Gives a unit all that a unit can have."""

    def __init__(self, association: Association) -> None:
        self.association = association
        association.set_clock(f"{DAY}T09:00:00+08:00")
        self.clerk, self.cashier = association.person("clerk"), association.person("cashier")
        self.resolve()

    def do(self, service: str, operation: str, as_: Person, **given: Any) -> Answer:
        answer = self.association.call(service, operation, as_=as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def resolve(self) -> None:
        """A dues standard, as governance tells of it."""
        resolution, event = str(new_id()), str(uuid.uuid4())
        told = {
            "resolution_id": resolution,
            "number": f"会员代表大会决议〔{YEAR}〕1号",
            "body": "assembly",
            "matter": "dues-standard",
            "adopted_on": DAY,
            "dues_amounts": [{"tier": "director", "amount": "5000.00"}],
            "effective_from": DAY,
        }
        attributes = {
            "specversion": "1.0",
            "id": event,
            "source": "governance",
            "type": "resolution.adopted.v1",
            "time": f"{DAY}T09:00:00+08:00",
            "subject": f"resolution/{resolution}",
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        body = json.dumps(told).encode()
        self.association.publish("governance.events", "resolution.adopted.v1", body, headers=headers)
        row = f"SELECT 1 FROM dues_standards WHERE resolution_id = '{resolution}'"
        eventually(lambda: self.association.rows("membership", row))

    def house(self, name: str) -> House:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": name, "credit_code": first17 + check_character(first17), "tier": "director"}
        unit = self.do("membership", "admit_unit", self.clerk, **given)["id"]
        changed = {"id": unit, "if_match": "*", "short_name": name}
        self.do("membership", "change_unit", self.clerk, **changed)
        person = self.do("membership", "register_person", self.clerk, name="田间")["id"]
        self.do("membership", "name_representative", self.clerk, id=unit, person_id=person)
        invoice = self.do("membership", "issue_invoice", self.clerk, unit_id=unit, year=YEAR)["id"]
        known = f"SELECT 1 FROM receivables WHERE id = '{invoice}'"
        eventually(lambda: self.association.rows("finance", known))
        self.do("membership", "record_reminder", self.clerk, id=invoice, means="phone")
        paid = {"invoice_id": invoice, "amount": "5000.00", "means": "bank"}
        slip = self.do("finance", "record_payment", self.cashier, **paid)["slip"]
        sent = f"SELECT 1 FROM notices WHERE unit_id = '{unit}'"
        eventually(lambda: self.association.rows("membership", sent))
        author = self.association.person("correspondent", unit=unit)
        article = self.do("publishing", "submit_article", author, **ARTICLE)["id"]
        somebody = self.association.person(*ROLES, unit=unit, person=person)
        return House(somebody, {"unit": unit, "invoice": invoice, "slip": slip, "article": article})


@pytest.fixture(scope="module")
def secretariat(association: Association) -> Secretariat:
    return Secretariat(association)


@pytest.fixture(scope="module")
def mine(secretariat: Secretariat) -> House:
    return secretariat.house("汾河信息公司")


@pytest.fixture(scope="module")
def theirs(secretariat: Secretariat) -> House:
    return secretariat.house("桑干河信息公司")


def ask(house: House, secretariat: Secretariat, call: Call, thing: Mapping[str, str]) -> Answer:
    """What one of the people of ``house`` is answered who asks for ``thing``."""
    service, operation = call
    named = {parameter: thing[what] for parameter, what in ABOUT[call].items()}
    return secretariat.association.call(service, operation, as_=house.somebody, **named, **GIVEN.get(operation, {}))


def said(answer: Answer) -> tuple[Any, ...]:
    """All of an answer but what is of this one request."""
    problem = dict(answer.problem or {})
    problem.pop("correlation_id", None)
    return answer.status, answer.body, problem, answer.etag, answer.file


# --- which operations --------------------------------------------------------------------------------------


def marked(*marks: str) -> set[Call]:
    """The operations that have one of ``marks`` for one of a unit's people, on the page as it was committed."""
    page = (Path(__file__).parents[2] / "docs/permissions.md").read_text("utf-8")
    found = set()
    for section in page.split("\n## ")[1:]:
        head, _, *rows = [
            [cell.strip(" `") for cell in line.strip("|").split("|")]
            for line in section.splitlines()
            if line.startswith("|")
        ]
        for row in rows:
            cells = dict(zip(head, row, strict=True))
            if any(cells.get(role) in marks for role in ROLES):
                found.add((section.split()[0], row[0]))
    return found


def test_every_operation_for_ones_own_unit_is_tried() -> None:
    assert marked(MARKS[Reach.UNIT]) == set(ABOUT) | set(LISTS) | MAKES


def test_what_is_not_limited_to_ones_unit_shows_nothing_of_any() -> None:
    """What a unit's people may do without limit, and what everybody may, has no unit in its answer."""
    for name, plugin in plugins().items():
        for operation in operations_of(plugin.service).values():
            everybody = "." not in operation.permission
            limit = reach_of(plugin.grants, ROLES, operation.permission)
            if (everybody or limit is Reach.ALL) and operation.answer is not None:
                assert "unit_id" not in names_in(operation.answer), f"{name}.{operation.name}"


def names_in(schema: ma.Schema) -> set[str]:
    found = set(schema.fields)
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if isinstance(inner, ma.fields.Nested):
            found |= names_in(inner.schema)
    return found


# --- one thing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ABOUT, ids=".".join)
def test_another_units_is_answered_like_what_does_not_exist(
    secretariat: Secretariat, mine: House, theirs: House, call: Call
) -> None:
    nothing = {"unit": str(uuid.uuid4()), "invoice": str(uuid.uuid4()), "slip": "0", "article": str(uuid.uuid4())}
    own = ask(mine, secretariat, call, mine.has)
    another, missing = (ask(mine, secretariat, call, thing) for thing in (theirs.has, nothing))
    assert own.status != 404
    assert own.status < 500
    assert missing.status == 404
    assert said(another) == said(missing)


# --- many --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", LISTS, ids=".".join)
def test_a_list_holds_the_units_own_rows_and_no_others(
    secretariat: Secretariat, mine: House, theirs: House, call: Call
) -> None:
    items = secretariat.do(*call, mine.somebody, limit=200)["items"]
    assert items
    assert {item[LISTS[call]] for item in items} == {mine.unit}
    page = secretariat.do(*call, mine.somebody, limit=1)
    assert (len(page["items"]), page["next"]) == (1, None), "not even a next page tells of others"


@pytest.mark.parametrize("call", [("membership", "list_invoices"), ("finance", "list_receivables")], ids=".".join)
def test_a_filter_for_another_unit_finds_nothing(
    secretariat: Secretariat, mine: House, theirs: House, call: Call
) -> None:
    assert secretariat.do(*call, mine.somebody, unit_id=mine.unit)["items"]
    for unit in (theirs.unit, str(uuid.uuid4())):
        assert secretariat.do(*call, mine.somebody, unit_id=unit).body == {"items": [], "next": None}


@pytest.mark.parametrize("call", LISTS, ids=".".join)
def test_who_represents_two_units_sees_both_and_who_represents_none_sees_none(
    secretariat: Secretariat, mine: House, theirs: House, call: Call
) -> None:
    def acting(*units: str) -> Person:
        person = str(new_id())
        given: dict[str, Any] = {"account": str(new_id()), "person": person, "session": str(new_id())}
        lifetime = timedelta(days=1)
        token = issue_access(secretariat.association.issuer, **given, roles=ROLES, units=units, lifetime=lifetime)
        return Person(token, given["account"], person)

    for units in ((mine.unit, theirs.unit), (theirs.unit,), ()):
        items = secretariat.do(*call, acting(*units), limit=200)["items"]
        assert {item[LISTS[call]] for item in items} == set(units)


def test_staff_see_every_units_rows_as_before(secretariat: Secretariat, mine: House, theirs: House) -> None:
    for house in (mine, theirs):
        for operation in ("list_receivables", "get_receivable"):
            asked = {"unit_id": house.unit} if operation == "list_receivables" else {"invoice_id": house.has["invoice"]}
            assert secretariat.do("finance", operation, secretariat.cashier, **asked).body


def test_staff_who_also_represent_a_unit_see_what_staff_see(
    secretariat: Secretariat, mine: House, theirs: House
) -> None:
    both = secretariat.association.person("cashier", "representative", unit=mine.unit)
    assert secretariat.do("finance", "get_receivable", both, invoice_id=theirs.has["invoice"])["unit_id"] == theirs.unit


def test_a_command_under_its_key_is_answered_again(secretariat: Secretariat) -> None:
    key, unit = str(new_id()), str(new_id())
    author = secretariat.association.person(*ROLES, unit=unit)
    first, again = (secretariat.do("publishing", "submit_article", author, key=key, **ARTICLE) for _ in range(2))
    assert first["unit_id"] == unit
    assert again.body == first.body
