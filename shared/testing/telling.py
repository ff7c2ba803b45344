"""Teller and listener (shared.testing.echo) running on one bus, and what tests of the chassis say to them.

with Pair.on("embedded://tests/", postgres, folder) as pair:
    topic = pair.topic()
    pair.tell(topic, "a", "b")
    eventually(lambda: pair.heard(topic) == ["a", "b"])
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

import shared.testing.echo as echo
from shared.bus.events import Envelope
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.store.base import new_id
from shared.store.database import make_engine
from shared.store.embedded import EmbeddedPostgres
from shared.store.migrations import CHASSIS, apply
from shared.testing.association import Answer, Association, eventually

RETRY_DELAYS = [0.2, 0.4]
NAMES = ["teller", "listener"]


def make_databases(postgres: EmbeddedPostgres) -> dict[str, str]:
    """Fresh databases for teller and listener, with their tables: service → URL."""
    urls = {}
    for service, base in (("teller", echo.TellerBase), ("listener", echo.ListenerBase)):
        name = f"{service}_{uuid.uuid4().hex[:12]}"
        postgres.create_database(name)
        urls[service] = postgres.url(name)
        engine = make_engine(urls[service], pool_size=2)
        apply(engine, [CHASSIS])
        base.metadata.create_all(engine)
        engine.dispose()
    return urls


class Pair(Association):
    """Teller and listener in one process."""

    @classmethod
    @contextmanager
    def on(cls, amqp_url: str, postgres: EmbeddedPostgres, folder: Path, **settings: Any) -> Iterator["Pair"]:
        """Both, running on the bus at ``amqp_url``, with databases, keys and log of their own."""
        make_keys(folder / "keys", {"teller": [TOKENS], "listener": []})
        chosen = {
            "amqp_url": amqp_url,
            "database_urls": make_databases(postgres),
            "keys": str(folder / "keys"),
            "retry_delays": RETRY_DELAYS,
            "poll_every": 0.2,
            **settings,
        }
        issuer = Keyring.load(folder / "keys", "teller")
        pair = cls(chosen, NAMES, folder / "log.jsonl", issuer, joined_by=["shared.testing.echo"])
        pair.admin_url = postgres.admin_url
        try:
            pair.start()
            yield pair
        finally:
            pair.kill()

    admin_url: str = ""

    def another(self) -> "Pair":
        """A second process of the same services on the same bus and databases, not yet started."""
        other = replace(self)
        other.admin_url = self.admin_url
        return other

    def keyring(self, service: str) -> Keyring:
        return Keyring.load(Path(self.settings["keys"]), service)

    # --- teller and listener --------------------------------------------------------------------------------

    def topic(self, name: str = "") -> str:
        """The id of a new topic."""
        name = name or f"topic {new_id()}"
        opened = self.call("teller", "open_topic", as_=self.person("teller"), name=name, key=str(new_id()))
        return str(opened["id"])

    def tell(self, topic: str, *texts: str, **how: Any) -> Answer:
        """Tell notes about a topic, an event each; under a key, as the gateway gives one to every command."""
        how.setdefault("key", str(new_id()))
        told = self.call("teller", "tell", as_=self.person("teller"), id=topic, texts=list(texts), **how)
        assert told.status == 200, told.problem
        return told

    def heard(self, topic: str) -> list[str]:
        """The texts that count, in the order in which they came to count."""
        return [row["text"] for row in self._notes(topic)]

    def positions(self, topic: str) -> list[int]:
        return [row["position"] for row in self._notes(topic)]

    def _notes(self, topic: str) -> list[dict[str, Any]]:
        return self.rows("listener", f"SELECT text, position FROM heard_notes WHERE topic_id = '{topic}' ORDER BY id")

    def heal(self, text: str) -> None:
        """Let the listener bear a text it could not."""
        assert self.call("listener", "heal", text=text, key=str(new_id())).status == 200

    def told(self, topic: str) -> list[dict[str, Any]]:
        """The outbox rows about a topic, in order."""
        return self.rows("teller", f"SELECT * FROM chassis.outbox WHERE subject = 'topic/{topic}' ORDER BY position")

    def inbox(self, topic: str) -> list[dict[str, Any]]:
        """The inbox rows about a topic, in order of arrival."""
        aggregate = f"teller/topic/{topic}"
        return self.rows("listener", f"SELECT * FROM chassis.inbox WHERE aggregate = '{aggregate}' ORDER BY seq")

    def states(self, topic: str) -> list[str]:
        return [row["state"] for row in self.inbox(topic)]

    def put_event(self, body: bytes, headers: Mapping[str, Any]) -> None:
        """Put a message on the bus where teller's events go."""
        self.publish("teller.events", "topic.told.v1", body, headers=headers)

    def settled(self) -> None:
        """Everything put on the bus before has been settled: a later event has been heard."""
        barrier = self.topic()
        self.tell(barrier, "barrier")
        eventually(lambda: self.heard(barrier) == ["barrier"], within=30)

    # --- what befalls them ----------------------------------------------------------------------------------

    @contextmanager
    def database_away(self, service: str) -> Iterator[None]:
        """The service's database ends all sessions and lets nobody in, for as long as the block lasts."""
        name = str(make_url(self.settings["database_urls"][service]).database)
        self.database(service).dispose()
        address = make_url(self.admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as admin:
            change = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            admin.execute(change.format(sql.Identifier(name), sql.Literal(False)))
            try:
                # A client that was just let in may be missing from the first look.
                while admin.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
                ).fetchall():
                    pass
                yield
            finally:
                admin.execute(change.format(sql.Identifier(name), sql.Literal(True)))


def envelope_of(topic: str, text: str, position: int, event_id: str = "") -> tuple[bytes, dict[str, Any]]:
    """Body and headers of a note's event, as teller would tell it."""
    body = f'{{"topic_id":"{topic}","text":"{text}","position":{position}}}'
    envelope = Envelope(
        id=event_id or str(new_id()),
        source="teller",
        type="topic.told.v1",
        time="2020-12-17T09:00:00+08:00",
        subject=f"topic/{topic}",
        body=body,
    )
    return body.encode(), envelope.headers()
