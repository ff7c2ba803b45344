"""The inbox: each event heard counts once, a failed one waits for its next attempt, a hopeless one can be seen.

An event is remembered in the transaction of its effect. Events that arrived together share one transaction; if anything
in it fails, it is undone and each gets one of its own. If the effect fails there too, the event is parked by itself,
with its body, and the bus is told that it arrived; a loop tries it again after 5 s, 30 s, 2 min and 10 min, then it is
dead: listed, redriven or dropped by a person. Later events of the same aggregate wait behind an open one (parked or
dead), so an aggregate's story is never told out of order; other aggregates pass.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import takewhile
from typing import Any, TypeVar

import orjson
import structlog
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from shared import clock
from shared.bus.events import CE, Heard, fit_id
from shared.bus.listening import Subscription
from shared.identity.principals import Principal
from shared.observe.metrics import EVENTS_HEARD
from shared.runtime import Runtime, StoreAway, Transaction
from shared.store.database import lost_race
from shared.store.tables import Inbox as Row
from shared.store.tx import Origin, Tx

log = structlog.get_logger()

Handler = Callable[..., None]
T = TypeVar("T")
OPEN = ("parked", "dead")
RACES = 5
"""How often an attempt may lose a race before that counts as a failure."""
MOST_TOGETHER = 100
"""So many of one aggregate that waited are handled in one transaction: for so long it holds what its handlers lock."""
SHORTEST_WAIT = 0.05
"""Seconds; for one that is due but in somebody else's hands."""

_REMEMBER = text("""\
INSERT INTO chassis.inbox (event_id, source, type, aggregate, state, attempts, received_at, settled_at)
SELECT event_id, source, type, aggregate, 'done', 0, :now, :now
FROM unnest(CAST(:ids AS text[]), CAST(:sources AS text[]), CAST(:types AS text[]), CAST(:aggregates AS text[]))
     WITH ORDINALITY AS arrived (event_id, source, type, aggregate, place)
ORDER BY place
ON CONFLICT DO NOTHING
RETURNING event_id""")
# Asked after that: where an event was remembered elsewhere meanwhile, what became of it is only seen now.
_HELD_UP = text("""\
SELECT aggregate FROM chassis.inbox
WHERE aggregate = ANY (CAST(:within AS text[])) AND state IN ('parked', 'dead')""")


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
    def correlation_id(self) -> str:
        return fit_id(str(self.headers.get(CE + "correlationid") or "")) or self.event_id

    @property
    def origin(self) -> Origin:
        return Origin(Principal("service", service=self.source), self.correlation_id, causation_id=self.event_id)


class Inbox:
    """Takes deliveries for one service and settles each exactly once."""

    def __init__(
        self,
        runtime: Runtime,
        handlers: Iterable[tuple[Subscription, Handler]],
    ) -> None:
        self._runtime = runtime
        self._handlers: dict[tuple[str, str], list[tuple[Heard, Handler]]] = {}
        for each, handler in handlers:
            self._handlers.setdefault(each.key, []).append((each.schema(), handler))
        self._delays = runtime.settings.retry_delays

    def take(self, deliveries: Sequence[Delivery]) -> list[str]:
        """Handle or park deliveries, in order; returns what became of each: done, duplicate, waiting or parked.

        Raises :class:`StoreAway` when the database is away: then nothing is known of them and no attempt is spent.
        """
        if len(deliveries) > 1:
            try:
                return self._settled(deliveries, self._attempt(deliveries))
            except StoreAway:
                raise
            except Exception as error:
                log.info("events are settled one by one", service=self._runtime.name, why=describe(error))
        return [self._take_one(delivery) for delivery in deliveries]

    def bury(self, delivery: Delivery, reason: str) -> None:
        """Keep what can never be handled (undecodable, given up by the broker) as dead, raw."""
        with self._runtime.begin(delivery.origin) as tx:
            self._remember(tx, delivery, state="dead", body=delivery.body, error=reason)
        self._count(delivery.type, "dead")

    def retry(self) -> bool:
        """Try the next parked event that is due, and with it those that merely waited for it; whether there was one."""
        rows = self._catch_up(MOST_TOGETHER) or self._retry_first()
        for row in rows:
            self._count(row.type, row.state)
            log.info("event tried again", event_id=row.event_id, outcome=row.state, attempts=row.attempts)
        return bool(rows)

    def work(self) -> bool | float:
        """Try the next that is due; with none, in how many seconds the next will be (0: nothing is parked)."""
        return self.retry() or self._due_in()

    def reachable(self) -> bool:
        """Whether the inbox's database answers."""
        return self._runtime.reachable()

    # --- inside ---------------------------------------------------------------------------------------------

    def _catch_up(self, most: int) -> list[Row]:
        """Handle the next that is due and its followers in one transaction, as far as they have never been tried, at
        most ``most``. Else whoever waits behind one that failed would wait on, since more comes than goes one by one.
        Where one fails they are undone, and fewer tried; none are left for :meth:`_retry_first`.
        """
        handled: list[Row] = []
        try:
            with self._runtime.transaction() as transaction:
                first = self._next_due(transaction.session)
                for row in takewhile(_untried, self._open_from(transaction.session, first, most) if first else ()):
                    delivery = _kept(row)
                    with self._speaking_of(delivery):
                        self._handle(transaction.on_behalf_of(delivery.origin), delivery)
                    _settle(row)
                    handled.append(row)
        except StoreAway:
            raise
        except Exception as error:
            log.info("events that waited are tried fewer at a time", service=self._runtime.name, why=describe(error))
            fewer = min(len(handled), most // 2)
            return self._catch_up(fewer) if fewer else []
        return handled

    def _retry_first(self) -> list[Row]:
        """Try the next that is due by itself. It is held from being chosen to its end."""
        with self._runtime.transaction() as transaction:
            row = self._next_due(transaction.session)
            if row is None:
                return []
            delivery = _kept(row)
            with self._speaking_of(delivery):
                try:
                    persist(partial(self._handle_apart, transaction, delivery))
                except Exception as error:
                    if self._runtime.is_away(error):
                        raise
                    self._failed_again(row, error)
                else:
                    _settle(row)
        return [row]

    def _take_one(self, delivery: Delivery) -> str:
        try:
            outcomes = persist(partial(self._attempt, [delivery]))
        except StoreAway:
            raise
        except Exception as error:
            with self._speaking_of(delivery):
                log.warning("event failed and is parked", event_id=delivery.event_id, exc_info=True)
            self._park(delivery, error)
            outcomes = ["parked"]
        return self._settled([delivery], outcomes)[0]

    def _attempt(self, deliveries: Sequence[Delivery]) -> list[str]:
        """Remember and handle all of them in one transaction; what became of each."""
        with self._runtime.transaction() as transaction:
            session = transaction.session
            new = self._remember_all(session, deliveries)
            held_up = self._held_up(session, {each.aggregate for each in deliveries if each.event_id in new})
            outcomes = []
            for delivery in deliveries:
                if delivery.event_id not in new:
                    outcomes.append("duplicate")
                    continue
                new.discard(delivery.event_id)  # what comes twice in one batch
                if delivery.aggregate in held_up:
                    self._wait(session, delivery)
                    outcomes.append("waiting")
                    continue
                with self._speaking_of(delivery):
                    self._handle(transaction.on_behalf_of(delivery.origin), delivery)
                outcomes.append("done")
            session.flush()
        return outcomes

    def _handle(self, tx: Tx, delivery: Delivery) -> None:
        data = orjson.loads(delivery.body)
        for schema, handler in self._handlers[delivery.source, delivery.type]:
            handler(tx, **schema.load(data))

    def _handle_apart(self, transaction: Transaction, delivery: Delivery) -> None:
        """Handle within a transaction that outlives a failure."""
        with transaction.apart():
            self._handle(transaction.on_behalf_of(delivery.origin), delivery)

    def _settled(self, deliveries: Sequence[Delivery], outcomes: list[str]) -> list[str]:
        """Tell of what has been committed."""
        if not {"parked", "waiting"}.isdisjoint(outcomes):
            self._runtime.signals.retry.set()
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            self._count(delivery.type, outcome)
            with self._speaking_of(delivery):
                log.info("event", event_id=delivery.event_id, outcome=outcome)
        return outcomes

    def _speaking_of(self, delivery: Delivery) -> AbstractContextManager[Any]:
        return structlog.contextvars.bound_contextvars(
            correlation_id=delivery.correlation_id, service=self._runtime.name, type=delivery.type
        )

    def _remember_all(self, session: Session, deliveries: Sequence[Delivery]) -> set[str]:
        """Remember them as done, in their order; the ids of those that are heard for the first time."""
        values = {
            "ids": [each.event_id for each in deliveries],
            "sources": [each.source for each in deliveries],
            "types": [each.type for each in deliveries],
            "aggregates": [each.aggregate for each in deliveries],
            "now": clock.wall_now(),
        }
        return set(session.scalars(_REMEMBER, values))

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

    def _held_up(self, session: Session, aggregates: set[str]) -> set[str]:
        """Those of ``aggregates`` of which an earlier event is open."""
        return set(session.scalars(_HELD_UP, {"within": sorted(aggregates)})) if aggregates else set()

    def _wait(self, session: Session, delivery: Delivery) -> None:
        """Have it tried as soon as what it waits behind is settled."""
        waiting = {"state": "parked", "body": delivery.body, "headers": dict(delivery.headers)}
        due = {"settled_at": None, "next_attempt_at": clock.wall_now()}
        session.execute(update(Row).where(Row.event_id == delivery.event_id).values(**waiting, **due))

    def _next_due(self, session: Session) -> Row | None:
        due = (
            select(Row)
            .where(is_in(Row, "parked"), Row.next_attempt_at <= clock.wall_now(), ~_behind())
            .order_by(Row.next_attempt_at, Row.seq)
            .limit(1)
            .with_for_update(skip_locked=True, of=Row)
        )
        return session.scalars(due).first()

    def _open_from(self, session: Session, first: Row, most: int) -> Sequence[Row]:
        """What is open of an aggregate, in order, beginning with ``first``."""
        rows = select(Row).where(Row.aggregate == first.aggregate, is_in(Row, *OPEN), Row.seq >= first.seq)
        return session.scalars(rows.order_by(Row.seq).limit(most).with_for_update()).all()

    def _due_in(self) -> float:
        first = select(func.min(Row.next_attempt_at)).where(is_in(Row, "parked"), ~_behind())
        with self._runtime.speaking_of_absence, self._runtime.engine.connect() as connection:
            due = connection.scalar(first)
        return 0.0 if due is None else max((due - clock.wall_now()).total_seconds(), SHORTEST_WAIT)

    def _count(self, type: str, outcome: str) -> None:
        EVENTS_HEARD.labels(self._runtime.name, type, outcome).inc()


def _untried(row: Row) -> bool:
    """Whether it only waits for its turn."""
    return row.state == "parked" and row.attempts == 0


def _kept(row: Row) -> Delivery:
    return Delivery(row.event_id, row.source, row.type, row.aggregate, row.body or b"", row.headers or {})


def _settle(row: Row) -> None:
    row.state, row.body, row.error = "done", None, None
    row.settled_at, row.next_attempt_at = clock.wall_now(), None


def _behind() -> ColumnElement[bool]:
    """Whether an earlier event of the same aggregate is open."""
    earlier = aliased(Row)
    return exists().where(earlier.aggregate == Row.aggregate, is_in(earlier, *OPEN), earlier.seq < Row.seq)


def is_in(row: Any, *states: str) -> ColumnElement[bool]:
    """Whether a row is in one of these states, spelled out in the statement: PostgreSQL uses an index of open rows only
    where it can prove that nothing else is asked for."""
    spelled_out: BindParameter[Any] = bindparam(None, states, expanding=True, literal_execute=True)
    return row.state.in_(spelled_out)  # type: ignore[no-any-return]


def persist(attempt: Callable[[], T]) -> T:
    """What ``attempt`` returns; it is made again where it only lost a race for rows (a deadlock, a newer version)."""
    for _ in range(RACES - 1):
        try:
            return attempt()
        except Exception as error:
            if not lost_race(error):
                raise
    return attempt()


def describe(error: Exception) -> str:
    """What went wrong, for people who look after the system. Database errors are cut to their first line, since their
    further lines quote parameters, which may be personal data (X5)."""
    lines = str(error).splitlines()
    return storable(f"{type(error).__name__}: {lines[0] if lines else ''}"[:500])


def storable(text: str) -> str:
    """``text`` in characters that the database can keep: no NUL and no half of a character."""
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")
