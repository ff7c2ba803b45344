"""People with accounts, as an administrator makes them."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import text

from services.membership.accounts.first_start import welcome
from services.membership.plugin import PLUGIN
from services.membership.second_factor.rules import key_of
from services.membership.service import MembershipService
from services.membership.units.rules import check_character
from shared.api.execution import execute
from shared.identity.principals import Principal
from shared.runtime import Runtime
from shared.settings import Settings
from shared.store.base import new_id
from shared.store.database import make_engine
from shared.store.migrations import upgrade
from shared.store.tx import Origin
from shared.testing.association import Answer, Association, Person, eventually
from shared.testing.postgres import FreshDatabase

PASSWORD = "汾河水长流-2021年"
DUES = {"director": "5000.00", "standing_director": "10000.00"}


@dataclass(frozen=True)
class Holder:
    """An account and how its holder signs in."""

    association: Association
    id: str
    username: str
    person: str | None
    password: str

    def sign_in(self, password: str | None = None, **given: Any) -> Answer:
        return self.association.call(
            "membership", "sign_in", username=self.username, password=password or self.password, **given
        )

    def call(self, access: Answer, operation: str, **given: Any) -> Answer:
        """Call an operation of membership under the access token in an answer."""
        token = Person(access["access_token"], self.id, str(self.person))
        return self.association.call("membership", operation, as_=token, **given)


@pytest.fixture
def opened(association: Association) -> Callable[..., Holder]:
    """``opened("editor", …)`` → an account with those roles that still has its one-time secret."""

    def open_one(*roles: str, person: bool = True) -> Holder:
        administrator, username = association.person("administrator"), f"u{new_id().hex[-12:]}"
        stands = (
            association.call("membership", "register_person", as_=administrator, name="田间")["id"] if person else None
        )
        account = association.call(
            "membership",
            "open_account",
            as_=administrator,
            username=username,
            person_id=stands,
            roles=list(roles),
        )
        return Holder(association, account["id"], username, stands, account["one_time_secret"])

    return open_one


@pytest.fixture
def settled(association: Association, opened: Callable[..., Holder]) -> Callable[..., Holder]:
    """``settled("editor", …)`` → an account with those roles and a password of its own."""

    def settle(*roles: str, person: bool = True) -> Holder:
        new = opened(*roles, person=person)
        changed = new.call(new.sign_in(), "change_my_password", old_password=new.password, new_password=PASSWORD)
        assert changed.status == 200, changed.problem
        return Holder(association, new.id, new.username, new.person, PASSWORD)

    return settle


@dataclass(frozen=True)
class Device:
    """What shows codes once it was given its key."""

    secret: str

    def code(self, *, steps: int = 0) -> str:
        """What it shows now, or so many steps of 30 seconds later; by the machine's clock, which nobody sets."""
        return TOTP(key_of(self.secret), 6, SHA1(), 30).generate(time.time() + 30 * steps).decode()


@pytest.fixture
def enrolled(association: Association, settled: Callable[..., Holder]) -> Callable[..., tuple[Holder, Device]]:
    """``enrolled("editor", …)`` → an account with a second factor, and the device; its next code is a fresh one."""

    def enrol(*roles: str) -> tuple[Holder, Device]:
        holder = settled(*roles)
        session = holder.sign_in()
        device = Device(holder.call(session, "enrol_second_factor", password=holder.password)["secret"])
        confirmed = holder.call(session, "confirm_second_factor", code=device.code())
        assert confirmed.status == 200, confirmed.problem
        with association.database("membership").begin() as connection:
            connection.execute(
                text("UPDATE second_factors SET last_step = last_step - 2 WHERE account_id = :id"), {"id": holder.id}
            )
        return holder, device

    return enrol


@dataclass
class Direct:
    """Membership in an empty database and in the test's own process, without a bus."""

    runtime: Runtime

    def call(
        self, name: str, token: str | None = None, /, *, address: str | None = None, **arguments: Any
    ) -> dict[str, Any]:
        method = getattr(MembershipService, name)
        headers = {"authorization": f"Bearer {token}" if token else None, "client-address": address}

        def carried_out(tx: Any, **given: Any) -> Any:
            return method.__wrapped__(None, tx, **given)

        return execute(self.runtime, method.operation, carried_out, arguments, headers)

    def administrator(self) -> str:
        """The access token of a first administrator with a password of their own."""
        with self.runtime.begin(Origin(Principal("service", service="membership"), "test")) as tx:
            said = welcome(tx)
        assert said is not None
        username, secret = (line.rpartition(": ")[2] for line in said.splitlines()[:2])
        return self.settle(username, secret)

    def settle(self, username: str, secret: str) -> str:
        token = self.call("sign_in", username=username, password=secret)["body"]["access_token"]
        changed = self.call("change_my_password", token, old_password=secret, new_password=PASSWORD)
        return str(changed["body"]["access_token"])

    def holder(self, administrator: str, username: str, *roles: str) -> str:
        """Open an account with roles and PASSWORD; the access token that its first sign-in ends with."""
        person = self.call("register_person", administrator, name="田间")["body"]["id"]
        given = {"username": username, "person_id": person, "roles": list(roles)}
        account = self.call("open_account", administrator, **given)
        return self.settle(username, account["body"]["one_time_secret"])


@pytest.fixture
def direct(fresh_database: FreshDatabase, keys: Path) -> Iterator[Callable[..., Direct]]:
    """``direct(second_factor="signers")`` → membership with these settings."""
    made: list[Runtime] = []

    def make(**settings: Any) -> Direct:
        url = fresh_database()
        engine = make_engine(url, pool_size=2)
        upgrade(engine, PLUGIN)
        engine.dispose()
        made.append(Runtime(PLUGIN, Settings(database_urls={"membership": url}, keys=keys, **settings)))
        return Direct(made[-1])

    yield make
    for runtime in made:
        runtime.close()


@dataclass(frozen=True)
class Council:
    """What the council decides on members, as governance tells it, in any order; each time membership has heard it."""

    association: Association

    def adopts(self, matter: str, subject: str, on: str, *, resolution: str | None = None, **event: str) -> str:
        """The id of the resolution."""
        resolution = resolution or str(new_id())
        told = {
            "resolution_id": resolution,
            "number": f"理事会决议〔{on[:4]}〕{int(resolution[-4:], 16)}号",
            "body": "council",
            "matter": matter,
            "adopted_on": on,
            "subject_id": subject,
            "limit": None,
            "dues_amounts": None,
            "effective_from": None,
            "exactly_half": False,
        }
        self._tells("resolution.adopted.v1", f"resolution/{resolution}", told, **event)
        return resolution

    def ends(self, resolution: str, matter: str, subject: str, on: str, standing: str = "revoked") -> None:
        told = {"resolution_id": resolution, "matter": matter, "subject_id": subject}
        told |= {"standing": standing, "ended_by": str(new_id()), "ended_on": on}
        # A subject of its own, so that it may be heard before the adoption.
        self._tells("resolution.ended.v1", f"resolution/{new_id()}", told)

    def rejects(self, matter: str, subject: str, on: str) -> None:
        motion = str(new_id())
        told = {"motion_id": motion, "body": "council", "matter": matter, "subject_id": subject, "decided_on": on}
        self._tells("motion.rejected.v1", f"motion/{motion}", told)

    def _tells(self, type_: str, subject: str, body: dict[str, Any], *, event_id: str | None = None) -> None:
        event_id = event_id or str(new_id())
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": "governance",
            "type": type_,
            "time": "2021-02-01T09:00:00+08:00",
            "subject": subject,
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish("governance.events", type_, json.dumps(body).encode(), headers=headers)
        done = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = 'done'"
        eventually(lambda: self.association.rows("membership", done))


@pytest.fixture
def council(association: Association) -> Council:
    return Council(association)


class Organiser:
    """A clerk who runs activities, units with people, and what membership tells of it all."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk")

    def call(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.clerk, **given)

    def publicly(self, operation: str, **given: Any) -> Answer:
        return self.association.call("membership", operation, **given)

    def unit(self) -> tuple[str, Person]:
        """A new unit and somebody who represents it."""
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": f"汾河{first17[-4:]}公司", "credit_code": first17 + check_character(first17)}
        unit = self.call("admit_unit", tier="director", **given)["id"]
        return unit, self.association.person("representative", unit=unit)

    def planned(self, **changed: Any) -> str:
        plan = {
            "kind": "culture_and_sports",
            "title": "职工运动会",
            "venue": "山西体育中心",
            "starts_at": "2061-06-26T09:00:00+08:00",
            "ends_at": "2061-06-27T17:00:00+08:00",
            "sign_up_until": "2061-06-20",
            "audience": "everybody",
        }
        id: str = self.call("plan_activity", **{**plan, **changed})["id"]
        return id

    def opened(self, **changed: Any) -> str:
        id = self.planned(**changed)
        assert self.call("open_activity", id=id)["state"] == "open"
        return id

    def sign_up(self, activity: str, unit: str, as_: Person, *names: str, **given: Any) -> Answer:
        people = [{"name": name, "consent": True, **given} for name in names or ("赵进",)]
        return self.call("sign_up_participants", as_, id=activity, unit_id=unit, participants=people)

    def come(self, activity: str, phone: int, **given: Any) -> Answer:
        """Somebody of no member unit signs up."""
        person = {"name": "田间", "phone": f"139{phone:08d}", "consent": True, **given}
        return self.publicly("sign_up", id=activity, **person)

    def state(self, sign_up: str) -> str:
        state: str = self.call("get_sign_up", id=sign_up)["state"]
        return state

    def told(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        rows = self.association.rows(
            "membership", f"SELECT type, body FROM chassis.outbox WHERE subject = '{subject}' ORDER BY position"
        )
        return [(row["type"], json.loads(row["body"])) for row in rows]

    def told_again(self, subject: str, type_: str, service: str = "membership", source: str = "membership") -> None:
        """Tell what ``source`` told of ``subject`` once more, under another id, and wait until it was heard."""
        ((_, body),) = [each for each in self.told(subject) if each[0] == type_]
        self.tell(type_, subject, service=service, source=source, **body)

    def tell(
        self, type_: str, subject: str, *, service: str = "membership", source: str = "governance", **body: Any
    ) -> None:
        """Put an event on the bus as ``source`` would, and wait until ``service`` has settled it."""
        id = str(new_id())
        attributes = {"specversion": "1.0", "id": id, "source": source, "type": type_, "subject": subject}
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        headers["cloudEvents_time"] = "2061-03-01T09:00:00+08:00"
        self.association.publish(f"{source}.events", type_, json.dumps(body).encode(), headers=headers)
        heard = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{id}' AND state = 'done'"
        eventually(lambda: self.association.rows(service, heard))


@pytest.fixture
def organiser(association: Association) -> Organiser:
    association.set_clock("2061-03-01T09:00:00+08:00")
    return Organiser(association)


@dataclass(frozen=True)
class Desk:
    """A clerk who writes to units about their dues, what finance and governance tell, and the outbox of the mail."""

    association: Association
    clerk: Person

    def do(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.clerk, **given)

    def at(self, day: str) -> None:
        self.association.set_clock(f"{day}T09:00:00+08:00")

    def tell(self, source: str, type_: str, subject: str, **body: Any) -> None:
        """Put an event on the bus as its service would; it is heard when this returns."""
        event = str(uuid.uuid4())
        stated = {"id": event, "source": source, "type": type_, "subject": subject}
        attributes = {"specversion": "1.0", "time": "2041-04-01T09:00:00+08:00", **stated}
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish(f"{source}.events", type_, json.dumps(body).encode(), headers=headers)
        row = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event}' AND state = 'done'"
        eventually(lambda: self.association.rows("membership", row))

    def resolve(self, day: str, **changed: Any) -> None:
        """A dues standard in force from that day on."""
        resolution = str(new_id())
        told = {
            "resolution_id": resolution,
            "number": "会员代表大会决议1号",
            "body": "assembly",
            "matter": "dues-standard",
            "adopted_on": day,
            "dues_amounts": [{"tier": tier, "amount": amount} for tier, amount in DUES.items()],
            "effective_from": day,
            **changed,
        }
        self.tell("governance", "resolution.adopted.v1", f"resolution/{resolution}", **told)

    def unit(self, address: str | None = None, **given: Any) -> str:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        fields = {"credit_code": first17 + check_character(first17), "tier": "director", **given}
        unit = str(self.do("admit_unit", name="汾河信息公司", **fields)["id"])
        if address is not None:
            assert self.do("set_unit_contact", id=unit, mail_address=address).status == 200
        return unit

    def invoice(self, unit: str, year: int) -> str:
        return str(self.do("issue_invoice", unit_id=unit, year=year)["id"])

    def settle(self, unit: str, invoice: str, slip: str) -> None:
        told = {"invoice_id": invoice, "unit_id": unit, "slip": slip}
        self.tell("finance", "receivable.settled.v1", f"receivable/{invoice}", **told)

    def job(self, operation: str, **given: Any) -> dict[str, Any]:
        """The result of the job that an operation starts."""
        started = self.do(operation, **given)
        assert started.status == 202, started.problem
        ended = eventually(lambda: self._ended(started["id"]), within=60)
        assert ended["state"] == "done", ended
        result: dict[str, Any] = ended["result"]
        return result

    def _ended(self, job: str) -> Any:
        body = self.do("get_job", id=job).body
        return body if body["state"] in ("done", "failed") else None

    def mails(self, address: str) -> list[EmailMessage]:
        """All that has left for an address so far."""
        files = sorted(Path(self.association.settings["mail_folder"]).glob("*.eml"))
        found = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in files)
        return [each for each in found if isinstance(each, EmailMessage) and each["To"] == address]


@pytest.fixture
def desk(association: Association) -> Desk:
    return Desk(association, association.person("clerk"))


@pytest.fixture
def address() -> str:
    """A mail address that nobody else has."""
    return f"u{new_id().hex}@example.com"
