"""Before long computing an operation that has only read gives the database back."""

from collections.abc import Callable

from sqlalchemy import select

from shared.identity.principals import Principal
from shared.runtime import Runtime
from shared.store.tx import Origin
from shared.testing import echo

EVERYTHING = Origin(Principal("person", account="a"), "c")


def test_what_was_read_stays_and_no_transaction_waits(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(echo.TELLER)
    with runtime.begin(EVERYTHING) as tx:
        tx.add(echo.Topic(name="开会"))
    with runtime.begin(EVERYTHING) as tx:
        (topic,) = tx.all(select(echo.Topic))
        assert tx.session.in_transaction()
        tx.let_go()
        assert topic.name == "开会"
        assert not tx.session.in_transaction()
