"""Confidential cases through the bus: nobody knows of one but the people on it, whichever way they ask (M7, X8)."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from services.membership.base import Base
from services.membership.cases.confidential import ConfidentialCases
from services.membership.cases.models import ConfidentialCase
from services.membership.service import MembershipService
from services.membership.units.rules import check_character
from shared.api.operations import operations_of
from shared.errors import NotFound
from shared.personal.declaring import holdings
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually
from shared.testing.services import START

pytestmark = pytest.mark.rule(id="M7")

SECRET = "商业秘密纠纷八百四十七号"
CASE = {"kind": "rights", "title": SECRET, "text": f"{SECRET}：竞争对手挖走团队"}
HEAD = "01771113-1812-7221-916e-d501e883bb42"
"""One of the two heads of the Legal Affairs Department, by the founding document."""
HEADS = {HEAD, "01771113-1813-7a60-be47-f8f46292eca4"}


@pytest.fixture(autouse=True)
def april(association: Association) -> Iterator[None]:
    association.set_clock("2054-04-01T09:00:00+08:00")
    known = f"SELECT 1 FROM heard_tenures WHERE post = 'legal-affairs-head' AND person_id = '{HEAD}'"
    eventually(lambda: association.rows("membership", known))
    yield
    association.set_clock(START)


@dataclass
class Closet:
    """A confidential case of a unit, its representative who opened it, and the head of Legal Affairs who has it."""

    association: Association
    unit: str
    opener: Person
    head: Person
    id: str

    def call(self, operation: str, as_: Person, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_, **given)

    def do(self, operation: str, as_: Person, **given: Any) -> Answer:
        answer = self.call(operation, as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def known(self, *roles: str, unit: str | None = None) -> Person:
        """Somebody on file, with these roles."""
        return self.association.person(*roles, unit=unit, person=registered(self.association))


def registered(association: Association) -> str:
    administrator = association.person("administrator")
    id: str = association.call("membership", "register_person", as_=administrator, name="田间")["id"]
    return id


Open = Callable[..., Closet]


@pytest.fixture
def opened(association: Association) -> Open:
    """``opened()`` → a confidential case, taken in hand by the head of Legal Affairs."""

    def open_one(*, represented_by: str | None = None) -> Closet:
        clerk = association.person("clerk", person=registered(association))
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": "汾河", "credit_code": first17 + check_character(first17), "tier": "director"}
        unit = association.call("membership", "admit_unit", as_=clerk, **given)["id"]
        person = represented_by or registered(association)
        association.call("membership", "name_representative", as_=clerk, id=unit, person_id=person)
        opener = association.person("representative", unit=unit, person=person)
        id = association.call("membership", "open_confidential_case", as_=opener, **CASE)["id"]
        closet = Closet(association, unit, opener, association.person("officer", person=HEAD), id)
        if represented_by is None:
            closet.do("take_confidential_case", closet.head, id=id)
        return closet

    return open_one


@pytest.fixture
def closet(opened: Open) -> Closet:
    return opened()


def refused(answer: Answer, rule: str, code: str) -> None:
    assert answer.problem is not None
    assert (answer.status, answer.problem["rule"], answer.problem["code"]) == (409, rule, code)


# --- on it -------------------------------------------------------------------------------------------------


def test_the_opener_and_the_heads_of_legal_affairs_are_on_a_case(closet: Closet) -> None:
    case = closet.do("get_confidential_case", closet.opener, id=closet.id)
    assert set(case["people"]) == {closet.opener.person, *HEADS}
    assert case["assigned_to"] == HEAD
    assert [each["id"] for each in closet.do("list_confidential_cases", closet.opener)["items"]] == [closet.id]
    steps = closet.do("list_confidential_case_entries", closet.head, id=closet.id)["items"]
    assert [each["step"] for each in steps] == ["joining", "joining", "assignment"]


def test_a_lawyer_who_is_added_handles_it_to_its_end(closet: Closet) -> None:
    lawyer = closet.known("legal_counsel")
    assert closet.call("get_confidential_case", lawyer, id=closet.id).status == 404
    closet.do("add_to_confidential_case", closet.head, id=closet.id, person_id=lawyer.person)
    closet.do("take_confidential_case", lawyer, id=closet.id)
    closet.do("write_in_confidential_case", closet.opener, id=closet.id, text="补充劳动合同")
    refused(closet.call("reply_to_confidential_case", closet.head, id=closet.id, text="好"), "M7", "not-assigned")
    closet.do("reply_to_confidential_case", lawyer, id=closet.id, text="可申请仲裁")
    closed = closet.do("close_confidential_case", lawyer, id=closet.id, outcome="advised", text="已提供意见")
    assert closed["state"] == "closed"
    again = closet.do("reopen_confidential_case", closet.opener, id=closet.id, reason="仲裁未受理")
    assert (again["state"], again["assigned_to"]) == ("assigned", lawyer.person)


def test_whoever_is_taken_off_knows_of_it_no_more(closet: Closet) -> None:
    lawyer = closet.known("legal_counsel")
    closet.do("add_to_confidential_case", closet.head, id=closet.id, person_id=lawyer.person)
    assert closet.do("get_confidential_case", lawyer, id=closet.id)["title"] == SECRET
    off = {"id": closet.id, "person_id": lawyer.person}
    refused(closet.call("take_off_confidential_case", lawyer, **off), "M7", "stays-on-the-case")
    closet.do("take_off_confidential_case", closet.opener, **off)
    assert closet.call("get_confidential_case", lawyer, id=closet.id).status == 404
    assert closet.do("list_confidential_cases", lawyer)["items"] == []
    for person, by in ((closet.opener.person, closet.head), (HEAD, closet.opener)):
        given = {"id": closet.id, "person_id": person}
        refused(closet.call("take_off_confidential_case", by, **given), "M7", "stays-on-the-case")


def test_nobody_unknown_takes_a_case_in_hand(closet: Closet) -> None:
    clerk = closet.association.person("clerk")
    id = closet.do("open_confidential_case", clerk, unit_id=closet.unit, **CASE)["id"]
    assert closet.call("take_confidential_case", clerk, id=id).status == 404
    assert closet.do("get_confidential_case", clerk, id=id)["assigned_to"] is None


def test_nobody_unknown_is_added_and_nobody_twice(closet: Closet) -> None:
    unknown = closet.call("add_to_confidential_case", closet.head, id=closet.id, person_id=uuid.uuid4())
    assert unknown.status == 404
    twice = closet.call("add_to_confidential_case", closet.head, id=closet.id, person_id=HEAD)
    refused(twice, "M7", "on-the-case")
    assert len(closet.do("get_confidential_case", closet.head, id=closet.id)["people"]) == 3


@pytest.mark.rule(id="X8")
def test_the_units_own_people_do_not_receive_or_handle_it(opened: Open) -> None:
    closet = opened(represented_by=HEAD)
    assert set(closet.do("get_confidential_case", closet.opener, id=closet.id)["people"]) == HEADS
    other_head = closet.association.person("officer", person=next(iter(HEADS - {HEAD})))
    both = closet.association.person("officer", "representative", unit=closet.unit, person=HEAD)
    refused(closet.call("take_confidential_case", both, id=closet.id), "X8", "own-units-case")
    closet.do("take_confidential_case", other_head, id=closet.id)
    given = {"outcome": "withdrawn", "text": "撤回"}
    refused(closet.call("close_confidential_case", both, id=closet.id, **given), "X8", "own-units-case")


def test_a_clerk_enters_one_for_a_unit_and_is_on_it_then(closet: Closet) -> None:
    clerk, colleague = closet.known("clerk"), closet.known("clerk")
    id = closet.do("open_confidential_case", clerk, unit_id=closet.unit, **CASE)["id"]
    assert closet.do("get_confidential_case", clerk, id=id)["title"] == SECRET
    for somebody in (colleague, closet.opener):
        assert closet.call("get_confidential_case", somebody, id=id).status == 404
    other = closet.known("representative", unit=closet.unit)
    assert closet.call("open_confidential_case", other, unit_id=uuid.uuid4(), **CASE).status == 404


# --- off it ------------------------------------------------------------------------------------------------

ABOUT_ONE: Mapping[str, Mapping[str, Any]] = {
    "get_confidential_case": {},
    "list_confidential_case_entries": {},
    "write_in_confidential_case": {"text": "好"},
    "add_to_confidential_case": {"person_id": HEAD},
    "take_off_confidential_case": {"person_id": HEAD},
    "take_confidential_case": {},
    "reply_to_confidential_case": {"text": "好"},
    "close_confidential_case": {"outcome": "withdrawn", "text": "好"},
    "reopen_confidential_case": {"reason": "好"},
}
"""Operations about one confidential case → what else they take."""
OTHERS = {"open_confidential_case", "list_confidential_cases", "count_confidential_cases"}


def test_every_operation_on_confidential_cases_is_tried() -> None:
    names = {name for name, each in operations_of(MembershipService).items() if "confidential_case" in each.permission}
    assert names == set(ABOUT_ONE) | OTHERS


def said(answer: Answer) -> tuple[Any, ...]:
    problem = dict(answer.problem or {})
    problem.pop("correlation_id", None)
    return answer.status, answer.body, problem, answer.etag


def test_whoever_is_off_the_case_is_answered_as_if_there_were_none(closet: Closet) -> None:
    """Others of its own unit, staff of every sort, and somebody with all roles there are but the administrator's."""
    everybody = ("clerk", "officer", "deputy_secretary_general", "legal_counsel", "representative", "inspector")
    before = closet.do("get_confidential_case", closet.opener, id=closet.id)
    for somebody in (
        closet.known("representative", unit=closet.unit),
        closet.known("clerk"),
        closet.known("officer"),
        closet.known("legal_counsel"),
        closet.known("clerk", unit=closet.unit),
        closet.known(*everybody, unit=closet.unit),
    ):
        for operation, given in ABOUT_ONE.items():
            there = closet.call(operation, somebody, id=closet.id, **given)
            missing = closet.call(operation, somebody, id=str(uuid.uuid4()), **given)
            assert there.status in (403, 404), operation
            assert said(there) == said(missing), operation
    assert closet.do("get_confidential_case", closet.opener, id=closet.id).body == before.body


def test_administrators_and_inspectors_may_not_even_ask(closet: Closet) -> None:
    for role in ("administrator", "inspector", "accountant", "editor", "correspondent"):
        somebody = closet.association.person(role, unit=closet.unit)
        for operation in (*ABOUT_ONE, "list_confidential_cases", "count_confidential_cases"):
            given = {"id": closet.id, **ABOUT_ONE[operation]} if operation in ABOUT_ONE else {}
            answer = closet.call(operation, somebody, **given)
            assert answer.problem is not None
            assert (answer.status, answer.problem["code"]) == (403, "not-permitted")


@pytest.mark.parametrize("role", ["representative", "clerk", "officer", "legal_counsel"])
def test_lists_and_pages_hold_none_of_it(closet: Closet, role: str) -> None:
    somebody = closet.known(role, unit=closet.unit if role == "representative" else None)
    for given in ({}, {"kind": "rights"}, {"state": "assigned"}, {"limit": 1}):
        found = closet.do("list_confidential_cases", somebody, **given)
        assert found.body == {"items": [], "next": None}


def test_the_lists_of_other_cases_hold_none_of_it(closet: Closet) -> None:
    for somebody in (closet.known("clerk"), closet.known("administrator"), closet.opener):
        items = closet.do("list_cases", somebody, unit_id=closet.unit)["items"]
        assert items == []
        assert closet.call("get_case", somebody, id=closet.id).status == 404


def test_the_audit_trail_shows_its_id_and_nothing_of_it(closet: Closet) -> None:
    closet.do("reply_to_confidential_case", closet.head, id=closet.id, text=SECRET)
    closet.do("close_confidential_case", closet.head, id=closet.id, outcome="settled", text=SECRET)
    inspector = closet.known("inspector")
    opening = {"operation": "open_confidential_case", "limit": 200}
    rows = closet.do("list_audit", inspector, target=closet.id)["items"]
    rows += [
        row
        for row in closet.association.call("membership", "list_audit", as_=inspector, **opening)["items"]
        if any(each["id"] == closet.id for each in row["changed"])
    ]
    assert {row["operation"] for row in rows} == {
        "open_confidential_case",
        "take_confidential_case",
        "reply_to_confidential_case",
        "close_confidential_case",
    }
    shown = [value for row in rows for each in row["changed"] for part in ("before", "after") for value in [each[part]]]
    values = {value for each in shown if each for value in each.values() if value is not None}
    assert values == {"***"}
    assert not {SECRET, closet.unit, closet.opener.person} & set(json.dumps(rows, ensure_ascii=False).split('"'))


def test_no_event_and_no_line_of_the_log_tells_of_it(closet: Closet) -> None:
    closet.do("write_in_confidential_case", closet.opener, id=closet.id, text=SECRET)
    told = f"SELECT 1 FROM chassis.outbox WHERE position('{closet.id}' IN subject || body::text) > 0"
    assert closet.association.rows("membership", told) == []
    assert SECRET not in closet.association.log.read_text()


def test_what_is_held_on_a_person_is_silent_about_it() -> None:
    """Who handles requests about personal data would learn from a tie that somebody is on such a case."""
    kept = {name for name in Base.metadata.tables if name.startswith("confidential_case")}
    assert kept == {"confidential_cases", "confidential_case_entries"}
    assert kept.isdisjoint(holdings(Base.metadata))


@pytest.mark.rule(id="X4")
def test_only_the_number_of_a_year_is_counted_and_few_are_not_told(opened: Open, association: Association) -> None:
    association.set_clock("2055-04-01T09:00:00+08:00")
    officer = association.person("officer")
    numbers: list[int | None] = []
    for _ in range(5):
        opened()
        counted = association.call("membership", "count_confidential_cases", as_=officer)
        (year,) = (each for each in counted["counts"] if each["year"] == 2055)
        assert set(year) == {"year", "cases"}
        numbers.append(year["cases"])
    assert numbers == [None, None, None, None, 5]
    assert association.call("membership", "count_confidential_cases", as_=association.person("clerk")).status == 403


# --- the second lock ---------------------------------------------------------------------------------------


def test_a_grant_that_reached_too_far_would_still_show_nothing(association: Association, closet: Closet) -> None:
    """The operations ask for the person by themselves, whatever the store would show."""

    class Everything:
        """A transaction that sees all rows, as one under a plain pattern would."""

        def __init__(self, person: str) -> None:
            self.principal = type("P", (), {"person": person, "account": None, "units": frozenset(), "name": "x"})()
            self.asked: list[Any] = []

        def get(self, _: type[ConfidentialCase], id: uuid.UUID) -> Any:
            return type("C", (), {"id": id, "people": [uuid.UUID(HEAD)]})()

        change = get

        def page(self, query: Any, *_: Any, **__: Any) -> Any:
            self.asked.append(query)
            return query

        def keep_apart(self, *_: Any) -> None: ...

    for name, given in ABOUT_ONE.items():
        method = getattr(ConfidentialCases, name).__wrapped__
        more = {"page": None} if name.startswith("list") else {}
        with pytest.raises(NotFound):
            method(None, Everything(str(uuid.uuid4())), id=uuid.UUID(closet.id), **given, **more)
    stranger = str(uuid.uuid4())
    query = ConfidentialCases.list_confidential_cases.__wrapped__(  # type: ignore[attr-defined]
        None, Everything(stranger), page=None, kind=None, state=None
    )
    assert "people @>" in str(query)
