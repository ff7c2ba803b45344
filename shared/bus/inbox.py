"""The inbox: each event heard counts once, a failed one waits for its next attempt, a hopeless one can be seen.

An event is remembered in the transaction of its effect. If the effect fails, the event is parked by itself, with its
body, and the bus is told that it arrived; a loop tries it again after 5 s, 30 s, 2 min and 10 min, then it is dead:
listed, redriven or dropped by a person. Later events of the same aggregate wait behind an open one (parked or dead), so
an aggregate's story is never told out of order; other aggregates pass.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from shared import clock
from shared.bus.events import CE, fit_id
from shared.bus.listening import Subscription
from shared.identity.principals import Principal
from shared.observe.metrics import EVENTS_HEARD
from shared.runtime import Runtime, StoreAway
from shared.store.tables import Inbox as Row
from shared.store.tx import Origin, Tx

log = structlog.get_logger()

Handler = Callable[..., None]
OPEN = ("parked", "dead")


@dataclass(frozen=True)
class Delivery:
    """An event as it arrived. ``aggregate`` is "<source>/<subject>": what must stay in order."""

    event_id: str
    source: str
    type: str
    aggregate: str
    body: bytes
    headers: Mapping[str, Any]

    @property
    def origin(self) -> Origin:
        return Origin(
            Principal("service", service=self.source),
            correlation_id=fit_id(str(self.headers.get(CE + "correlationid") or "")) or self.event_id,
            causation_id=self.event_id,
        )


class Inbox:
    """Takes deliveries for one service and settles each exactly once."""

    def __init__(
        self,
        runtime: Runtime,
        handlers: Mapping[tuple[str, str], tuple[Subscription, Handler]],
    ) -> None:
        self._runtime = runtime
        self._handlers = handlers
        self._delays = runtime.settings.retry_delays

    def take(self, delivery: Delivery) -> str:
        """Handle or park one delivery; returns what became of it: done, duplicate, waiting or parked.

        Raises :class:`StoreAway` when the database is away: then nothing is known of it and no attempt is spent.
        """
        with structlog.contextvars.bound_contextvars(
            correlation_id=delivery.origin.correlation_id, service=self._runtime.name, type=delivery.type
        ):
            try:
                outcome = self._first_attempt(delivery)
            except StoreAway:
                raise
            except Exception as error:
                log.warning("event failed and is parked", event_id=delivery.event_id, exc_info=True)
                self._park(delivery, error)
                outcome = "parked"
            self._count(delivery.type, outcome)
            log.info("event", event_id=delivery.event_id, outcome=outcome)
            return outcome

    def bury(self, delivery: Delivery, reason: str) -> None:
        """Keep what can never be handled (undecodable, given up by the broker) as dead, raw."""
        with self._runtime.begin(delivery.origin) as tx:
            self._remember(tx, delivery, state="dead", body=delivery.body, error=reason)
        self._count(delivery.type, "dead")

    def retry(self) -> bool:
        """Try the next parked event that is due; whether there was one."""
        with self._runtime.begin(Origin(Principal("service", service=self._runtime.name), "retry")) as tx:
            due = self._next_due(tx)
            if due is None:
                return False
            delivery = Delivery(due.event_id, due.source, due.type, due.aggregate, due.body or b"", due.headers or {})
        with (
            structlog.contextvars.bound_contextvars(
                correlation_id=delivery.origin.correlation_id, service=self._runtime.name, type=delivery.type
            ),
            self._runtime.begin(delivery.origin) as tx,
        ):
            row = tx.session.get(Row, delivery.event_id, with_for_update=True)
            if row is None or row.state != "parked" or not _is_due(row):
                return True  # somebody else was quicker
            try:
                with tx.session.begin_nested():
                    self._handle(tx, delivery)
            except Exception as error:
                if self._runtime.is_away(error):
                    raise
                self._failed_again(row, error)
            else:
                row.state, row.body, row.error = "done", None, None
                row.settled_at, row.next_attempt_at = clock.wall_now(), None
            outcome = row.state
        self._count(delivery.type, outcome)
        log.info("event tried again", event_id=delivery.event_id, outcome=outcome, attempts=row.attempts)
        return True

    def reachable(self) -> bool:
        """Whether the inbox's database answers."""
        return self._runtime.reachable()

    # --- inside ---------------------------------------------------------------------------------------------

    def _first_attempt(self, delivery: Delivery) -> str:
        with self._runtime.begin(delivery.origin) as tx:
            if not self._remember(tx, delivery, state="done"):
                return "duplicate"
            if self._held_up(tx, delivery.aggregate):
                row = tx.get(Row, delivery.event_id)
                row.state, row.body, row.headers = "parked", delivery.body, dict(delivery.headers)
                row.settled_at, row.next_attempt_at = None, clock.wall_now()
                return "waiting"
            self._handle(tx, delivery)
        return "done"

    def _handle(self, tx: Tx, delivery: Delivery) -> None:
        subscription, handler = self._handlers[delivery.source, delivery.type]
        handler(tx, **subscription.schema().load(orjson.loads(delivery.body)))
        tx.flush()

    def _remember(self, tx: Tx, delivery: Delivery, *, state: str, **values: Any) -> bool:
        """Whether this is the first time the event is heard."""
        now = clock.wall_now()
        row = insert(Row).values(
            event_id=delivery.event_id,
            source=delivery.source,
            type=delivery.type,
            aggregate=delivery.aggregate,
            state=state,
            attempts=values.pop("attempts", 0),
            received_at=now,
            settled_at=now if state == "done" else None,
            headers=dict(delivery.headers) if state != "done" else None,
            **values,
        )
        return tx.session.execute(row.on_conflict_do_nothing().returning(Row.event_id)).first() is not None

    def _park(self, delivery: Delivery, error: Exception) -> None:
        with self._runtime.begin(delivery.origin) as tx:
            self._remember(
                tx,
                delivery,
                state="parked" if self._delays else "dead",
                attempts=1,
                body=delivery.body,
                error=describe(error),
                next_attempt_at=self._due_after(1),
            )

    def _failed_again(self, row: Row, error: Exception) -> None:
        row.attempts += 1
        row.error = describe(error)
        row.next_attempt_at = self._due_after(row.attempts)
        if row.next_attempt_at is None:
            row.state = "dead"
        log.warning("event failed again", event_id=row.event_id, attempts=row.attempts, state=row.state)

    def _due_after(self, attempts: int) -> Any:
        """When to try again after ``attempts`` failures; None when that was the last."""
        if attempts > len(self._delays):
            return None
        return clock.wall_now() + timedelta(seconds=self._delays[attempts - 1])

    def _held_up(self, tx: Tx, aggregate: str) -> bool:
        return bool(tx.session.scalar(select(exists().where(Row.aggregate == aggregate, Row.state.in_(OPEN)))))

    def _next_due(self, tx: Tx) -> Row | None:
        earlier = aliased(Row)
        behind = exists().where(earlier.aggregate == Row.aggregate, earlier.state.in_(OPEN), earlier.seq < Row.seq)
        due = (
            select(Row)
            .where(Row.state == "parked", Row.next_attempt_at <= clock.wall_now(), ~behind)
            .order_by(Row.next_attempt_at, Row.seq)
            .limit(1)
            .with_for_update(skip_locked=True, of=Row)
        )
        return tx.session.scalars(due).first()

    def _count(self, type: str, outcome: str) -> None:
        EVENTS_HEARD.labels(self._runtime.name, type, outcome).inc()


def _is_due(row: Row) -> bool:
    return row.next_attempt_at is not None and row.next_attempt_at <= clock.wall_now()


def describe(error: Exception) -> str:
    """What went wrong, for people who look after the system. Database errors are cut to their first line, since their
    further lines quote parameters, which may be personal data (X5)."""
    lines = str(error).splitlines()
    return storable(f"{type(error).__name__}: {lines[0] if lines else ''}"[:500])


def storable(text: str) -> str:
    """``text`` in characters that the database can keep: no NUL and no half of a character."""
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")
