"""Reminders through the bus: by mail, by hand, once each, and no more once paid (M4, X5)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.store.base import new_id
from shared.store.database import lock_key
from shared.testing.association import Answer, eventually

Desk = Any
ISSUED = "2061-04-01"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.at(ISSUED)
    desk.resolve("2061-01-01")
    return desk


def log(desk: Desk, invoice: str, **given: Any) -> list[tuple[Any, ...]]:
    """The reminders of an invoice, the first first."""
    answer = desk.do("list_invoice_reminders", id=invoice, sort="recorded", limit=100, **given)
    return [(each["step"], each["means"], each["outcome"]) for each in answer["items"]]


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


@pytest.mark.rule(id="M4")
def test_each_step_is_mailed_once_however_often_it_is_run(desk: Desk, address: str) -> None:
    unit = desk.unit(address)
    invoice = desk.invoice(unit, 2061)
    for day in (ISSUED, ISSUED, "2061-05-15", "2061-05-16", "2061-05-16", "2061-06-01"):
        desk.at(day)
        desk.job("run_reminders")
    steps = ["issued", "due-15", "due+1"]
    eventually(lambda: log(desk, invoice) == [(step, "mail", "sent") for step in steps])
    letters = {str(each["Subject"]): each for each in desk.mails(address)}
    assert set(letters) == {"2061年度会费缴纳通知", "2061年度会费缴纳提醒", "2061年度会费催缴通知"}
    said = letters["2061年度会费催缴通知"].get_content().replace("\r\n", "\n")
    assert said.startswith("汾河信息公司：\n")
    for part in ("5000.00元", "最后缴费日为2061年5月31日", "已逾期1天", "2061年6月1日"):
        assert part in said
    (first, *_) = desk.do("list_invoice_reminders", id=invoice, sort="recorded")["items"]
    assert (first["day"], first["owed"], first["sent_to"]) == (ISSUED, "5000.00", "u***@example.com")
    assert first["schedule"] == "dues-reminders-2014-07-25"
    assert letters["2061年度会费缴纳通知"]["Message-ID"] == f"<{first['mail_id']}@localhost>"


@pytest.mark.rule(id="M4")
def test_two_runs_at_once_take_a_step_once(desk: Desk, address: str) -> None:
    invoice = desk.invoice(desk.unit(address), 2061)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: desk.job("run_reminders"), range(3)))
    eventually(lambda: log(desk, invoice) == [("issued", "mail", "sent")])
    assert len(desk.mails(address)) == 1


@pytest.mark.rule(id="M4")
def test_after_a_while_without_reminders_one_stands_for_those_that_were_missed(desk: Desk, address: str) -> None:
    invoice = desk.invoice(desk.unit(address), 2061)
    desk.at("2061-06-10")
    desk.job("run_reminders")
    missed = [(step, None, "passed-over") for step in ("issued", "due-15")]
    eventually(lambda: sorted(log(desk, invoice)) == sorted([*missed, ("due+1", "mail", "sent")], key=str))
    assert len(desk.mails(address)) == 1


@pytest.mark.rule(id="M4")
def test_a_unit_without_an_address_is_listed_and_reminded_by_hand(desk: Desk) -> None:
    unit = desk.unit()
    invoice = desk.invoice(unit, 2061)
    desk.job("run_reminders")
    desk.at("2061-05-16")
    desk.job("run_reminders")
    to_do = desk.do("list_reminders", unit_id=unit, outcome="to-do", sort="recorded")["items"]
    assert [each["step"] for each in to_do] == ["issued", "due-15"]
    given = {"id": invoice, "means": "phone", "note": "答应月底前缴", "key": f"call {invoice}"}
    called = desk.do("record_reminder", **given)
    assert (called.status, called["step"], called["outcome"]) == (201, "due-15", "done")
    assert desk.do("record_reminder", **given).body == called.body
    assert log(desk, invoice) == [("issued", None, "passed-over"), ("due-15", "phone", "done")]
    beside = desk.do("record_reminder", id=invoice, means="letter", day="2061-05-01")
    assert (beside["step"], beside["day"], beside["means"]) == (None, "2061-05-01", "letter")
    desk.do("record_reminder", id=invoice, means="letter")
    desk.job("run_reminders")
    assert len(log(desk, invoice)) == 4
    assert desk.do("list_reminders", unit_id=unit, outcome="to-do")["items"] == []


@pytest.mark.rule(id="M4")
def test_a_mail_that_does_not_leave_is_to_be_done_by_hand(desk: Desk, address: str) -> None:
    """Given up by the sender, as it would be after its last attempt."""
    unit = desk.unit(address)
    invoice = desk.invoice(unit, 2061)
    with desk.association.database("membership").connect() as other:
        # Holds what the sender must hold, so that it cannot send it meanwhile.
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock_key('mails')})")
        desk.job("run_reminders")
        (waiting,) = desk.do("list_invoice_reminders", id=invoice)["items"]
        assert waiting["outcome"] == "mailed"
        with desk.association.database("membership").begin() as connection:
            spoiled = f"UPDATE chassis.mails SET content = 'lost' WHERE id = '{waiting['mail_id']}'"
            connection.exec_driver_sql(spoiled)
    eventually(lambda: log(desk, invoice) == [("issued", "mail", "to-do")], within=30)
    operator = desk.association.person("administrator")
    (mail,) = [
        each for each in desk.do("list_mails", operator, state="parked")["items"] if each["id"] == waiting["mail_id"]
    ]
    assert (mail["kind"], mail["error"]) == ("dues-reminder", "unreadable")
    again = desk.do("retry_mail", operator, id=mail["id"])
    assert (again["state"], log(desk, invoice)[0][2]) in [("queued", "mailed"), ("queued", "to-do")]
    assert desk.do("record_reminder", id=invoice, means="phone")["outcome"] == "done"


@pytest.mark.rule(id="M4")
def test_payment_stops_reminders_and_clears_the_list(desk: Desk, address: str) -> None:
    with_address, without = desk.unit(address), desk.unit()
    invoices = {unit: desk.invoice(unit, 2061) for unit in (with_address, without)}
    desk.job("run_reminders")
    for number, (unit, invoice) in enumerate(invoices.items()):
        desk.settle(unit, invoice, f"收-2061-{new_id().hex[-6:]}-{number}")
    desk.at("2061-06-01")
    desk.job("run_reminders")
    eventually(lambda: log(desk, invoices[with_address]) == [("issued", "mail", "sent")])
    assert log(desk, invoices[without]) == [("issued", None, "not-needed")]
    late = desk.do("record_reminder", id=invoices[without], means="phone")
    assert refusal(late) == (409, "M4", "settled")


@pytest.mark.rule(id="M4")
@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"means": "phone", "day": "2061-04-02"}, 409, "reminder-day"),
        ({"means": "phone", "day": "2061-03-31"}, 409, "reminder-day"),
        ({"means": "mail"}, 422, "invalid"),
        ({"means": "phone", "note": "好" * 501}, 422, "invalid"),
        ({}, 422, "invalid"),
    ],
)
def test_what_cannot_be_recorded_changes_nothing(desk: Desk, given: dict[str, Any], status: int, code: str) -> None:
    invoice = desk.invoice(desk.unit(), 2061)
    answer = desk.do("record_reminder", id=invoice, **given)
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert log(desk, invoice) == []


@pytest.mark.rule(id="M4")
@pytest.mark.rule(id="X4")
def test_a_unit_long_overdue_is_suspended_and_good_again_by_its_payment(desk: Desk) -> None:
    unit = desk.unit()
    invoice = desk.invoice(unit, 2061)
    for day in ("2062-05-31", "2062-06-01", "2062-06-01"):
        desk.at(day)
        desk.do("review_standings")
    assert desk.do("get_unit", id=unit)["standing"] == "suspended"
    standing = desk.do("get_standing", id=unit)
    assert (standing["standing"], standing["good"], standing["terms"]) == ("suspended", False, "standing-2014-07-25")
    desk.settle(unit, invoice, f"收-2062-{new_id().hex[-6:]}")
    # Told late, and after what came later: it opens nothing again.
    told = {"invoice_id": invoice, "unit_id": unit, "amount": "1.00", "owes": "4999.00"}
    desk.tell("finance", "receivable.payment-received.v1", f"receivable/{invoice}", **told)
    assert desk.do("get_unit", id=unit)["standing"] == "good"
    rows = desk.association.rows(
        "membership",
        "SELECT body::jsonb ->> 'standing' AS standing, body::jsonb ->> 'terms' AS terms FROM chassis.outbox"
        f" WHERE subject = 'unit/{unit}' AND type = 'unit.standing-changed.v1' ORDER BY position",
    )
    assert [row["standing"] for row in rows] == ["owing", "overdue", "suspended", "good"]
    assert {row["terms"] for row in rows} == {"standing-2014-07-25"}


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("role", ["representative", "correspondent", "cashier", "officer", "inspector"])
def test_who_may_not(desk: Desk, role: str) -> None:
    stranger = desk.association.person(role, unit=desk.unit())
    assert desk.do("run_reminders", stranger).status == 403
    assert desk.do("record_reminder", stranger, id=new_id(), means="phone").status == 403


@pytest.mark.rule(id="X5")
def test_no_address_is_in_logs_events_jobs_or_the_audit_trail(desk: Desk, address: str) -> None:
    invoice = desk.invoice(desk.unit(address), 2061)
    desk.job("run_reminders")
    eventually(lambda: desk.mails(address))
    bad = desk.do("set_unit_contact", id=new_id(), mail_address=f"x{address}@")
    assert address not in str(bad.problem)
    assert log(desk, invoice)
    assert address not in desk.association.log.read_text()
    for table in ("outbox", "audit", "idempotency", "jobs", "mails"):
        rows = desk.association.rows("membership", f"SELECT t::text AS said FROM chassis.{table} t")
        assert rows
        assert not any(address in row["said"] for row in rows), table
    for table in ("unit_contacts", "reminders"):
        rows = desk.association.rows("membership", f"SELECT t::text AS said FROM {table} t")
        assert not any(address in row["said"] for row in rows), table
