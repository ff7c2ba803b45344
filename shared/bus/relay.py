"""The relay: tells the bus what the outbox holds, in order, and marks as sent only what the broker has confirmed."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, text

from shared import clock
from shared.bus.events import exchange_name
from shared.bus.publisher import ConfirmedPublisher, Outgoing
from shared.bus.topology import declare_on, listeners_of
from shared.observe.metrics import EVENTS_SENT, OUTBOX_UNSENT
from shared.runtime import Runtime
from shared.store.database import locked

log = structlog.get_logger()

BATCH = 200

# Rows are chosen as unsent, never as "after the last": identities are given in another order than transactions commit.
_UNSENT = "SELECT position, event_id, type, body, headers FROM chassis.outbox WHERE sent_at IS NULL"
_FIRST = f"ORDER BY position LIMIT {BATCH}"
_LOOK = text(f"{_UNSENT} {_FIRST}")
# What is marked is still unsent to the look beside it.
_MARK_AND_LOOK = text(f"""\
WITH sent AS (UPDATE chassis.outbox SET sent_at = :now WHERE position = ANY (:sent))
{_UNSENT} AND position <> ALL (:sent) {_FIRST}""").bindparams(bindparam("sent", type_=ARRAY(BigInteger)))


class Relay:
    """Sends batch after batch until nothing is left. Among the processes of a service one at a time does."""

    def __init__(self, runtime: Runtime, publisher: ConfirmedPublisher | None = None) -> None:
        self._runtime = runtime
        self._exchange = exchange_name(runtime.name)
        self._ending = False
        self._publisher = publisher or ConfirmedPublisher(
            runtime.settings.amqp_url,
            [self._exchange],
            prepare=partial(declare_on, subscriptions=listeners_of(runtime.name)),
        )

    def work(self) -> bool | float:
        """Send what there is; in how many seconds to look again where something is left, else False."""
        with self._runtime.speaking_of_absence, locked(self._runtime.engine, "relay") as connection:
            # Who has the lock may have looked before the latest was there.
            left = connection is None or self._send_all(connection)
        self._publisher.beat()
        return self._runtime.settings.poll_every if left else False

    def _send_all(self, connection: Connection) -> bool:
        """Whether something is left that the bus did not take."""
        rows = connection.execute(_LOOK).all()
        while True:
            OUTBOX_UNSENT.labels(self._runtime.name).set(len(rows))
            if not rows or self._ending:
                return False
            confirmed = self._publisher.publish(
                [Outgoing(self._exchange, row.type, row.body, str(row.event_id), row.headers) for row in rows]
            )
            sent, unsent = rows[:confirmed], len(rows) - confirmed
            rows = self._mark(connection, sent)
            if unsent:
                log.warning("relay: not confirmed in time", sent=confirmed, unsent=unsent)
                return True

    def _mark(self, connection: Connection, sent: Sequence[Any]) -> Sequence[Any]:
        """Mark as sent, and look what there is by now: one question under load, where the next batch waits already."""
        values = {"sent": [row.position for row in sent], "now": clock.wall_now()}
        rows = connection.execute(_MARK_AND_LOOK, values).all()
        for row in sent:
            EVENTS_SENT.labels(self._runtime.name, row.type).inc()
        return rows

    def give_up(self) -> None:
        """Wait no longer for confirms: the process is about to end, and what is unconfirmed is told again."""
        self._ending = True
        self._publisher.give_up()

    def close(self) -> None:
        self._publisher.close()
