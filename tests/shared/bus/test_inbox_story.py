"""Whatever happens to deliveries, in whatever order, each event counts once and its aggregate's story keeps its order.

A model of a broker that delivers at least once, a handler that fails as often as it is told to, and hypothesis to
think of the rest: deliveries cut short before they are acknowledged, events told again, connections that break under
the handler, attempts, redrives and drops.
"""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

import shared.testing.echo as echo
from shared.api.administration import drop, redrive
from shared.bus.inbox import Delivery, Inbox
from shared.bus.listening import Subscription
from shared.identity.principals import ANONYMOUS
from shared.runtime import Runtime, StoreAway
from shared.store.base import new_id
from shared.store.tx import Origin, Tx
from shared.testing.telling import envelope_of

KEY = ("teller", "topic.told.v1")
TOPICS = 3
WHICH = st.integers(0, 10)


@dataclass(frozen=True)
class Note:
    topic: str
    position: int
    delivery: Delivery


class Story(RuleBasedStateMachine):
    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime
        self.inbox = Inbox(runtime, [(Subscription(*KEY, echo.NoteHeard, "hear"), self.hear)])
        with runtime.engine.begin() as connection:
            connection.execute(text("TRUNCATE heard_notes, chassis.inbox"))
        self.topics = [str(new_id()) for _ in range(TOPICS)]
        self.told: list[Note] = []
        self.queue: list[Note] = []
        self.fails: Counter[tuple[str, int]] = Counter()
        self.breaks = False
        self.dropped: set[tuple[str, int]] = set()

    def hear(self, tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None:
        tx.add(echo.HeardNote(topic_id=topic_id, text=text, position=position))
        tx.flush()
        if self.breaks:
            self.breaks = False
            end_session(tx)
        if self.fails[str(topic_id), position] > 0:
            self.fails[str(topic_id), position] -= 1
            raise RuntimeError("not yet")

    # --- what happens ---------------------------------------------------------------------------------------

    @rule(topic=st.integers(0, TOPICS - 1), fails=st.sampled_from([0, 0, 0, 0, 1, 2, 3, 7]))
    def tell(self, topic: int, fails: int) -> None:
        about = self.topics[topic]
        position = 1 + sum(note.topic == about for note in self.told)
        body, headers = envelope_of(about, "x", position)
        aggregate = f"teller/topic/{about}"
        note = Note(about, position, Delivery(headers["cloudEvents_id"], *KEY, aggregate, body, headers))
        self.fails[about, position] = fails
        self.told.append(note)
        self.queue.append(note)

    @precondition(lambda self: self.queue)
    @rule(together=st.integers(1, 6), acknowledged=st.integers(0, 6), breaks=st.booleans())
    def deliver_some(self, together: int, acknowledged: int, breaks: bool) -> None:
        """And die before all of them are acknowledged, where ``acknowledged`` is less."""
        self.breaks = breaks
        self.take(*self.queue[:together])
        self.breaks = False
        del self.queue[: min(together, acknowledged)]

    @precondition(lambda self: self.queue)
    @rule()
    def deliver(self) -> None:
        self.take(self.queue[0])
        self.queue.pop(0)

    @precondition(lambda self: self.queue)
    @rule()
    def deliver_and_die_before_acknowledging(self) -> None:
        self.take(self.queue[0])

    @precondition(lambda self: self.queue)
    @rule()
    def deliver_while_the_connection_breaks(self) -> None:
        self.breaks = True
        self.take(self.queue[0])
        self.breaks = False

    @precondition(lambda self: any(note not in self.queue for note in self.told))
    @rule(which=WHICH)
    def tell_again(self, which: int) -> None:
        """Told again after the original: the relay sends from the first unconfirmed on, an operator what is sent."""
        earlier = [note for note in self.told if note not in self.queue]
        self.queue.append(earlier[which % len(earlier)])

    @rule(breaks=st.booleans())
    def try_a_parked_one(self, breaks: bool) -> None:
        self.breaks = breaks
        try:
            self.inbox.retry()
        except StoreAway:
            assert breaks
        self.breaks = False

    @rule(which=WHICH, act=st.sampled_from([redrive, redrive, drop]))
    def administer(self, which: int, act: Callable[[Tx, str], object]) -> None:
        dead = self.dead()
        if not dead:
            return
        note = dead[which % len(dead)]
        self.act(act, note)
        if act is drop:
            self.dropped.add((note.topic, note.position))

    # --- what always holds ----------------------------------------------------------------------------------

    @invariant()
    def each_story_is_told_from_the_start_without_a_gap(self) -> None:
        for topic, heard in self.heard().items():
            counted = [n for n in range(1, (heard[-1] if heard else 0) + 1) if (topic, n) not in self.dropped]
            assert heard == counted

    def teardown(self) -> None:
        """In the end everything is delivered and healed, and everything counts."""
        self.fails.clear()
        while self.queue:
            self.deliver()
        for _ in range(2 * len(self.told) + 2):
            while self.inbox.retry():
                pass
            for note in self.dead():
                self.act(redrive, note)
        for topic, heard in self.heard().items():
            positions = [note.position for note in self.told if note.topic == topic]
            assert heard == [n for n in positions if (topic, n) not in self.dropped]
        with self.runtime.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM chassis.inbox")) == len(self.told)

    # --- by what means --------------------------------------------------------------------------------------

    def take(self, *notes: Note) -> None:
        """As the consumer does: without its database it tries again until it is there."""
        while True:
            try:
                self.inbox.take([note.delivery for note in notes])
            except StoreAway:
                continue
            return

    def act(self, act: Callable[[Tx, str], object], note: Note) -> None:
        with self.runtime.begin(Origin(ANONYMOUS, "story")) as tx:
            act(tx, note.delivery.event_id)

    def dead(self) -> list[Note]:
        with self.runtime.engine.connect() as connection:
            ids = set(connection.scalars(text("SELECT event_id FROM chassis.inbox WHERE state = 'dead'")))
        return [note for note in self.told if note.delivery.event_id in ids]

    def heard(self) -> dict[str, list[int]]:
        """Topic → positions, in the order in which they came to count."""
        found: dict[str, list[int]] = {topic: [] for topic in self.topics}
        with self.runtime.engine.connect() as connection:
            for row in connection.execute(text("SELECT topic_id, position FROM heard_notes ORDER BY id")):
                found[str(row.topic_id)].append(row.position)
        return found


def end_session(tx: Tx) -> None:
    """The server ends this very session, as it does when it shuts down."""
    tx.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_every_story_ends_well(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(echo.LISTENER, retry_delays=(0.0, 0.0))
    run_state_machine_as_test(
        lambda: Story(runtime),
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
