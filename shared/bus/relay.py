"""The relay: tells the bus what the outbox holds, in order, and marks as sent only what the broker has confirmed."""

from functools import partial

import structlog
from sqlalchemy import select, update

from shared import clock
from shared.bus.events import exchange_name
from shared.bus.publisher import ConfirmedPublisher, Outgoing
from shared.bus.topology import declare_on, listeners_of
from shared.observe.metrics import EVENTS_SENT, OUTBOX_UNSENT
from shared.runtime import Runtime
from shared.store.database import kept_alive, try_lock
from shared.store.tables import Outbox

log = structlog.get_logger()

BATCH = 200


class Relay:
    """Sends one batch at a time. Among the processes of a service, one at a time does (an advisory lock a batch)."""

    def __init__(self, runtime: Runtime, publisher: ConfirmedPublisher | None = None) -> None:
        self._runtime = runtime
        self._exchange = exchange_name(runtime.name)
        self._publisher = publisher or ConfirmedPublisher(
            runtime.settings.amqp_url,
            [self._exchange],
            prepare=partial(declare_on, subscriptions=listeners_of(runtime.name)),
        )

    def work(self) -> bool | float:
        """Send a batch; whether there was one, or in how many seconds to look again."""
        sent = self._send_batch()
        if sent is not True:
            self._publisher.beat()
        return sent

    def _send_batch(self) -> bool | float:
        """Rows are chosen as unsent, never as "after the last": identities are
        given in another order than transactions commit."""
        with self._runtime.speaking_of_absence(), self._runtime.engine.begin() as connection:
            if not try_lock(connection, "relay"):
                return self._runtime.settings.poll_every  # who has it may have looked before the latest was there
            unsent = select(Outbox).where(Outbox.sent_at.is_(None)).order_by(Outbox.position).limit(BATCH)
            rows = connection.execute(unsent).all()
            OUTBOX_UNSENT.labels(self._runtime.name).set(len(rows))
            if not rows:
                return False
            with kept_alive(connection):
                confirmed = self._publisher.publish(
                    [Outgoing(self._exchange, row.type, row.body, str(row.event_id), row.headers) for row in rows]
                )
            sent = rows[:confirmed]
            if sent:
                mark = update(Outbox).where(Outbox.position.in_([row.position for row in sent]))
                connection.execute(mark.values(sent_at=clock.wall_now()))
        for row in sent:
            EVENTS_SENT.labels(self._runtime.name, row.type).inc()
        if confirmed < len(rows):
            log.warning("relay: not confirmed in time", sent=confirmed, unsent=len(rows) - confirmed)
        return True if confirmed else self._runtime.settings.poll_every

    def give_up(self) -> None:
        """Wait no longer for confirms: the process is about to end, and what is unconfirmed is told again."""
        self._publisher.give_up()

    def close(self) -> None:
        self._publisher.close()
