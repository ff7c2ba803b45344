"""A cursor leads on from where a page ended; one that was tampered with is refused before the database sees it."""

import base64
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import DateTime, Engine, Numeric, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.api.paging import LIMIT, Page, PageRequest, _decode, _encode, read_page
from shared.clock import wall_now
from shared.errors import Invalid
from shared.store.base import Columns, Identified
from shared.store.database import make_engine
from shared.store.embedded import EmbeddedPostgres

ORDERS = ["name", "size", "weight", "day", "at"]


class Base(Columns, DeclarativeBase):
    pass


class Thing(Identified, Base):
    __tablename__ = "things"

    name: Mapped[str]
    size: Mapped[int]
    weight: Mapped[Any] = mapped_column(Numeric(20, 4))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@pytest.fixture(scope="module")
def engine(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    name = f"paging_{uuid.uuid4().hex[:12]}"
    postgres.create_database(name)
    engine = make_engine(postgres.url(name), pool_size=2)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
    postgres.drop_database(name)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that is never committed."""
    with Session(engine) as session:
        yield session


def add(session: Session, *things: dict[str, Any]) -> None:
    usual = {"name": "a", "size": 1, "weight": "1.5", "day": date(2020, 1, 1), "at": wall_now()}
    session.add_all([Thing(**{**usual, **thing}) for thing in things])
    session.flush()


def page(session: Session, limit: int = 3, cursor: str | None = None, sort: str | None = None) -> Page:
    sorts = {name: getattr(Thing, name) for name in ORDERS}
    return read_page(session, select(Thing), PageRequest(limit, cursor, sort), key=Thing.id, sorts=sorts, default="-at")


def through(session: Session, sort: str | None, limit: int) -> list[Thing]:
    """All rows, page by page."""
    rows: list[Thing] = []
    shown = page(session, limit, None, sort)
    rows.extend(shown.items)
    while shown.next:
        shown = page(session, limit, shown.next, sort)
        assert shown.items, "a cursor is given only where there is more"
        rows.extend(shown.items)
    return rows


@pytest.mark.parametrize("sort", [sign + name for name in ORDERS for sign in ("", "-")] + [None])
@pytest.mark.parametrize("limit", [1, 2, 7, 8])
def test_pages_add_up_to_the_whole_in_order(session: Session, sort: str | None, limit: int) -> None:
    add(
        session,
        *(
            {"name": "乙甲丙a"[n % 4], "size": n % 3, "weight": f"{n % 2}.5", "day": date(2020, 1, 1 + n % 3)}
            for n in range(7)
        ),
    )
    rows = through(session, sort, limit)
    assert len({row.id for row in rows}) == len(rows) == 7
    keys = [getattr(row, (sort or "-at").removeprefix("-")) for row in rows]
    assert keys == sorted(keys, reverse=(sort or "-at").startswith("-"))


def test_rows_that_come_or_go_meanwhile_shift_nothing(session: Session) -> None:
    add(session, *({"name": name} for name in "bdfhj"))
    first = page(session, 2, None, "name")
    assert [row.name for row in first.items] == ["b", "d"]
    add(session, {"name": "a"}, {"name": "e"})
    session.delete(first.items[-1])
    session.flush()
    second = page(session, 2, first.next, "name")
    assert [row.name for row in second.items] == ["e", "f"]


def test_an_empty_list_and_a_list_that_just_fits_have_no_next(session: Session) -> None:
    assert page(session) == Page([], None)
    add(session, {}, {}, {})
    assert page(session, 3).next is None
    assert page(session, 2).next is not None


@pytest.mark.parametrize("limit", [0, -1, LIMIT + 1, 10**12])
def test_a_page_has_a_size(session: Session, limit: int) -> None:
    with pytest.raises(Invalid) as refused:
        page(session, limit)
    assert refused.value.errors is not None
    assert set(refused.value.errors) == {"limit"}


def forged(*content: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(content))).decode().rstrip("=")


SOME_ID = str(uuid.UUID(int=1))


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        ("name", "x"),
        ("name", "不"),
        ("name", "===="),
        ("name", base64.urlsafe_b64encode(b"\xff\xff").decode()),
        ("name", forged()),
        ("name", forged("name", "a")),
        ("name", forged("name", "a", SOME_ID, 1)),
        ("name", forged("-name", "a", SOME_ID)),
        ("name", forged("name", "nul \0", SOME_ID)),
        ("name", forged("name", 5, SOME_ID)),
        ("name", forged("name", None, SOME_ID)),
        ("name", forged("name", "a", 5)),
        ("name", forged("name", "a", "no id")),
        ("name", forged("name", "a", None)),
        ("size", forged("size", "x", SOME_ID)),
        ("size", forged("size", 2**63, SOME_ID)),
        ("size", forged("size", "9" * 30, SOME_ID)),
        ("size", forged("size", "9" * 5000, SOME_ID)),
        ("size", forged("size", {"a": 1}, SOME_ID)),
        ("weight", forged("weight", "x", SOME_ID)),
        ("weight", forged("weight", [1], SOME_ID)),
        ("weight", forged("weight", "NaN", SOME_ID)),
        ("weight", forged("weight", "1E+400000000", SOME_ID)),
        ("day", forged("day", "2020-13-01", SOME_ID)),
        ("day", forged("day", 5, SOME_ID)),
        ("at", forged("at", "yesterday", SOME_ID)),
    ],
)
def test_a_forged_cursor_is_refused(session: Session, sort: str, cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        page(session, 3, cursor, sort)
    assert refused.value.errors is not None
    assert set(refused.value.errors) == {"cursor"}


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sort=st.sampled_from(ORDERS), value=SCALARS, key=SCALARS | st.uuids().map(str))
def test_no_cursor_reaches_the_database_and_breaks_there(session: Session, sort: str, value: Any, key: Any) -> None:
    with suppress(Invalid):
        assert page(session, 3, forged(sort, value, key), sort).items == []


@given(st.sampled_from(ORDERS), st.text() | st.integers(-(2**53), 2**53), st.uuids())
def test_a_cursor_says_what_was_put_in(order: str, value: Any, key: uuid.UUID) -> None:
    cursor = _encode(order, [value, key])
    assert _decode(cursor, order) == [value, str(key)]
    assert cursor.isascii()
    assert "=" not in cursor
