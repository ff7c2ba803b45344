"""Places between receiving and acknowledging at which a process may be killed, and how to have it die just there.

    Fuse().arm("consumer: committed, not acknowledged", passes=2)     # SIGKILL at the second pass

Nothing in the product knows of this: a test's host (:mod:`shared.testing.faulty_host`) wraps what is named here before
it starts its services. A name that is not there any more is an error at once, and the test of a fault that nothing
comes by fails.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Literal

from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

Pass = Callable[[], None]


@dataclass(frozen=True)
class Call:
    """Before or after a method: "module:Class.method"."""

    of: str
    when: Literal["before", "after"]

    def lay(self, passing: Pass) -> None:
        module, _, path = self.of.partition(":")
        owner: Any = import_module(module)
        *above, name = path.split(".")
        for part in above:
            owner = getattr(owner, part)
        wrapped = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if self.when == "before":
                passing()
            result = wrapped(*args, **kwargs)
            if self.when == "after":
                passing()
            return result

        setattr(owner, name, call)


@dataclass(frozen=True)
class Statement:
    """After a statement that begins so: while it is not committed yet, or once it is."""

    begins: str
    when: Literal["uncommitted", "committed"]

    def lay(self, passing: Pass) -> None:
        written: set[int] = set()

        def executed(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if " ".join(statement.split()).startswith(self.begins):
                if self.when == "uncommitted":
                    passing()
                written.add(id(cursor.connection))

        event.listen(Engine, "after_cursor_execute", executed)
        if self.when == "uncommitted":
            return
        commit: Any = PGDialect_psycopg.do_commit
        rollback: Any = PGDialect_psycopg.do_rollback

        def committed(self: Any, connection: Any) -> None:
            commit(self, connection)
            own = id(getattr(connection, "driver_connection", connection))
            if own in written:
                written.discard(own)
                passing()

        def rolled_back(self: Any, connection: Any) -> None:
            written.discard(id(getattr(connection, "driver_connection", connection)))
            rollback(self, connection)

        PGDialect_psycopg.do_commit = committed  # type: ignore[method-assign]
        PGDialect_psycopg.do_rollback = rolled_back  # type: ignore[method-assign]


_PUBLISHER = "shared.bus.publisher:ConfirmedPublisher"
_CONSUMER = "shared.bus.consumer:EventConsumer"
_SERVER = "shared.bus.entrypoints:OperationQueueConsumer"
_ACK = "kombu.message:Message.ack"

FAULTS: dict[str, Call | Statement] = {
    # The relay, from the outbox to the mark.
    "relay: nothing sent": Call(f"{_PUBLISHER}.publish", "before"),
    "relay: sent, not confirmed": Call(f"{_PUBLISHER}._confirmed", "before"),
    "relay: confirmed, not marked": Call(f"{_PUBLISHER}.publish", "after"),
    "relay: marked": Statement("WITH sent AS", "uncommitted"),
    # The consumer, from the message to its acknowledgement.
    "consumer: received": Call(f"{_CONSUMER}._settle", "before"),
    "consumer: remembered, no effect yet": Statement("INSERT INTO chassis.inbox", "uncommitted"),
    "consumer: effect, not committed": Statement("INSERT INTO heard_notes", "uncommitted"),
    "consumer: committed, not acknowledged": Call(f"{_CONSUMER}._settle", "after"),
    "consumer: acknowledged": Call(_ACK, "after"),
    # What failed at first and is tried again.
    "retry: effect, not committed": Statement("UPDATE chassis.inbox SET", "uncommitted"),
    "retry: committed": Statement("UPDATE chassis.inbox SET", "committed"),
    # The server, from the request to its acknowledgement.
    "server: received": Call(f"{_SERVER}.hand_over", "before"),
    "server: effect, not written down": Statement("UPDATE topics SET", "uncommitted"),
    "server: written down, not committed": Statement("WITH told AS", "uncommitted"),
    "server: committed, not answered": Call(f"{_SERVER}.answer", "before"),
    "server: answered, not acknowledged": Call(_ACK, "before"),
    "server: acknowledged": Call(f"{_SERVER}.answer", "after"),
    # What goes on beside requests.
    "seal: not committed": Statement("WITH head AS", "uncommitted"),
    "seal: committed": Statement("WITH head AS", "committed"),
    "job: taken up": Statement("UPDATE chassis.jobs SET state", "committed"),
}


class Fuse:
    """Every fault of this process, none of them live until it is armed."""

    def __init__(self) -> None:
        self._live = ""
        self._left = 0
        for name, fault in FAULTS.items():
            fault.lay(partial(self._pass, name))

    def arm(self, fault: str, passes: int) -> None:
        """Have the process end by SIGKILL when it comes by ``fault`` for the ``passes``-th time from now."""
        if fault not in FAULTS:
            raise KeyError(fault)
        self._live, self._left = fault, passes

    def _pass(self, name: str) -> None:
        if name != self._live:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
