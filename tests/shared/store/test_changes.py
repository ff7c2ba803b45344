"""What a command changed: noted row by row, before and after, and nothing that must not be told."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.plugins import plugins
from shared.runtime import Runtime
from shared.store.base import Columns, Versioned, metadata
from shared.store.changes import LONGEST, MASK, MOST, SECRET, Changes
from shared.store.tables import Counter
from shared.testing import echo


class Base(Columns, DeclarativeBase):
    metadata = metadata()


class Kept(Versioned, Base):
    __tablename__ = "kept"

    name: Mapped[str | None]
    amount: Mapped[int] = mapped_column(default=5)
    sealed: Mapped[bytes | None]
    token: Mapped[str | None] = mapped_column(info=SECRET)


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def noted(session: Session, act: Callable[[], object]) -> dict[str, Any] | None:
    changes = Changes()
    changes.follow(session)
    act()
    session.flush()
    text = changes.text()
    return None if text is None else orjson.loads(text)


def stored(session: Session, **values: Any) -> Kept:
    thing = Kept(id=uuid.uuid4(), **values)
    session.add(thing)
    session.commit()
    return session.get_one(Kept, thing.id, populate_existing=True)


@pytest.mark.rule(id="X5")
def test_a_new_row_is_told_with_what_the_defaults_gave_and_without_what_is_hidden(session: Session) -> None:
    thing = Kept(name="甲", sealed=b"110101", token="t")
    assert noted(session, lambda: session.add(thing)) == {
        "rows": [
            {
                "table": "kept",
                "id": str(thing.id),
                "before": None,
                "after": {"name": "甲", "amount": 5, "sealed": MASK, "token": MASK},
            }
        ],
        "more": 0,
    }


@pytest.mark.rule(id="X5")
def test_of_a_changed_row_only_what_differs_is_told(session: Session) -> None:
    thing = stored(session, name="甲", token="one", amount=7)

    def act() -> None:
        thing.name, thing.token, thing.amount = None, "two", 7

    told = noted(session, act)
    assert told is not None
    (row,) = told["rows"]
    assert (row["before"], row["after"]) == ({"name": "甲", "token": MASK}, {"name": None, "token": MASK})


def test_a_row_sent_twice_is_told_once_as_it_was_first_and_is_last(session: Session) -> None:
    thing = stored(session, name="甲", amount=1)

    def act() -> None:
        for amount in (2, 3, 4):
            thing.amount = amount
            session.flush()
        thing.name = "乙"

    told = noted(session, act)
    assert told is not None
    (row,) = told["rows"]
    assert (row["before"], row["after"]) == ({"name": "甲", "amount": 1}, {"name": "乙", "amount": 4})


def test_a_value_that_was_set_before_it_was_read_has_no_before(session: Session) -> None:
    thing = stored(session, name="甲")
    session.expire(thing)
    told = noted(session, lambda: setattr(thing, "name", "乙"))
    assert told is not None
    assert told["rows"][0]["after"] == {"name": "乙"}


def test_a_row_that_is_gone_is_told_as_it_was(session: Session) -> None:
    thing = stored(session, name="甲")
    told = noted(session, lambda: session.delete(thing))
    assert told is not None
    assert (told["rows"][0]["before"], told["rows"][0]["after"]) == ({"name": "甲", "amount": 5}, None)


def test_nothing_changed_is_nothing(session: Session) -> None:
    thing = stored(session, name="甲")
    assert noted(session, lambda: setattr(thing, "name", "甲")) is None


def test_very_many_rows_are_counted_and_very_long_values_cut(session: Session) -> None:
    told = noted(session, lambda: session.add_all(Kept(name="长" * 5000) for _ in range(MOST + 3)))
    assert told is not None
    assert (len(told["rows"]), told["more"]) == (MOST, 3)
    assert told["rows"][0]["after"]["name"] == "长" * LONGEST + "… (5000)"


def test_the_chassis_own_rows_are_not_told_of(make_runtime: Callable[..., Runtime]) -> None:
    with Session(make_runtime(echo.TELLER).engine) as session:
        assert noted(session, lambda: session.add(Counter(series="s", last=1))) is None


HIDDEN = ("hash", "digest", "token", "password", "sealed")


@pytest.mark.rule(id="X5")
def test_every_column_that_sounds_like_a_secret_says_that_it_is_one() -> None:
    suspects = {
        f"{table.name}.{column.name}"
        for plugin in plugins().values()
        for table in plugin.models.tables.values()
        for column in table.columns
        if any(word in column.name for word in HIDDEN) and column.type.python_type is not bytes
        if column.type.python_type is str and not column.info
    }
    assert suspects == set()
