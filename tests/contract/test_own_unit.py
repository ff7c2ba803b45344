"""Who acts for a unit sees and changes what is of that unit, in every service: another unit's rows are not in lists,
counts, details, files or errors, and asking for one is answered like asking for one that does not exist (M2, M11).

Which operations that is about is taken from docs/permissions.md; one that is not tried here makes a test fail.
"""

import itertools
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
ENTRY = {"title": "三晋通信人", "body": "通信保障无小事。", "author": "田间", "consent": True}
ROLES = ("representative", "correspondent")
"""The roles of a unit's people."""

Call = tuple[str, str]
"""Service and operation."""

ABOUT: Mapping[Call, Mapping[str, Any]] = {
    ("membership", "get_unit"): {"id": "unit"},
    ("membership", "list_unit_changes"): {"id": "unit"},
    ("membership", "list_unit_leavings"): {"id": "unit"},
    ("membership", "withdraw_unit"): {"id": "unit"},
    ("membership", "propose_change"): {"id": "unit"},
    ("membership", "get_change_request"): {"id": "change_request"},
    ("membership", "withdraw_change_request"): {"id": "change_request"},
    ("membership", "list_representatives"): {"id": "unit"},
    ("membership", "get_standing"): {"id": "unit"},
    ("membership", "get_profile"): {"id": "unit"},
    ("membership", "list_profile_entries"): {"id": "unit"},
    ("membership", "get_invoice"): {"id": "invoice"},
    ("membership", "get_invoice_reduction"): {"id": "reduction"},
    ("membership", "get_case"): {"id": "case"},
    ("membership", "list_case_entries"): {"id": "case"},
    ("membership", "write_in_case"): {"id": "case"},
    ("membership", "reopen_case"): {"id": "case"},
    ("membership", "read_paper"): {"id": "acknowledgement"},
    ("membership", "acknowledge_paper"): {"id": "acknowledgement"},
    ("membership", "sign_up_participants"): {"id": "activity", "unit_id": "unit"},
    ("membership", "get_sign_up"): {"id": "sign_up"},
    ("membership", "print_pass"): {"id": "sign_up"},
    ("membership", "withdraw_sign_up"): {"id": "sign_up"},
    ("membership", "submit_entry"): {"id": "activity", "unit_id": "unit"},
    ("membership", "get_entry"): {"id": "entry"},
    ("membership", "withdraw_entry"): {"id": "entry"},
    ("membership", "report_figures"): {"id": "unit", "period_id": "period"},
    ("membership", "explain_finding"): {"id": "finding"},
    ("membership", "sign_pact"): {"id": "unit", "pact_id": "pact"},
    ("membership", "answer_complaint"): {"id": "notice"},
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
    # Of one's own unit it is refused: the day is past.
    "withdraw_unit": {"last_day": "2000-01-01"},
    "propose_change": {"short_name": "汾河"},
    "write_in_case": {"text": "补充材料"},
    "reopen_case": {"reason": "尚未解决"},
    "report_figures": {"figures": [{"indicator": "revenue", "value": "1.0"}]},
    "explain_finding": {"text": "口径不同"},
    "answer_complaint": {"text": "情况属实"},
    "revise_article": {**ARTICLE, "if_match": "*"},
    "set_unit_contact": {"mail_address": "dues@example.com"},
    "get_unit_dues_account": {"year": YEAR},
    "review_article": {"kind": "facts", "revision": 1, "passed": True},
    # Without consent neither makes anything (X10), so that a unit has the one of each that it was given.
    "sign_up_participants": {"participants": [{"name": "田间", "consent": False}]},
    "submit_entry": {**ENTRY, "consent": False},
}
LISTS: Mapping[Call, str] = {
    ("membership", "list_units"): "id",
    ("membership", "list_change_requests"): "unit_id",
    ("membership", "list_invoices"): "unit_id",
    ("membership", "list_invoice_reductions"): "unit_id",
    ("membership", "list_cases"): "unit_id",
    ("membership", "list_acknowledgements"): "unit_id",
    ("membership", "list_sign_ups"): "unit_id",
    ("membership", "list_entries"): "unit_id",
    ("membership", "list_figures"): "unit_id",
    ("membership", "list_findings"): "unit_id",
    ("membership", "list_signatures"): "unit_id",
    ("membership", "list_complaint_notices"): "unit_id",
    ("membership", "list_reminders"): "unit_id",
    ("membership", "list_notices"): "unit_id",
    ("finance", "list_receivables"): "unit_id",
    ("publishing", "list_articles"): "unit_id",
}
"""Operations that list → the field that says whose a row is."""
MAKES = {
    ("publishing", "submit_article"),
    ("membership", "open_case"),
    ("membership", "open_confidential_case"),
}
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
        self._months = itertools.count(1)
        self.resolve()
        self.contest = self.open_contest()

    def open_contest(self) -> str:
        """An activity that units sign up for and enter something in; it is of no unit."""
        plan = {"kind": "essay_contest", "title": "征文", "venue": "太原", "sign_up_until": DAY}
        times = {"starts_at": f"{DAY}T10:00:00+08:00", "ends_at": f"{DAY}T17:00:00+08:00"}
        activity: str = self.do("membership", "plan_activity", self.clerk, **plan, **times)["id"]
        self.do("membership", "open_activity", self.clerk, id=activity)
        return activity

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
            "dues_leaving": "by_month",
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
        has = {"unit": unit, "invoice": invoice, "slip": slip, "article": article}
        has |= self.asked_by(unit, somebody) | self.taking_part(unit, somebody)
        has |= self.statistics(unit) | self.self_discipline(unit, person)
        return House(somebody, has | {"reduction": self.leaving(unit)})

    def leaving(self, unit: str) -> str:
        """What its invoice is less, since the unit has said that it leaves, later in the year."""
        self.do("membership", "withdraw_unit", self.clerk, id=unit, last_day=f"{YEAR}-06-30")
        reduced = f"SELECT id FROM invoice_reductions WHERE unit_id = '{unit}'"
        (reduction,) = eventually(lambda: self.association.rows("membership", reduced))
        return str(reduction["id"])

    def asked_by(self, unit: str, somebody: Person) -> dict[str, str]:
        """What the unit asked for, and a paper that it has yet to acknowledge."""
        request = self.do("membership", "propose_change", somebody, id=unit, place="140200")["id"]
        case = self.do("membership", "open_case", somebody, kind="rights", title="维权", text="请协助")["id"]
        paper = self.do("membership", "enter_paper", self.clerk, subject_id=str(uuid.uuid4()), title="通知")["id"]
        self.do("membership", "serve_paper", self.clerk, id=paper, audience="units", unit_ids=[unit])
        (served,) = self.do("membership", "list_acknowledgements", self.clerk, paper_id=paper)["items"]
        return {"change_request": request, "case": case, "acknowledgement": str(served["id"])}

    def taking_part(self, unit: str, somebody: Person) -> dict[str, str]:
        """Who of the unit comes to an activity, and what it entered there."""
        of_unit = {"id": self.contest, "unit_id": unit}
        people = [{"name": "田间", "consent": True}]
        sign_up = self.do("membership", "sign_up_participants", somebody, **of_unit, participants=people)["items"][0]
        entry = self.do("membership", "submit_entry", somebody, **of_unit, **ENTRY)
        return {"activity": self.contest, "sign_up": sign_up["id"], "entry": entry["id"]}

    def statistics(self, unit: str) -> dict[str, str]:
        """A period in which the unit has reported something doubtful."""
        month = {"year": YEAR, "month": next(self._months), "unit_ids": [unit]}
        period = self.do("membership", "open_period", self.clerk, **month)["id"]
        figures = [{"indicator": "users_4g", "value": "2.0"}, {"indicator": "mobile_users", "value": "1.0"}]
        given = {"id": unit, "period_id": period, "figures": figures}
        (finding,) = self.do("membership", "report_figures", self.clerk, **given)["findings"]
        return {"period": period, "finding": finding["id"]}

    def self_discipline(self, unit: str, person: str) -> dict[str, str]:
        """A pact that the unit has signed, and a complaint about it."""
        pacts = self.do("membership", "list_pacts", self.clerk, limit=1)["items"]
        text = {"title": "自律公约", "text": "公平竞争。", "adopted_on": "2020-01-01", "effective_from": "2020-01-01"}
        pact = pacts[0]["id"] if pacts else self.do("membership", "record_pact", self.clerk, **text)["id"]
        self.do("membership", "sign_pact", self.clerk, id=unit, pact_id=pact, person_id=person)
        about = {"respondent_unit_id": unit, "outsider": "customer", "kind": "service", "statement": "推诿"}
        complaint = self.do("membership", "record_complaint", self.clerk, **about)["id"]
        told = {"id": complaint, "allegation": "反映推诿"}
        notice = self.do("membership", "accept_complaint", self.clerk, **told)["notice"]["id"]
        return {"pact": pact, "notice": notice}


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
    nothing = {**{what: str(uuid.uuid4()) for what in mine.has}, "slip": "0"}
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
    page = secretariat.do(*call, mine.somebody, limit=len(items))
    assert (page["items"], page["next"]) == (items, None), "not even a next page tells of others"


@pytest.mark.parametrize(
    "call",
    [("membership", "list_invoices"), ("membership", "list_change_requests"), ("finance", "list_receivables")],
    ids=".".join,
)
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
