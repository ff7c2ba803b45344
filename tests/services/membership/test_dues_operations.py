"""Membership dues through the bus: standards by resolution, invoices by standard, standing by payment (M2, M3, M4)."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually

CLOCK = "2041-04-01T09:00:00+08:00"
"""Far off, so that no standard of another test is in force."""
ADOPTED, PAID, SETTLED = "resolution.adopted.v1", "receivable.payment-received.v1", "receivable.settled.v1"
CREDIT_USED = "receivable.credit-used.v1"
AMOUNTS = {"director": "5000.00", "standing_director": "10000.00", "vice_president": "0.00"}


class Dues:
    """A clerk, and what governance and finance tell membership."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk")

    def tell(self, source: str, type_: str, subject: str, event_id: str | None = None, **body: Any) -> str:
        """Put an event on the bus as its service would; returns its id."""
        event_id = event_id or str(uuid.uuid4())
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": source,
            "type": type_,
            "time": CLOCK,
            "subject": subject,
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish(f"{source}.events", type_, json.dumps(body).encode(), headers=headers)
        return event_id

    def heard(self, event_id: str, state: str = "done") -> None:
        row = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = '{state}'"
        eventually(lambda: self.association.rows("membership", row))

    def resolve(self, *, event_id: str | None = None, **changed: Any) -> tuple[str, str]:
        """A resolution of the assembly as governance tells it: the ids of the resolution and of the event."""
        resolution = changed.pop("resolution_id", str(new_id()))
        told = {
            "resolution_id": resolution,
            "number": "会员代表大会决议〔2041〕1号",
            "body": "assembly",
            "matter": "dues-standard",
            "adopted_on": "2041-03-20",
            "subject_id": None,
            "limit": None,
            "dues_amounts": [{"tier": tier, "amount": amount} for tier, amount in AMOUNTS.items()],
            "effective_from": "2041-03-20",
            "exactly_half": True,
            **changed,
        }
        event = self.tell("governance", ADOPTED, f"resolution/{resolution}", event_id, **told)
        return resolution, event

    def earlier_standards(self, *years: int) -> None:
        """One more for each past year, from the day that decides for it: other tests resolve on years of their own."""
        for year in years:
            _, event = self.resolve(effective_from=f"{year}-12-31")
            self.heard(event)

    def standards(self, resolution: str) -> list[dict[str, Any]]:
        answer = self.association.call("membership", "list_dues_standards", as_=self.clerk, limit=200)
        return [each for each in answer["items"] if each["resolution_id"] == resolution]

    def unit(self, **given: Any) -> str:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": "汾河", "credit_code": first17 + check_character(first17), "tier": "director", **given}
        unit: str = self.association.call("membership", "admit_unit", as_=self.clerk, **given)["id"]
        return unit

    def invoice(self, unit: str, year: int = 2041, **given: Any) -> Answer:
        return self.association.call("membership", "issue_invoice", as_=self.clerk, unit_id=unit, year=year, **given)

    def standing(self, unit: str) -> tuple[str, bool, str, str]:
        answer = self.association.call("membership", "get_standing", as_=self.clerk, id=unit)
        return answer["standing"], answer["good"], answer["owes"], answer["overdue"]

    def kept(self, unit: str) -> str:
        standing: str = self.association.call("membership", "get_unit", as_=self.clerk, id=unit)["standing"]
        return standing

    def pay(self, invoice: Answer, amount: str, owes: str, type_: str = PAID) -> str:
        """What finance tells of a payment; heard when this returns."""
        told = {"invoice_id": invoice["id"], "unit_id": invoice["unit_id"], "amount": amount, "owes": owes}
        event = self.tell("finance", type_, f"receivable/{invoice['id']}", **told)
        self.heard(event)
        return event

    def told(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        rows = self.association.rows(
            "membership", f"SELECT type, body FROM chassis.outbox WHERE subject = '{subject}' ORDER BY position"
        )
        return [(row["type"], json.loads(row["body"])) for row in rows]

    def standings_told(self, unit: str) -> list[str]:
        return [body["standing"] for type_, body in self.told(f"unit/{unit}") if "standing" in type_]


@pytest.fixture
def dues(association: Association) -> Dues:
    association.set_clock(CLOCK)
    dues = Dues(association)
    # One standard for all that need one; told again it is the same.
    _, event = dues.resolve(resolution_id="0192f0c1-2a7b-7cc3-98a4-5d1f0e6b7b01")
    dues.heard(event)
    return dues


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


@pytest.mark.rule(id="M3")
def test_a_resolution_of_the_assembly_is_a_standard_once(dues: Dues) -> None:
    resolution, event = dues.resolve(effective_from="2031-01-01")
    dues.heard(event)
    before = dues.standards(resolution)
    (standard,) = before
    assert (standard["resolution"], standard["effective_from"]) == ("会员代表大会决议〔2041〕1号", "2031-01-01")
    assert {each["tier"]: each["amount"] for each in standard["amounts"]} == AMOUNTS
    dues.resolve(resolution_id=resolution, event_id=event, effective_from="2031-01-01")
    _, again = dues.resolve(resolution_id=resolution, effective_from="2031-01-01")
    dues.heard(again)
    assert dues.standards(resolution) == before


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    "changed",
    [
        {"body": "council"},
        {"effective_from": None},
        {"dues_amounts": []},
        {"dues_amounts": [{"tier": "director", "amount": "1.00"}, {"tier": "director", "amount": "2.00"}]},
        {"dues_amounts": [{"tier": "president", "amount": "5000.00"}]},
        {"dues_amounts": [{"tier": "director", "amount": "-5000.00"}]},
        {"dues_amounts": [{"tier": "director", "amount": "５０００"}]},
    ],
)
def test_what_cannot_be_a_standard_is_a_dead_letter(dues: Dues, changed: dict[str, Any]) -> None:
    resolution, event = dues.resolve(**changed)
    dues.heard(event, "dead")
    assert dues.standards(resolution) == []


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize("changed", [{"matter": "charter"}, {"dues_amounts": None, "effective_from": None}])
def test_other_resolutions_pass_by(dues: Dues, changed: dict[str, Any]) -> None:
    resolution, event = dues.resolve(**changed)
    dues.heard(event)
    assert dues.standards(resolution) == []


@pytest.mark.rule(id="X7")
def test_a_standard_ends_with_its_resolution_and_leaves_the_earlier_one(dues: Dues) -> None:
    dearer = [{"tier": "director", "amount": "8000.00"}]
    resolution, event = dues.resolve(dues_amounts=dearer, effective_from="2043-01-01")
    dues.heard(event)
    dues.association.set_clock("2043-02-01T09:00:00+08:00")
    by_dearer = dues.invoice(dues.unit(), 2043)
    assert by_dearer["amount"] == "8000.00"
    told = {"resolution_id": resolution, "ended_on": "2043-02-01", "standing": "revoked"}
    dues.heard(dues.tell("governance", "resolution.ended.v1", f"resolution/{resolution}", **told))
    assert dues.standards(resolution)[0]["ended_on"] == "2043-02-01"
    assert dues.invoice(dues.unit(), 2043)["amount"] == "5000.00"
    other = {"resolution_id": str(new_id()), "ended_on": "2043-02-01"}
    dues.heard(dues.tell("governance", "resolution.ended.v1", "resolution/other", **other))
    kept = dues.association.call("membership", "get_invoice", as_=dues.clerk, id=by_dearer["id"])
    assert kept.body == by_dearer.body


@pytest.mark.rule(id="M3")
def test_an_invoice_follows_tier_and_standard_and_is_told(dues: Dues) -> None:
    unit = dues.unit()
    invoice = dues.invoice(unit)
    assert invoice.status == 201
    assert (invoice["tier"], invoice["amount"], invoice["paid"], invoice["owes"]) == (
        "director",
        "5000.00",
        "0.00",
        "5000.00",
    )
    assert (invoice["issued_on"], invoice["due_on"], invoice["state"]) == ("2041-04-01", "2041-05-31", "open")
    ((type_, body),) = dues.told(f"invoice/{invoice['id']}")
    assert (type_, body) == (
        "invoice.issued.v1",
        {
            "invoice_id": invoice["id"],
            "unit_id": unit,
            "year": 2041,
            "tier": "director",
            "amount": "5000.00",
            "issued_on": "2041-04-01",
            "due_on": "2041-05-31",
            "standard_id": invoice["standard_id"],
        },
    )
    read = dues.association.call("membership", "get_invoice", as_=dues.clerk, id=invoice["id"])
    assert read.body == invoice.body


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("given", "year", "rule", "code"),
    [
        ({}, 2005, "M3", "no-standard"),
        ({}, 2042, "M3", "year-to-come"),
        ({"tier": "vice_president"}, 2041, "M3", "zero-invoice"),
        ({"tier": "member"}, 2041, "M3", "tier-without-amount"),
        ({"admitted_on": "2041-04-01"}, 2040, "M3", "not-a-member-then"),
    ],
)
def test_no_invoice_against_the_rules(dues: Dues, given: dict[str, Any], year: int, rule: str, code: str) -> None:
    unit = dues.unit(**{"admitted_on": "2001-05-01", **given})
    assert refusal(dues.invoice(unit, year)) == (409, rule, code)
    assert dues.association.call("membership", "list_invoices", as_=dues.clerk, unit_id=unit)["items"] == []
    assert dues.kept(unit) == "good"


@pytest.mark.rule(id="M2")
def test_a_unit_whose_tier_is_not_known_is_not_invoiced(dues: Dues) -> None:
    (unit, *_) = dues.association.rows("membership", "SELECT id FROM units WHERE tier IS NULL")
    assert refusal(dues.invoice(str(unit["id"]))) == (409, "M2", "unit-without-tier")


@pytest.mark.rule(id="M2")
@pytest.mark.rule(id="M3")
def test_one_invoice_for_a_unit_and_year_and_the_next_tier_with_the_next_invoice(dues: Dues) -> None:
    unit = dues.unit()
    first = dues.invoice(unit, key="once-and-for-all")
    assert dues.invoice(unit, key="once-and-for-all").body == first.body
    assert refusal(dues.invoice(unit)) == (409, "M3", "invoice-issued")
    seen = dues.association.call("membership", "get_unit", as_=dues.clerk, id=unit)
    dues.association.call(
        "membership", "change_unit", as_=dues.clerk, id=unit, tier="standing_director", if_match=seen.etag
    )
    dues.association.set_clock("2042-01-10T09:00:00+08:00")
    assert dues.invoice(unit, 2042)["amount"] == "10000.00"
    lines = dues.association.call("membership", "list_invoices", as_=dues.clerk, unit_id=unit, sort="issued")["items"]
    assert [(line["year"], line["amount"]) for line in lines] == [(2041, "5000.00"), (2042, "10000.00")]


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="M3")
def test_a_unit_that_left_is_invoiced_no_more_and_owes_what_it_owed(dues: Dues) -> None:
    dues.earlier_standards(2040)
    unit = dues.unit(admitted_on="2030-01-01")
    invoice = dues.invoice(unit)
    dues.association.call("membership", "withdraw_unit", as_=dues.clerk, id=unit)
    assert dues.invoice(unit, 2040)["amount"] == "5000.00", "a member until the day is over"
    dues.association.set_clock("2041-04-02T09:00:00+08:00")
    assert refusal(dues.invoice(unit, 2039)) == (409, "M1", "unit-left")
    assert dues.standing(unit) == ("owing", False, "10000.00", "0.00")
    dues.pay(invoice, "5000.00", "0.00")
    assert dues.standing(unit) == ("owing", False, "5000.00", "0.00")


@pytest.mark.rule(id="M3")
def test_a_unit_that_came_back_owes_for_the_years_it_was_a_member(dues: Dues, council: Any) -> None:
    unit = dues.unit(admitted_on="2030-01-01")
    resolution = council.adopts("unit-removal", unit, "2038-06-30")
    council.ends(resolution, "unit-removal", unit, "2041-02-01")
    dues.association.set_clock("2045-04-01T09:00:00+08:00")
    dues.earlier_standards(2037, 2038)
    for year in (2029, 2039):
        assert refusal(dues.invoice(unit, year)) == (409, "M3", "not-a-member-then")
    assert [dues.invoice(unit, year).status for year in (2037, 2038, 2041)] == [201, 201, 201]


@pytest.mark.rule(id="M3")
def test_two_who_invoice_at_once_make_one_invoice(dues: Dues) -> None:
    unit = dues.unit()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(dues.invoice, [unit] * 4))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]


@pytest.mark.rule(id="M4")
def test_a_unit_stands_good_only_once_the_last_fen_is_paid(dues: Dues) -> None:
    unit = dues.unit()
    assert dues.standing(unit) == ("good", True, "0.00", "0.00")
    invoice = dues.invoice(unit)
    assert dues.standing(unit) == ("owing", False, "5000.00", "0.00")
    dues.pay(invoice, "4999.99", "0.01")
    assert dues.standing(unit) == ("owing", False, "0.01", "0.00")
    assert dues.kept(unit) == "owing"
    dues.pay(invoice, "0.01", "0.00")
    slip = {"invoice_id": invoice["id"], "unit_id": unit, "slip": "收-2041-0001"}
    dues.heard(dues.tell("finance", SETTLED, f"receivable/{invoice['id']}", **slip))
    assert dues.standing(unit) == ("good", True, "0.00", "0.00")
    (line,) = dues.association.call(
        "membership", "list_invoices", as_=dues.clerk, unit_id=unit, year=2041, state="settled"
    )["items"]
    assert (line["paid"], line["owes"], line["slip"]) == ("5000.00", "0.00", "收-2041-0001")
    assert dues.kept(unit) == "good"
    assert dues.standings_told(unit) == ["owing", "good"]


@pytest.mark.rule(id="M4")
def test_the_same_payment_told_twice_changes_nothing(dues: Dues) -> None:
    unit = dues.unit()
    invoice = dues.invoice(unit)
    first = dues.pay(invoice, "1000.00", "4000.00")
    second = dues.pay(invoice, "4000.00", "0.00")
    told = {"invoice_id": invoice["id"], "unit_id": unit, "amount": "1000.00", "owes": "4000.00"}
    dues.tell("finance", PAID, f"receivable/{invoice['id']}", first, **told)
    dues.pay(dues.invoice(dues.unit()), "1.00", "4999.00")
    assert second != first
    assert dues.standing(unit) == ("good", True, "0.00", "0.00")
    assert dues.standings_told(unit) == ["owing", "good"]


@pytest.mark.rule(id="M4")
def test_a_payment_told_after_a_later_one_or_a_year_late_opens_nothing_again(dues: Dues) -> None:
    unit = dues.unit()
    invoice = dues.invoice(unit)
    dues.pay(invoice, "4000.00", "0.00")
    dues.pay(invoice, "1000.00", "4000.00")
    assert dues.standing(unit) == ("good", True, "0.00", "0.00")
    dues.association.set_clock("2042-04-02T09:00:00+08:00")
    dues.pay(invoice, "1000.00", "4000.00")
    assert dues.standing(unit) == ("good", True, "0.00", "0.00")
    assert dues.standings_told(unit) == ["owing", "good"]


@pytest.mark.rule(id="M4")
def test_a_payment_told_a_year_late_is_a_payment(dues: Dues) -> None:
    unit = dues.unit()
    invoice = dues.invoice(unit)
    dues.association.set_clock("2042-04-02T09:00:00+08:00")
    dues.pay(invoice, "5000.00", "0.00")
    assert dues.standing(unit) == ("good", True, "0.00", "0.00")


@pytest.mark.rule(id="M3")
def test_credit_set_against_an_invoice_counts_as_paid(dues: Dues) -> None:
    unit = dues.unit()
    dues.pay(dues.invoice(unit), "1000.00", "4000.00", CREDIT_USED)
    assert dues.standing(unit) == ("owing", False, "4000.00", "0.00")


@pytest.mark.rule(id="M4")
@pytest.mark.rule(id="X3")
def test_the_last_day_to_pay_is_a_whole_day_and_the_day_after_is_overdue(dues: Dues) -> None:
    unit = dues.unit()
    dues.pay(dues.invoice(unit), "4999.99", "0.01")
    dues.association.set_clock("2041-05-31T23:59:59+08:00")
    assert dues.standing(unit) == ("owing", False, "0.01", "0.00")
    dues.association.set_clock("2041-06-01T00:00:00+08:00")
    assert dues.standing(unit) == ("overdue", False, "0.01", "0.01")
    assert dues.kept(unit) == "owing"
    assert dues.association.call("membership", "review_standings", as_=dues.clerk)["changed"] >= 1
    assert dues.kept(unit) == "overdue"
    dues.association.call("membership", "review_standings", as_=dues.clerk)
    assert dues.standings_told(unit) == ["owing", "overdue"]


# --- proration and waivers ----------------------------------------------------------------------------------


@pytest.mark.rule(id="M3")
def test_who_joins_within_the_year_is_invoiced_for_its_months(dues: Dues) -> None:
    resolution, event = dues.resolve(dues_joining="by_month", effective_from="2046-01-01")
    dues.heard(event)
    (standard,) = dues.standards(resolution)
    assert (standard["joining"], standard["leaving"], standard["waivers"]) == ("by_month", "nothing_back", [])
    dues.association.set_clock("2046-09-01T09:00:00+08:00")
    invoice = dues.invoice(dues.unit(admitted_on="2046-08-31"), 2046)
    assert (invoice["amount"], invoice["first_month"], invoice["last_month"]) == ("2083.33", 8, 12)
    whole = dues.invoice(dues.unit(admitted_on="2045-12-31"), 2046)
    assert (whole["amount"], whole["first_month"], whole["last_month"]) == ("5000.00", 1, 12)


@pytest.mark.rule(id="M3")
def test_whom_the_assembly_lets_off_is_not_invoiced(dues: Dues) -> None:
    unit, other = dues.unit(), dues.unit()
    waivers = [
        {"tier": None, "unit": unit, "year": 2047},
        {"tier": "standing_director", "unit": None, "year": None},
    ]
    resolution, event = dues.resolve(dues_waivers=waivers, effective_from="2047-01-01")
    dues.heard(event)
    assert dues.standards(resolution)[0]["waivers"] == waivers
    dues.association.set_clock("2047-02-01T09:00:00+08:00")
    assert refusal(dues.invoice(unit, 2047)) == (409, "M3", "waived")
    assert refusal(dues.invoice(dues.unit(tier="standing_director"), 2047)) == (409, "M3", "waived")
    assert dues.invoice(other, 2047)["amount"] == "5000.00"
    dues.association.set_clock("2048-02-01T09:00:00+08:00")
    assert dues.invoice(unit, 2048)["amount"] == "5000.00"


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    "changed",
    [
        {"dues_joining": "by_week"},
        {"dues_waivers": [{"tier": None, "unit": None, "year": 2041}]},
        {"dues_waivers": [{"tier": "president"}]},
    ],
)
def test_proration_that_membership_does_not_know_is_a_dead_letter(dues: Dues, changed: dict[str, Any]) -> None:
    resolution, event = dues.resolve(**changed)
    dues.heard(event, "dead")
    assert dues.standards(resolution) == []


@pytest.mark.rule(id="M1")
def test_a_unit_that_has_left_is_not_invoiced(dues: Dues) -> None:
    unit = dues.unit()
    with dues.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '2041-04-01' WHERE id = '{unit}'")
    assert refusal(dues.invoice(unit)) == (409, "M1", "unit-left")


# --- publication --------------------------------------------------------------------------------------------


def published(dues: Dues, standard: str, as_: Person | None = None, **given: Any) -> Answer:
    return dues.association.call("membership", "record_publication", as_=as_ or dues.clerk, id=standard, **given)


def overdue(dues: Dues, resolution: str) -> bool:
    """Whether the list of standards whose publication is overdue has the one of that resolution; the others' has it
    just where that has not."""
    found = []
    for which in (True, False):
        lines = dues.association.call("membership", "list_dues_standards", as_=dues.clerk, limit=200, overdue=which)
        found.append(resolution in {line["resolution_id"] for line in lines["items"]})
    assert found[0] != found[1]
    return found[0]


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="X7")
def test_a_standard_not_published_within_thirty_days_is_overdue_until_it_is(dues: Dues) -> None:
    resolution, event = dues.resolve(effective_from="2031-01-01")
    dues.heard(event)
    (standard,) = dues.standards(resolution)
    assert (standard["publish_by"], standard["published_on"]) == ("2041-04-19", None)
    dues.association.set_clock("2041-04-19T23:59:59+08:00")
    assert not overdue(dues, resolution)
    dues.association.set_clock("2041-04-20T00:00:00+08:00")
    assert overdue(dues, resolution)
    for day in ("2041-03-19", "2041-04-21"):
        assert refusal(published(dues, standard["id"], published_on=day)) == (409, "M3", "publication-day")
    recorded = {"published_on": "2041-04-18", "key": f"publication {standard['id']}"}
    first = published(dues, standard["id"], **recorded)
    assert (first["published_on"], first["published_by"]) == ("2041-04-18", f"account:{dues.clerk.account}")
    assert published(dues, standard["id"], **recorded).body == first.body
    assert not overdue(dues, resolution)
    assert refusal(published(dues, standard["id"])) == (409, "X7", "standard-published")
    assert dues.standards(resolution)[0]["published_on"] == "2041-04-18"


@pytest.mark.rule(id="M3")
def test_nobody_waits_for_the_publication_of_what_was_revoked(dues: Dues) -> None:
    resolution, event = dues.resolve(effective_from="2031-01-01")
    dues.heard(event)
    told = {"resolution_id": resolution, "ended_on": "2041-04-01"}
    dues.heard(dues.tell("governance", "resolution.ended.v1", f"resolution/{resolution}", **told))
    dues.association.set_clock("2041-06-01T09:00:00+08:00")
    assert not overdue(dues, resolution)


def test_who_records_a_publication(dues: Dues) -> None:
    assert published(dues, str(uuid.uuid4())).status == 404
    assert published(dues, str(uuid.uuid4()), published_on="20410401").status == 422
    for role in ("accountant", "officer", "representative", "editor"):
        assert published(dues, str(uuid.uuid4()), dues.association.person(role)).status == 403


@pytest.mark.parametrize(
    ("role", "operation", "status"),
    [
        ("accountant", "issue_invoice", 403),
        ("cashier", "issue_invoice", 403),
        ("cashier", "get_standing", 200),
        ("cashier", "review_standings", 403),
        ("officer", "list_invoices", 200),
        ("correspondent", "list_dues_standards", 200),
        ("correspondent", "list_invoices", 403),
        ("correspondent", "get_standing", 403),
    ],
)
def test_who_may_do_what(dues: Dues, role: str, operation: str, status: int) -> None:
    given: dict[str, dict[str, Any]] = {
        "issue_invoice": {"unit_id": uuid.uuid4(), "year": 2041},
        "get_standing": {"id": dues.unit()},
    }
    arguments = given.get(operation, {})
    call = dues.association.call
    assert call("membership", operation, as_=dues.association.person(role), **arguments).status == status
    assert call("membership", operation, **arguments).status == 401


@pytest.mark.parametrize("year", [20210, "2021.0", None, "２０２１"])
def test_a_year_that_is_none_is_refused(dues: Dues, year: Any) -> None:
    answer = dues.association.call("membership", "issue_invoice", as_=dues.clerk, unit_id=uuid.uuid4(), year=year)
    assert answer.status == 422
