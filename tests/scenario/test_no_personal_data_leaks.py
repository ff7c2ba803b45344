"""After the demonstration's flows, and errors provoked with identity numbers, none stands where it must not (X5, X11).

Looked through: every line that was printed or logged, what the chassis keeps (events, inboxes, audit trails, answers
for repeats, jobs), error answers and lists. What is looked for: every identity number of the batch and of these
errors, the telephone number and the passwords used.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from rich.progress import Progress
from sqlalchemy import create_engine, text

from demo import article_fee, batch_of_2020, dues, expenditure
from demo.findings import Findings
from demo.office import Office, open_office
from services.certification import sample
from shared.plugins import plugins
from shared.standards.identity_number import IdentityNumber
from shared.store.embedded import EmbeddedPostgres
from shared.testing.processes import Started

FLOWS = (batch_of_2020, article_fee, dues, expenditure)
NUMBER = IdentityNumber.make("999999", date(1991, 4, 9), 417).reveal()
WRONG = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
PHONE = "13935149999"
PASSWORD = "漳河水长流-2022年不外传"
MAIL_ADDRESS = "dues.office.leak@unit-of-nobody.example"
TABLES = ("outbox", "inbox", "audit", "idempotency", "jobs", "seals", "counters", "consents", "subjects", "mails")


def leaks(secrets: Iterable[str], where: str, said: str) -> list[str]:
    """The secrets that stand in ``said``, as they are or as JSON, addresses and bytes write them, each with where."""
    return [
        f"{where}: {secret[:2]}…{secret[-2:]}"
        for secret in secrets
        if any(form in said for form in (secret, json.dumps(secret)[1:-1], quote(secret), secret.encode().hex()))
    ]


@dataclass
class Left:
    """What an association left behind: its log and output, its answers to errors, its lists, the rows it keeps."""

    log: str
    errors: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)


def secrets() -> set[str]:
    numbers = {str(row["identity_number"]) for row in sample.enrolment_rows()}
    assert len(numbers) == 284
    return numbers | {NUMBER, WRONG, PHONE, PASSWORD, MAIL_ADDRESS}


def provoke(office: Office) -> list[str]:
    """Requests that go wrong and hold an identity number, a telephone number or a password; what was answered."""
    token = office.administrator._http.headers["Authorization"]
    client = httpx.Client(base_url=office.administrator.address, trust_env=False, timeout=30)
    with client as http:
        http.headers["Authorization"] = token
        return _provoked(http)


def _provoked(http: httpx.Client) -> list[str]:
    people = "/v1/membership/people"
    consented = {"name": "泄漏样例", "identity_consent": True}
    first = http.post(people, json={**consented, "identity_number": NUMBER})
    assert first.status_code == 201
    assert first.json()["identity_last4"] == NUMBER[-4:]
    request = {"person_id": first.json()["id"], "kind": "see"}
    assert http.post("/v1/membership/personal-data-requests", json=request).status_code == 201
    unit = http.get("/v1/membership/units").json()["items"][0]["id"]
    contact = f"/v1/membership/units/{unit}/contact"
    assert (
        http.put(contact, json={"mail_address": MAIL_ADDRESS}).json()["mail_address"] == "d***@unit-of-nobody.example"
    )
    links = "/v1/membership/links/request"
    assert http.post(links, json={"username": MAIL_ADDRESS}).status_code == 202
    answers = [
        http.put(contact, json={"mail_address": f"{MAIL_ADDRESS} {PHONE}"}),
        http.put(contact, json={"mail_address": [MAIL_ADDRESS]}),
        http.put("/v1/membership/accounts/me/mail-address", json={"mail_address": MAIL_ADDRESS, "password": PASSWORD}),
        http.post(links, json={"username": MAIL_ADDRESS * 3}),
        http.post(people, json={**consented, "identity_number": NUMBER}),
        http.post(people, json={**consented, "identity_number": WRONG}),
        http.post(people, json={**consented, "identity_number": int(NUMBER[:17])}),
        http.post(people, json={**consented, "identity_number": [NUMBER]}),
        http.post(people, json={**consented, "identity_number": {"number": NUMBER}}),
        http.post(people, json={**consented, "identity_number": NUMBER, "phone": PHONE}),
        http.post(people, json={**consented, "identity_consent": NUMBER}),
        http.post(people, json={**consented, "identity_number": NUMBER + PHONE}),
        http.post(people, content=f'{{"identity_number": "{NUMBER}"'.encode(), headers=_JSON),
        http.post(people, json={"identity_number": NUMBER}, headers={"Idempotency-Key": "a key"}),
        http.get(f"{people}/{NUMBER}"),
        http.get(f"/v1/certification/certificates/{NUMBER}"),
        http.get(f"/v1/certification/certificates/{NUMBER}/check"),
        http.post(f"/v1/certification/certificates/{NUMBER}/revocation", json={"reason": NUMBER}),
        http.get(people, params={"identity_number": NUMBER}),
        http.get(people, params={"cursor": NUMBER}),
        http.get(people, params={"limit": NUMBER}),
        http.get(people, params={"sort": PHONE}),
        http.get("/v1/membership/units", params={"tier": NUMBER}),
        http.post("/v1/membership/sessions", json={"username": NUMBER, "password": PASSWORD}),
        http.post("/v1/membership/sessions", json={"username": "editor", "password": PASSWORD}),
        http.post("/v1/membership/sessions", json={"username": PASSWORD, "password": PHONE}),
        http.post(f"/v1/membership/personal-data/{NUMBER}/holdings", json={}),
        http.get(f"/v1/{NUMBER}"),
        http.get(f"/{NUMBER}?phone={PHONE}"),
        http.request(NUMBER[:4], people),
    ]
    assert all(answer.status_code >= 400 for answer in answers), [answer.status_code for answer in answers]
    assert not any(answer.status_code >= 500 for answer in answers)
    return [answer.text + json.dumps(dict(answer.headers)) for answer in answers]


_JSON = {"Content-Type": "application/json"}


def listed(office: Office) -> list[str]:
    """Lists that hand out people and candidates."""
    batches = office.exam_officer.all("/v1/certification/batches")
    candidates = [office.exam_officer.all(f"/v1/certification/batches/{each['id']}/candidates") for each in batches]
    assert sum(map(len, candidates)) == 284
    people = office.administrator.all("/v1/membership/people")
    assert any(each["identity_last4"] == NUMBER[-4:] for each in people)
    trail = [office.administrator.all(f"/v1/{service}/audit") for service in plugins()]
    return [json.dumps(each, ensure_ascii=False) for each in (*candidates, people, *trail)]


@pytest.fixture(scope="module")
def left() -> Iterator[Left]:
    place = Path(tempfile.mkdtemp(prefix="xiehui-leaks-"))
    # PostgreSQL's own user must be able to enter.
    place.chmod(0o711)
    where = ["--data", place / "data", "--port", 0, "--clock", "2020-12-01T08:00:00+08:00"]
    try:
        with Started("run", "--all", "--embedded", *where, log=place / "said") as process:
            one_time = process.says(r"one-time secret: (\S+)")[1]
            address = process.says(r"http://127\.0\.0\.1:\d+")[0]
            with closing(open_office(address, one_time)) as office, Progress(disable=True) as progress:
                for flow in FLOWS:
                    flow.run(office, Findings(), progress)
                errors, lists = provoke(office), listed(office)
            process.stop()
        log = (place / "said").read_text().replace(one_time, "") + (place / "data" / "xiehui.log").read_text()
        yield Left(log, errors, lists, _rows(place / "data" / "postgres"))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _rows(data: Path) -> dict[str, list[str]]:
    """Every row the chassis keeps, as text: "service.table" → rows."""
    found: dict[str, list[str]] = {}
    with ExitStack() as rooms:
        server = rooms.enter_context(EmbeddedPostgres(data, databases=sorted(plugins())))
        for service in plugins():
            engine = create_engine(server.url(service))
            rooms.callback(engine.dispose)
            with engine.connect() as connection:
                for table in TABLES:
                    rows = connection.execute(text(f"SELECT kept::text FROM chassis.{table} AS kept"))
                    found[f"{service}.{table}"] = list(rows.scalars())
    return found


@pytest.mark.rule(id="X5")
def test_nothing_that_was_logged_or_printed_names_anybody(left: Left) -> None:
    assert "operation" in left.log
    assert leaks(secrets(), "log", left.log) == []


@pytest.mark.rule(id="X5")
@pytest.mark.rule(id="X11")
def test_nothing_the_chassis_keeps_names_anybody(left: Left) -> None:
    assert sum(map(len, left.rows.values())) > 1000
    for table in ("certification.jobs", "membership.idempotency", "membership.audit", "certification.outbox"):
        assert left.rows[table], table
    assert [each for place, rows in left.rows.items() for row in rows for each in leaks(secrets(), place, row)] == []


@pytest.mark.rule(id="X5")
def test_no_error_repeats_what_was_sent(left: Left) -> None:
    assert [each for number, said in enumerate(left.errors) for each in leaks(secrets(), f"error {number}", said)] == []


@pytest.mark.rule(id="X5")
@pytest.mark.rule(id="X12")
def test_no_list_holds_more_than_the_last_four(left: Left) -> None:
    assert [each for number, said in enumerate(left.lists) for each in leaks(secrets(), f"list {number}", said)] == []


@pytest.mark.parametrize("hidden", [NUMBER, PHONE, PASSWORD])
def test_one_that_is_planted_is_found(left: Left, hidden: str) -> None:
    for said in (f"…{hidden}…", json.dumps({"a": [hidden]}), f"/people/{quote(hidden)}", hidden.encode().hex()):
        assert leaks(secrets(), "here", said)
    row = left.rows["membership.audit"][0]
    assert leaks(secrets(), "row", row.replace(",", f",{hidden}", 1))


def test_what_is_found_is_not_spread_any_further() -> None:
    (found,) = leaks([NUMBER], "log", f"x{NUMBER}")
    assert NUMBER not in found
    assert isinstance(found, str)
