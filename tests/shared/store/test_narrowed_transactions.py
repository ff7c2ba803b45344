"""Who gets a limited sight: callers whose permission reaches no further, never events, jobs or those who see all."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select

from shared.errors import NotFound
from shared.identity.principals import Principal
from shared.identity.reach import Reach
from shared.runtime import Runtime
from shared.store.narrowed import NarrowedSession
from shared.store.sight import OutOfSight
from shared.store.tables import Counter, Outbox
from shared.store.tx import Origin, Tx
from shared.testing import echo

pytestmark = pytest.mark.rule(id="M11")

UNIT = str(uuid.uuid4())
SOMEBODY = Principal("person", account="a", person=str(uuid.uuid4()), units=frozenset({UNIT}))
EVERYTHING = Origin(SOMEBODY, "c")
LIMITED = Origin(SOMEBODY, "c", reach=Reach.UNIT)


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    return make_runtime(echo.TELLER)


def test_who_sees_all_has_a_plain_session_and_costs_no_second_engine(runtime: Runtime) -> None:
    with runtime.begin(EVERYTHING) as tx:
        tx.add(echo.Topic(name="开会"))
        assert [topic.name for topic in tx.all(select(echo.Topic))] == ["开会"]
        assert not isinstance(tx.session, NarrowedSession)
        assert tx.session.get_bind() is runtime.engine
    assert "narrowed_engine" not in runtime.__dict__


def test_a_limited_caller_meets_an_error_at_a_table_that_declares_nothing(runtime: Runtime) -> None:
    looks: list[Callable[[Tx], object]] = [
        lambda tx: tx.get(echo.Topic, uuid.uuid4()),
        lambda tx: tx.lock(echo.Topic, uuid.uuid4()),
        lambda tx: tx.find(echo.Topic, name="开会"),
        lambda tx: tx.all(select(echo.Topic)),
        lambda tx: tx.all(select(Outbox)),
    ]
    for look in looks:
        with pytest.raises(OutOfSight), runtime.begin(LIMITED) as tx:
            look(tx)
    with pytest.raises(NotFound), runtime.begin(EVERYTHING) as tx:
        tx.get(echo.Topic, uuid.uuid4())


def test_a_limited_caller_can_number_hold_and_tell(runtime: Runtime) -> None:
    with runtime.begin(LIMITED) as tx:
        tx.hold("a name")
        assert (tx.number("letters"), tx.number("letters")) == (1, 2)
        tx.emit(echo.NoteTold.of(echo.Topic(id=uuid.uuid4(), version=1), text="开会", position=1))
    with runtime.begin(EVERYTHING) as tx:
        assert [counter.last for counter in tx.all(select(Counter))] == [2]
        assert len(tx.all(select(Outbox))) == 1


def test_a_limited_caller_starts_no_job_since_that_would_see_all(runtime: Runtime) -> None:
    with pytest.raises(OutOfSight, match="would see more"), runtime.begin(LIMITED) as tx:
        tx.start_job("anything")


def test_nobody_with_a_limited_sight_acts_in_a_transaction_that_sees_all(runtime: Runtime) -> None:
    with runtime.transaction() as transaction:
        transaction.on_behalf_of(EVERYTHING)
        with pytest.raises(OutOfSight):
            transaction.on_behalf_of(LIMITED)
