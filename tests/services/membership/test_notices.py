"""What units are sent once: collection slips (M5) and the yearly account of dues (M3)."""

from dataclasses import fields
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from services.membership.dues_accounts import rules
from services.membership.dues_accounts.rules import Invoiced, Line
from services.membership.units.rules import Tier
from shared.errors import Refused
from shared.store.base import new_id
from shared.testing.association import Answer, eventually

Desk = Any


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


def notices(desk: Desk, unit: str, **given: Any) -> list[tuple[str, str, str]]:
    items = desk.do("list_notices", unit_id=unit, **given)["items"]
    return [(each["kind"], each["about"], each["outcome"]) for each in items]


# --- the account, as a rule --------------------------------------------------------------------------------


@st.composite
def invoiced(draw: st.DrawFn) -> Invoiced:
    """An invoice in whatever state: reduced, paid and owed as far as it goes."""
    amount = draw(st.integers(1, 10**9))
    reduced = draw(st.integers(0, amount))
    owes = draw(st.integers(0, amount - reduced))
    drawn = draw(st.integers(0, amount - reduced - owes))
    tier = draw(st.sampled_from([tier.code for tier in Tier]))
    return Invoiced(draw(st.uuids()), tier, amount, owes, reduced, drawn, draw(st.integers(0, 10**9)))


@pytest.mark.rule(id="M3")
def test_an_account_has_a_line_for_each_tier_the_highest_first() -> None:
    first, second, third = (UUID(int=n) for n in range(3))
    invoices = [
        Invoiced(first, "director", 500, 0, drawn=100, credit=50),
        Invoiced(second, "vice_president", 2000, 1500),
        Invoiced(third, "director", 500, 200, reduced=300),
        Invoiced(first, "director", 100, 0),
    ]
    account = rules.dues_account(2021, invoices)
    higher = Line(1, 1, 2000, 0, 500, 0, 0, 1500, "vice_president")
    assert account.tiers == [higher, Line(2, 1, 1100, 300, 550, 50, 100, 200, "director")]
    assert account.total == Line(3, 2, 3100, 300, 1050, 50, 100, 1700)
    assert account.total.paid == 1100
    assert rules.dues_account(2021, []).total == Line(0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.rule(id="M3")
@given(st.lists(invoiced(), max_size=9, unique_by=lambda invoice: invoice.unit))
def test_tiers_add_up_and_nothing_is_paid_and_open(invoices: list[Invoiced]) -> None:
    account = rules.dues_account(2021, invoices)
    for name in ("units", "owing", "paid", *(field.name for field in fields(Line) if field.name != "tier")):
        assert sum(getattr(line, name) for line in account.tiers) == getattr(account.total, name)
    assert account.total.paid + account.total.owes == account.total.invoiced - account.total.reduced
    assert account.total.units == len(invoices)


@pytest.mark.rule(id="M3")
def test_what_is_not_reported() -> None:
    rules.check_sendable(2020, 2021, 1)
    for year, invoices, code in ((2021, 1, "year-not-over"), (2022, 1, "year-not-over"), (2020, 0, "nothing-invoiced")):
        with pytest.raises(Refused) as refused:
            rules.check_sendable(year, 2021, invoices)
        assert (refused.value.rule, refused.value.code) == ("M3", code)


# --- over the bus ------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M5")
def test_a_slip_is_sent_once_whatever_is_told_twice(desk: Desk, address: str) -> None:
    desk.at("2063-03-01")
    desk.resolve("2063-01-01")
    unit, slip = desk.unit(address), f"收-2063-{new_id().hex[-8:]}"
    invoice = desk.invoice(unit, 2063)
    for _ in range(2):
        desk.settle(unit, invoice, slip)
    eventually(lambda: notices(desk, unit) == [("collection-slip", slip, "sent")])
    (letter,) = desk.mails(address)
    assert letter["Subject"] == f"会费收款单{slip}"
    assert slip in letter.get_content()
    assert "/v1/finance/collection-slips/%E6%94%B6-2063-" in letter.get_content()
    (item,) = desk.do("list_notices", unit_id=unit)["items"]
    assert item["sent_to"] == "u***@example.com"


@pytest.mark.rule(id="M5")
def test_a_slip_of_a_unit_without_an_address_is_noted(desk: Desk) -> None:
    desk.at("2063-03-01")
    desk.resolve("2063-01-01")
    unit, slip = desk.unit(), f"收-2063-{new_id().hex[-8:]}"
    desk.settle(unit, desk.invoice(unit, 2063), slip)
    assert notices(desk, unit, outcome="no-address") == [("collection-slip", slip, "no-address")]


@pytest.mark.rule(id="M3")
def test_the_account_of_a_year_is_read_printed_and_sent_once_to_each_unit(desk: Desk, address: str) -> None:
    desk.at("2064-03-01")
    desk.resolve("2064-01-01")
    reached, unreached = desk.unit(address), desk.unit(tier="standing_director")
    first, second = desk.invoice(reached, 2064), desk.invoice(unreached, 2064)
    told = {"invoice_id": first, "unit_id": reached, "amount": "2000.00", "owes": "3000.00"}
    desk.tell("finance", "receivable.payment-received.v1", f"receivable/{first}", **told)
    assert refusal(desk.do("send_dues_account", year=2064)) == (409, "M3", "year-not-over")

    desk.at("2065-01-15")
    account = desk.do("get_dues_account", year=2064)
    lines = {line["tier"]: line for line in account["tiers"]}
    assert [line["tier"] for line in account["tiers"]] == ["standing_director", "director"]
    assert lines["director"] == {
        "tier": "director",
        "units": 1,
        "owing": 1,
        "invoiced": "5000.00",
        "reduced": "0.00",
        "received": "2000.00",
        "credit": "0.00",
        "drawn": "0.00",
        "paid": "2000.00",
        "owes": "3000.00",
    }
    assert account["total"]["invoiced"] == "15000.00"
    assert account["as_of"] == "2065-01-15"
    own = desk.do("get_unit_dues_account", id=reached, year=2064)
    assert (own["invoiced"], own["paid"], own["owes"]) == ("5000.00", "2000.00", "3000.00")
    representative = desk.association.person("representative", unit=unreached)
    assert desk.do("get_dues_account", representative, year=2064).body == account.body
    assert desk.do("get_unit_dues_account", representative, id=unreached, year=2064)["owes"] == "10000.00"
    assert desk.do("get_unit_dues_account", representative, id=reached, year=2064).status == 404

    printed = PdfReader(BytesIO(desk.do("print_dues_account", representative, year=2064).content))
    said = printed.pages[0].extract_text()
    for part in ("2064年度会费专账", "15000.00", "3000.00", "常务理事单位", "截至2065年1月15日"):
        assert part in said

    desk.job("send_dues_account", year=2064)
    again = desk.job("send_dues_account", year=2064)
    assert again["mailed"] == 0
    eventually(lambda: notices(desk, reached) == [("dues-account", "2064", "sent")])
    (letter,) = desk.mails(address)
    assert letter["Subject"] == "2064年度会费专账报告"
    (file,) = letter.iter_attachments()
    assert file.get_filename() == "会费专账-2064.pdf"
    assert "2064年度会费专账" in PdfReader(BytesIO(file.get_content())).pages[0].extract_text()
    body = letter.get_body().get_content()
    assert "应缴5000.00元，已缴2000.00元，尚欠3000.00元" in body

    assert notices(desk, unreached) == [("dues-account", "2064", "no-address")]
    desk.do("set_unit_contact", id=unreached, mail_address=f"later.{address}")
    desk.job("send_dues_account", year=2064)
    eventually(lambda: notices(desk, unreached) == [("dues-account", "2064", "sent")])
    assert len(desk.mails(address)) == 1
    assert second


@pytest.mark.rule(id="M3")
def test_a_year_without_invoices_is_empty_and_not_sent(desk: Desk) -> None:
    desk.at("2065-01-15")
    assert desk.do("get_dues_account", year=2001)["total"]["units"] == 0
    assert desk.do("print_dues_account", year=2001).status == 200
    assert refusal(desk.do("send_dues_account", year=2001)) == (409, "M3", "nothing-invoiced")
    for year in ("1999", "abc", "2021.0"):
        assert desk.do("get_dues_account", year=year).status == 422


@pytest.mark.rule(id="M11")
def test_who_may_not(desk: Desk) -> None:
    unit = desk.unit()
    for role in ("representative", "cashier", "inspector", "editor"):
        stranger = desk.association.person(role, unit=unit)
        assert desk.do("send_dues_account", stranger, year=2064).status == 403
    for role in ("inspector", "editor", "correspondent"):
        stranger = desk.association.person(role, unit=unit)
        assert desk.do("get_dues_account", stranger, year=2064).status == 403
        assert desk.do("list_notices", stranger).status == 403
