"""The part of a channel that publishes, and tells the publisher what became of it.

Publisher confirms come in two kinds, told apart by who asked for them:

* ``confirm_select()`` on a channel: each ``basic_publish`` takes the next publish tag (from 1), and listeners
  in ``events['basic_ack']`` hear ``(tag, multiple=False)`` once every queue that received the message is done
  with it: acknowledged, rejected for good, expired, purged or deleted. What is in memory is therefore always
  unconfirmed, and a relay sends it again after a kill. Tags need not come in order. A message that reaches no
  queue is confirmed at once. ``events['basic_nack']`` is never called: this broker refuses nothing.
* the transport option ``confirm_publish``, which nameko sets on its producers: satisfied as soon as the
  message is in its queues, and ``basic_publish`` reports an unroutable mandatory message there and then.
  Waiting for the acknowledgement would block an RPC caller until its own reply had been handled.

Confirms and returns are heard while the publishing connection is drained, and dropped when it is gone.
Priorities and ``immediate`` are accepted and have no effect.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

import amqp
from amqp.exceptions import ChannelError, error_for_code

from shared.bus.embedded.envelope import Envelope
from shared.bus.embedded.queues import Receipt
from shared.bus.embedded.session import Session

if TYPE_CHECKING:
    from shared.bus.embedded.connection import Connection

_NO_ROUTE = 312
_RETURN = (60, 50)


class Publishing(Session):
    """Publishes, with confirms where they were asked for."""

    def __init__(self, connection: "Connection", channel_id: int) -> None:
        super().__init__(connection, channel_id)
        self._answers_at_once = bool((connection.client.transport_options or {}).get("confirm_publish"))
        self._confirms = False
        self._published = 0
        self._receipts: dict[int, Receipt] = {}
        self._complaint_due = False

    def prepare_message(
        self,
        body: Any,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> amqp.Message:
        return amqp.Message(
            body,
            priority=priority,
            content_type=content_type,
            content_encoding=content_encoding,
            application_headers=headers,
            **properties or {},
        )

    def confirm_select(self, nowait: bool = False) -> None:
        """From here on confirm each publish when the last queue is done with it (see the module)."""
        with self._lock:
            self._open()
            self._confirms = True

    def basic_publish(
        self,
        msg: Any,
        exchange: str = "",
        routing_key: str = "",
        mandatory: bool = False,
        immediate: bool = False,
        timeout: float | None = None,
        confirm_timeout: float | None = None,
    ) -> None:
        """Put a message into every queue that it reaches.

        Mandatory and reaching none: the ``events['basic_return']`` listeners hear ``(exception, exchange,
        routing_key, message)`` when the connection is drained, before the confirm; without a listener the
        drain raises. With the option ``confirm_publish`` the same happens here instead. Nothing is kept.

        :raises NotFound: there is no such exchange.
        """
        envelope = Envelope.seal(msg, exchange or "", routing_key or "")
        with self._lock:
            connection = self._open()
            queues = connection.broker.route(envelope.exchange, envelope.routing_key)
            lost = mandatory and not queues
            if lost and not self._answers_at_once:
                self._post_return(connection, envelope)
            receipt = self._receipt(connection, len(queues)) if self._confirms else None
            for queue in queues:
                entry = queue.offer(envelope, receipt)
                if receipt is not None:
                    connection.watch(entry)
        if lost and self._answers_at_once:
            self._returned(envelope)

    # From here on: with the lock held.

    def _stop_publishing(self) -> None:
        for receipt in self._receipts.values():
            receipt.forget()
        self._receipts.clear()

    def _receipt(self, connection: "Connection", queues: int) -> Receipt | None:
        self._published += 1
        tag = self._published
        if not queues:
            connection.post(partial(self._confirmed, tag))
            return None
        receipt = self._receipts[tag] = Receipt(queues, partial(self._settled_everywhere, tag))
        return receipt

    def _settled_everywhere(self, tag: int) -> None:
        self._receipts.pop(tag, None)
        if self.connection is not None:
            self.connection.post(partial(self._confirmed, tag))

    def _post_return(self, connection: "Connection", envelope: Envelope) -> None:
        """Without a listener one complaint says it all; more would pile up where nobody drains."""
        heard = bool(self.events.get("basic_return"))
        if heard or not self._complaint_due:
            self._complaint_due = not heard
            connection.post(partial(self._returned, envelope))

    # From here on: called by the draining thread, without the lock.

    def _confirmed(self, tag: int) -> None:
        for listener in tuple(self.events.get("basic_ack", ())):
            listener(tag, False)

    def _returned(self, envelope: Envelope) -> None:
        self._complaint_due = False
        failure = error_for_code(_NO_ROUTE, "NO_ROUTE", _RETURN, ChannelError)
        listeners = tuple(self.events.get("basic_return", ()))
        if not listeners:
            raise failure
        for listener in listeners:
            listener(failure, envelope.exchange, envelope.routing_key, envelope.open({}))
