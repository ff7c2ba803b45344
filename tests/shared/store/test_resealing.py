"""What is sealed comes under a service's newest secret, whatever interrupts it (X5)."""

import re
import signal
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, LargeBinary, select, update

from services.membership.people.models import Person
from services.membership.plugin import PLUGIN
from shared.identity.keys import Keyring, make_keys
from shared.identity.rotating import Keyrings
from shared.identity.sealing import Vault
from shared.plugins import plugins
from shared.store.database import make_engine
from shared.store.migrations import upgrade
from shared.store.resealing import count_sealed, reseal
from shared.testing.postgres import FreshDatabase
from shared.testing.processes import Started, xiehui

pytestmark = pytest.mark.rule(id="X5")

PEOPLE = 60


class Place:
    """Membership's database with people in it, and the deployment's keys."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.keys = folder / "keys"
        make_keys(self.keys, {"membership": []})
        self.engine: Engine = make_engine(url, pool_size=2)
        self.ring = Keyring.load(self.keys, "membership")
        self.vault = Vault(self.ring.secret, self.ring)
        self.variables = {"XIEHUI_KEYS": str(self.keys), "XIEHUI_DATABASE_URL": url}

    def register(self, count: int) -> None:
        rows = [
            {
                "id": uuid.uuid4(),
                "name": "某人",
                "search_key": "某人",
                "identity_number": self.vault.seal(f"{number:018}") if number % 5 else None,
                "registered_at": datetime.now(UTC),
            }
            for number in range(count)
        ]
        with self.engine.begin() as connection:
            connection.execute(Person.__table__.insert(), rows)

    def seals(self) -> list[bytes]:
        column = Person.__table__.c.identity_number
        with self.engine.connect() as connection:
            return list(connection.scalars(select(column).where(column.is_not(None))))

    def numbers(self) -> set[int]:
        """Under which secrets things are."""
        self.ring.look()
        return {self.vault.open(sealed).number for sealed in self.seals()}

    def texts(self) -> list[str]:
        return sorted(self.vault.unseal(sealed) for sealed in self.seals())


@pytest.fixture
def place(fresh_database: FreshDatabase, tmp_path: Path) -> Iterator[Place]:
    made = Place(fresh_database(), tmp_path)
    upgrade(made.engine, PLUGIN)
    made.register(PEOPLE)
    yield made
    made.engine.dispose()


def test_everything_comes_under_the_newest_secret_and_says_what_it_said(place: Place) -> None:
    before = place.texts()
    assert place.numbers() == {0}
    Keyrings(place.keys).rotate_secret("membership")
    place.ring.look()
    seen: list[int] = []
    done = reseal(place.engine, PLUGIN.models, place.vault, batch=7, told=seen.append)
    assert (done.seen, done.anew, done.unreadable) == (48, 48, ())
    assert sum(seen) == count_sealed(place.engine, PLUGIN.models) == 48
    assert place.numbers() == {1}
    assert place.texts() == before
    again = reseal(place.engine, PLUGIN.models, place.vault, batch=7)
    assert (again.seen, again.anew) == (48, 0)


def test_the_version_people_have_seen_stays_good(place: Place) -> None:
    Keyrings(place.keys).rotate_secret("membership")
    place.ring.look()
    reseal(place.engine, PLUGIN.models, place.vault, batch=500)
    with place.engine.connect() as connection:
        assert set(connection.scalars(select(Person.__table__.c.version))) == {1}


def test_what_nothing_opens_is_named_and_left_as_it_is(place: Place) -> None:
    table = Person.__table__
    with place.engine.begin() as connection:
        broken = connection.scalars(select(table.c.id).where(table.c.identity_number.is_not(None)).limit(1)).one()
        connection.execute(update(table).where(table.c.id == broken).values(identity_number=b"x" * 40))
    Keyrings(place.keys).rotate_secret("membership")
    done = xiehui("keys", "reseal", "membership", **place.variables)
    assert done.returncode == 1, done.stdout
    assert f"people.identity_number {broken}" in done.stdout
    assert place.seals().count(b"x" * 40) == 1
    assert "47 / 48" in done.stdout


def test_killed_in_the_middle_and_run_again(place: Place, tmp_path: Path) -> None:
    before = place.texts()
    said = xiehui("keys", "rotate-secret", "membership", **place.variables)
    assert said.returncode == 0, said.stdout
    slowly = ["keys", "reseal", "membership", "--batch", "4", "--pause", "0.2"]
    with Started(*slowly, log=tmp_path / "said", variables=place.variables) as process:
        deadline = time.monotonic() + 60
        while place.numbers() != {0, 1}:
            assert process.process.poll() is None, process.said
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.process.send_signal(signal.SIGKILL)
        process.process.wait()
    assert place.numbers() == {0, 1}, "it was killed too late to show anything"
    assert place.texts() == before, "what is half done can be read all the same"
    place.register(5)  # the service goes on meanwhile
    before = place.texts()
    done = xiehui("keys", "reseal", "membership", **place.variables)
    assert done.returncode == 0, done.stdout
    found = re.search(r"(\d+) / (\d+) 重新封存", done.stdout)
    assert found
    assert int(found[1]) < int(found[2]) == len(place.seals())
    assert place.numbers() == {1}
    assert place.texts() == before


def test_every_column_of_bytes_says_whether_it_is_sealed() -> None:
    """What does not say so would be forgotten when the secret changes."""
    for name, plugin in plugins().items():
        for table in plugin.models.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    assert "sealed" in column.info, f"{name}: {table.name}.{column.name}"
