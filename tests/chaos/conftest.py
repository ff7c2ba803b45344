"""Dues and expenditure as lists of steps, through governance, membership and finance in processes of their own."""

import itertools
import json
import secrets
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.identity.keys import Keyring
from shared.running import migrate
from shared.settings import Settings
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.apart import PATIENCE, Apart, Step, Story
from shared.testing.association import Answer, Person, eventually
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.street import Street

NAMES = ("governance", "membership", "finance")
START = "2071-03-20T09:00:00+08:00"
PRESIDENT = "01771113-1800-75e6-b997-ecbd9684943d"
SECRETARY_GENERAL = "01771113-1801-7e22-acf4-8a2dfe5e17d9"

_years = itertools.count(2071)
_codes = itertools.count()


class Flow(Story, ABC):
    """One run of a flow, in a year of its own."""

    def __init__(self, houses: Apart) -> None:
        super().__init__(houses)
        self.year = next(_years)
        self.day = f"{self.year}-03-20"
        houses.today(self.day)
        person = houses.desk.person
        self.clerk, self.cashier, self.accountant = person("clerk"), person("cashier"), person("accountant")
        self.president = person("officer", person=PRESIDENT)
        self.secretary_general = person("officer", person=SECRETARY_GENERAL)

    def ask(self, service: str, operation: str, as_: Person, **arguments: Any) -> Answer:
        # The bus may deliver a request twice: as the gateway does, every one has a key.
        return self.houses.desk.call(service, operation, as_=as_, **{"key": str(uuid.uuid4()), **arguments})

    def do(self, service: str, operation: str, as_: Person, **arguments: Any) -> Answer:
        answer = self.ask(service, operation, as_, **arguments)
        assert answer.problem is None, answer.problem
        return answer

    def rows(self, service: str, sql: str) -> list[dict[str, Any]]:
        return self.houses.rows(service, sql)

    def meet(self, body: str, roll: int, present: int) -> str:
        """A meeting of the day, open."""
        called = {"body": body, "held_on": self.day, "roll": roll}
        meeting = str(self.do("governance", "call_meeting", self.clerk, **called)["id"])
        self.do("governance", "open_meeting", self.clerk, id=meeting, present=present)
        return meeting

    def vote(self, motion: str, present: int, yes: int, ballot: str) -> Answer:
        count = {"present": present, "issued": present, "returned": present, "invalid": 0, "abstained": 0}
        tellers = {"scrutineer": new_id(), "counter": new_id()}
        votes = {"yes": yes, "no": present - yes, "ballot": ballot, "tellers": tellers}
        return self.do("governance", "vote_on_motion", self.clerk, id=motion, **count, **votes)

    # --- what is left of it -----------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Everything the run left, without ids and with its year as "YYYY"."""
        found = {
            "resolutions": self.rows(
                "governance",
                "SELECT number, body, matter, standing, stamp, payload FROM resolutions"
                f" WHERE year = {self.year} ORDER BY number",
            ),
            "meetings": self.rows("governance", f"SELECT state FROM meetings WHERE held_on = '{self.day}'"),
            "vouchers": self.rows(
                "finance",
                "SELECT number, day, summary, total, (SELECT json_agg(json_build_array(account, debit, credit)"
                " ORDER BY position) FROM voucher_entries WHERE voucher_id = vouchers.id) AS entries"
                f" FROM vouchers WHERE extract(year FROM day) = {self.year} ORDER BY number",
            ),
            "balance": self.balance(),
            "told": {
                name: [event["type"] for event in self.houses.told(name, mark)] for name, mark in self.since.items()
            },
            **self.own_state(),
        }
        return dict(json.loads(json.dumps(found, default=str).replace(str(self.year), "YYYY")))

    @abstractmethod
    def own_state(self) -> dict[str, Any]:
        """What the flow leaves beside what each of them may."""

    def vouchers(self) -> list[str]:
        sql = f"SELECT number FROM vouchers WHERE extract(year FROM day) = {self.year} ORDER BY number"
        return [row["number"] for row in self.rows("finance", sql)]

    def balance(self) -> Any:
        days = {"since": f"{self.year}-01-01", "through": f"{self.year}-12-31"}
        return self.do("finance", "get_trial_balance", self.accountant, **days).body


GOVERNANCE, MEMBERSHIP, FINANCE = ("governance",), ("membership",), ("finance",)


class Dues(Flow):
    """5000.00 by the assembly, invoiced, 4999.99 and 0.01 received, one slip (M3, M4, F12)."""

    STEPS = {
        "put": Step(GOVERNANCE),
        "adopt": Step(GOVERNANCE, ("put",)),
        "admit": Step(MEMBERSHIP),
        "have_the_standard": Step(("membership", "governance"), ("adopt",)),
        "invoice": Step(MEMBERSHIP, ("have_the_standard", "admit")),
        "have_the_receivable": Step(("finance", "membership"), ("invoice",)),
        "pay_in_part": Step(FINANCE, ("have_the_receivable",)),
        "pay_the_rest": Step(FINANCE, ("pay_in_part",)),
        "read_the_slip": Step(FINANCE, ("pay_the_rest",)),
        "be_good": Step(("membership", "finance"), ("pay_the_rest",)),
        "close": Step(GOVERNANCE, ("adopt",)),
    }

    def put(self) -> None:
        self.meeting = self.meet("assembly", 100, 68)
        payload = {"amounts": [{"tier": "director", "amount": "5000.00"}], "effective_from": self.day}
        motion = {"matter": "dues-standard", "title": "会费标准", "payload": payload}
        self.motion = self.do("governance", "put_motion", self.clerk, id=self.meeting, **motion)["id"]

    def adopt(self) -> None:
        assert self.vote(self.motion, 68, 34, "secret")["outcome"] == "adopted"

    def admit(self) -> None:
        first17 = f"91140000M{next(_codes):08d}"
        given = {"name": "汾河信息公司", "credit_code": first17 + check_character(first17), "tier": "director"}
        self.unit = self.do("membership", "admit_unit", self.clerk, **given)["id"]

    def have_the_standard(self) -> None:
        kept = f"SELECT 1 FROM dues_standards WHERE effective_from = '{self.day}'"
        eventually(lambda: self.rows("membership", kept), within=PATIENCE)

    def invoice(self) -> None:
        issued = self.do("membership", "issue_invoice", self.clerk, unit_id=self.unit, year=self.year)
        self.invoice_id = issued["id"]

    def have_the_receivable(self) -> None:
        asked = {"as_": self.accountant, "invoice_id": self.invoice_id}
        eventually(lambda: self.ask("finance", "get_receivable", **asked).status == 200, within=PATIENCE)

    def pay(self, amount: str, **how: Any) -> Answer:
        paid = {"invoice_id": self.invoice_id, "amount": amount, "means": "bank"}
        return self.ask("finance", "record_payment", self.cashier, **paid, **how)

    def pay_in_part(self) -> None:
        assert self.pay("4999.99")["owes"] == "0.01"

    def pay_the_rest(self) -> None:
        self.slip = self.pay("0.01")["slip"]

    def read_the_slip(self) -> None:
        assert self.do("finance", "get_collection_slip", self.cashier, number=self.slip)["amount"] == "5000.00"

    def be_good(self) -> None:
        asked = {"as_": self.clerk, "id": self.unit}
        eventually(lambda: self.ask("membership", "get_standing", **asked)["owes"] == "0.00", within=PATIENCE)

    def close(self) -> None:
        self.do("governance", "close_meeting", self.clerk, id=self.meeting)

    def own_state(self) -> dict[str, Any]:
        mine = f"invoice_id = '{self.invoice_id}'"
        return {
            "standards": self.rows(
                "membership",
                "SELECT resolution, adopted_on, effective_from, ended_on, tier, amount FROM dues_standards"
                f" JOIN dues_amounts ON standard_id = dues_standards.id WHERE effective_from = '{self.day}'",
            ),
            "invoices": self.rows(
                "membership",
                f"SELECT tier, amount, owes, state, due_on, slip FROM dues_invoices WHERE unit_id = '{self.unit}'",
            ),
            "units": self.rows("membership", f"SELECT tier, standing FROM units WHERE id = '{self.unit}'"),
            "receivables": self.rows(
                "finance",
                f"SELECT amount, owes, state, due_on, voucher, slip FROM receivables WHERE unit_id = '{self.unit}'",
            ),
            "payments": self.rows(
                "finance", f"SELECT amount, unused, voucher FROM dues_payments WHERE {mine} ORDER BY id"
            ),
            "allocations": self.rows("finance", f"SELECT amount FROM dues_allocations WHERE {mine} ORDER BY id"),
            "slips": self.rows("finance", f"SELECT number, amount FROM collection_slips WHERE {mine}"),
        }


class Expenditure(Flow):
    """50000.00: a resolution of the standing council by event, the president's signature, the payment (F3, F4)."""

    STEPS = {
        "request": Step(FINANCE),
        "be_wanted": Step(("governance", "finance"), ("request",)),
        "put": Step(GOVERNANCE, ("request",)),
        "adopt": Step(GOVERNANCE, ("put",)),
        "request_another": Step(FINANCE, ("request",)),
        "have_the_resolution": Step(("finance", "governance"), ("adopt",)),
        "sign": Step(("finance", "governance"), ("have_the_resolution",)),
        "pay": Step(FINANCE, ("sign",)),
        "close": Step(GOVERNANCE, ("adopt",)),
    }

    def signatures(self, id: str) -> int:
        return len(self.rows("finance", f"SELECT 1 FROM expenditure_signatures WHERE expenditure_id = '{id}'"))

    def requested(self, amount: str) -> Answer:
        asked = {"kind": "office_supplies", "payee": "太原文具店", "purpose": "购买打印纸", "amount": amount}
        return self.do("finance", "request_expenditure", self.accountant, **asked)

    def request(self) -> None:
        asked = self.requested("50000.00")
        assert asked["state"] == "awaiting_resolution"
        self.id = asked["id"]

    def be_wanted(self) -> None:
        wanted = f"SELECT 1 FROM wanted_resolutions WHERE expenditure_id = '{self.id}'"
        eventually(lambda: self.rows("governance", wanted), within=PATIENCE)

    def put(self) -> None:
        self.meeting = self.meet("standing-council", 9, 6)
        motion = {"matter": "large-expenditure", "title": "支出50000.00元", "payload": {"limit": "50000.00"}}
        put = self.do("governance", "put_motion", self.clerk, id=self.meeting, subject_id=self.id, **motion)
        self.motion = put["id"]

    def adopt(self) -> None:
        assert self.vote(self.motion, 6, 4, "named")["outcome"] == "adopted"

    def request_another(self) -> None:
        assert self.requested("2999.99")["state"] == "awaiting_signature"

    def have_the_resolution(self) -> None:
        asked = {"as_": self.accountant, "id": self.id}
        eventually(
            lambda: self.ask("finance", "get_expenditure", **asked)["state"] == "awaiting_signature", within=PATIENCE
        )

    def sign(self) -> None:
        assert self.do("finance", "sign_expenditure", self.president, id=self.id)["state"] == "approved"

    def pay(self) -> None:
        assert self.do("finance", "pay_expenditure", self.cashier, id=self.id)["paid"] == "50000.00"

    def close(self) -> None:
        self.do("governance", "close_meeting", self.clerk, id=self.meeting)

    def own_state(self) -> dict[str, Any]:
        return {
            "expenditures": self.rows(
                "finance",
                "SELECT amount, state, rule, bands, paid, voucher, resolution_id IS NOT NULL AS resolved,"
                " (SELECT json_agg(json_build_array(person_id, post, signatures.rule, signed_on))"
                " FROM expenditure_signatures AS signatures WHERE expenditure_id = expenditures.id) AS signed"
                f" FROM expenditures WHERE requested_on = '{self.day}' ORDER BY amount",
            ),
            "heard": self.rows(
                "finance",
                "SELECT number, body, matter, amount, used_by = request_id AS used, refusal"
                f" FROM expenditure_resolutions WHERE request_id = '{self.id}'",
            ),
            "wanted": self.rows(
                "governance",
                "SELECT amount, kind, body, state, decided_on, resolution_id IS NOT NULL AS resolved"
                f" FROM wanted_resolutions WHERE expenditure_id = '{self.id}'",
            ),
        }


@pytest.fixture(scope="module")
def all_houses(
    rabbitmq_node: PrivateRabbitMQ,
    postgres: EmbeddedPostgres,
    keys: Path,
    issuer: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Apart]:
    mark = secrets.token_hex(6)
    databases = {name: f"chaos_{name}_{mark}" for name in NAMES}
    for database in databases.values():
        postgres.create_database(database)
    urls = {name: postgres.url(database) for name, database in databases.items()}
    migrate(Settings(database_urls=urls, keys=keys), NAMES)
    settings: dict[str, Any] = {
        "amqp_url": rabbitmq_node.create_vhost(f"chaos-{mark}"),
        "database_urls": urls,
        "keys": str(keys),
        "retry_delays": [0.2, 0.4],
        "poll_every": 0.5,
        # A process that is killed here comes back, however long a busy machine takes: its requests wait.
        "absence": 120.0,
    }
    houses = Apart(NAMES, settings, tmp_path_factory.mktemp("chaos"), issuer, clock=START)
    try:
        houses.open()
        eventually(lambda: houses.settled(dict.fromkeys(NAMES, 0)), within=PATIENCE)
        yield houses
    finally:
        houses.close()
        rabbitmq_node.delete_vhost(f"chaos-{mark}")
        for database in databases.values():
            postgres.drop_database(database)


@pytest.fixture
def houses(all_houses: Apart) -> Apart:
    """All three running, whatever a test before left behind."""
    all_houses.back(*sorted(all_houses.away))
    return all_houses


@pytest.fixture(scope="module")
def undisturbed_dues(all_houses: Apart) -> dict[str, Any]:
    """What dues leave where nobody is killed."""
    return Dues(all_houses).run().state()


@pytest.fixture(scope="module")
def undisturbed_expenditure(all_houses: Apart) -> dict[str, Any]:
    """What an expenditure leaves where nobody is killed."""
    return Expenditure(all_houses).run().state()


@pytest.fixture
def dues(houses: Apart, undisturbed_dues: dict[str, Any]) -> Dues:
    """A run of the dues flow; the undisturbed one is over."""
    return Dues(houses)


@pytest.fixture
def expenditure(houses: Apart, undisturbed_expenditure: dict[str, Any]) -> Expenditure:
    """A run of the expenditure flow; the undisturbed one is over."""
    return Expenditure(houses)


@pytest.fixture
def street(rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Street]:
    """Teller and listener on a bus of this test's own; nothing runs yet."""
    vhost = f"street-{secrets.token_hex(4)}"
    bus = rabbitmq_node.create_vhost(vhost).replace("amqp://", "pyamqp://")
    try:
        with ExitStack() as rooms:
            yield Street(bus, postgres, tmp_path, rooms)
    finally:
        rabbitmq_node.delete_vhost(vhost)
