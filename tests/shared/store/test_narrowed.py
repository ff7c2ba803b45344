"""Whoever does not see all sees what is of their unit or their own, however a statement is put (M11)."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    Engine,
    ForeignKey,
    Select,
    Uuid,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from shared.errors import Refused
from shared.identity.principals import Principal
from shared.identity.reach import Reach
from shared.store.base import Columns, Identified, Versioned, metadata
from shared.store.database import make_engine
from shared.store.embedded import EmbeddedPostgres
from shared.store.narrowed import NarrowedSession, narrowed
from shared.store.sight import (
    FOR_EVERYBODY,
    OF_PARENT,
    OF_PEOPLE,
    OF_PERSON,
    OF_UNIT,
    OutOfSight,
    Sight,
    condition,
    sight_of,
)

pytestmark = [pytest.mark.rule(id="M11"), pytest.mark.rule(id="M2")]

A, B = "0192f0c1-0000-7000-8000-00000000000a", "0192f0c1-0000-7000-8000-00000000000b"
ANNA, BEN = "0192f0c1-0000-7000-8000-0000000000a1", "0192f0c1-0000-7000-8000-0000000000b1"


class Base(Columns, DeclarativeBase):
    metadata = metadata()


class House(Identified, Base):
    """A unit."""

    __tablename__ = "houses"
    __table_args__ = {"info": OF_UNIT}


class Letter(Versioned, Base):
    """Of a unit, and of whoever wrote it."""

    __tablename__ = "letters"

    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("houses.id"), info=OF_UNIT)
    writer_id: Mapped[uuid.UUID | None] = mapped_column(info=OF_PERSON)
    text: Mapped[str]
    pages: Mapped[list["Page"]] = relationship(order_by="Page.id", back_populates="letter")
    secrets: Mapped[list["Secret"]] = relationship()


class Page(Identified, Base):
    """Of the unit that its letter is of."""

    __tablename__ = "pages"

    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letters.id"), info=OF_PARENT)
    letter: Mapped[Letter] = relationship(back_populates="pages")
    lines: Mapped[list["Line"]] = relationship(lazy="selectin")


class Line(Identified, Base):
    """Two steps away from the unit."""

    __tablename__ = "lines"

    page_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pages.id"), info=OF_PARENT)


class Stamp(Identified, Base):
    __tablename__ = "stamps"
    __table_args__ = {"info": FOR_EVERYBODY}

    value: Mapped[int]


class Circle(Versioned, Base):
    """Of the people in it together, and of nobody else: not even of their units."""

    __tablename__ = "circles"

    unit_id: Mapped[uuid.UUID]
    people: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), info=OF_PEOPLE)


class Talk(Identified, Base):
    """Of whoever is in its circle."""

    __tablename__ = "talks"

    circle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("circles.id"), info=OF_PARENT)


class Secret(Identified, Base):
    """Says nothing of whose it is."""

    __tablename__ = "secrets"

    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letters.id"))


Place = Callable[..., NarrowedSession]


@pytest.fixture(scope="module")
def engine(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """A database with two units, of each two letters with a page of a line each, and a letter of nobody."""
    postgres.create_database("narrowed")
    engine = make_engine(postgres.url("narrowed"), pool_size=2)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for unit, writer in ((A, ANNA), (B, BEN)):
            session.add(House(id=uuid.UUID(unit)))
            session.flush()
            for number in (1, 2):
                session.add(written(unit, writer, str(number)))
        session.add(written(None, None, "of nobody"))
        session.add(Stamp(value=1))
        for people in ((ANNA, BEN), (BEN,), ()):
            circle = Circle(unit_id=uuid.UUID(A), people=[uuid.UUID(person) for person in people])
            session.add(circle)
            session.flush()
            session.add(Talk(circle_id=circle.id))
        session.commit()
    yield engine
    engine.dispose()


def written(unit: str | None, writer: str | None, said: str) -> Letter:
    return Letter(
        unit_id=unit and uuid.UUID(unit),
        writer_id=writer and uuid.UUID(writer),
        text=said,
        pages=[Page(lines=[Line()])],
        secrets=[],
    )


@pytest.fixture(scope="module")
def limited(engine: Engine) -> Engine:
    return narrowed(engine)


@pytest.fixture
def as_(limited: Engine) -> Iterator[Place]:
    """``as_(A)`` → a session for whoever represents A; ``person`` is who it is. Nothing of it is kept."""
    opened: list[NarrowedSession] = []

    def enter(*units: str, person: str | None = None) -> NarrowedSession:
        session = NarrowedSession(limited, Sight(units, person))
        opened.append(session)
        return session

    yield enter
    for session in opened:
        session.close()


@pytest.fixture
def everything(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def units(letters: Any) -> set[str]:
    return {str(letter.unit_id) for letter in letters}


def count(session: Session, query: Select[Any]) -> int:
    return int(session.scalar(query) or 0)


OTHER = aliased(Letter)
COUNTS: dict[str, Select[Any]] = {
    "of the rows": select(func.count()).select_from(Letter),
    "of a column": select(func.count(Letter.id)),
    "of the table itself": select(func.count()).select_from(Letter.__table__),
    "of the table's column": select(func.count(Letter.__table__.c.id)),
    "of an alias": select(func.count(OTHER.id)),
    "of a subquery": select(func.count()).select_from(select(Letter.text).subquery()),
    "of a common table": select(func.count()).select_from(select(Letter.id).cte("all_letters")),
    "of both of a union": select(func.count()).select_from(
        select(Letter.id).union_all(select(OTHER.id).where(OTHER.text == "none")).subquery()
    ),
    "of a join": select(func.count(Page.id)).join(Letter, Page.letter_id == Letter.id),
    "of a join by relationship": select(func.count(Page.id)).join(Page.letter),
    "of an outer join from what everybody sees": select(func.count(Letter.id)).select_from(
        select(Stamp.id).subquery().outerjoin(Letter.__table__, literal_column("1") == 1)
    ),
    "of rows by way of their parent": select(func.count()).select_from(Page),
    "of rows by way of their parent's parent": select(func.count()).select_from(Line),
    "of parents": select(func.count()).select_from(Letter).where(Letter.pages.any()),
    "of what a subquery names": select(func.count(Page.id)).where(Page.letter_id.in_(select(OTHER.id))),
    "of what exists": select(func.count(Page.id)).where(exists().where(OTHER.id == Page.letter_id)),
}


@pytest.mark.parametrize("query", COUNTS.values(), ids=COUNTS)
def test_counts_are_of_what_is_in_sight(as_: Place, everything: Session, query: Select[Any]) -> None:
    assert count(everything, query) == 5
    assert count(as_(A), query) == 2
    assert count(as_(A, B), query) == 4
    assert count(as_(), query) == 0


def test_what_one_wrote_is_ones_own_and_nobodys_is_nobodys(as_: Place) -> None:
    assert units(as_(person=BEN).scalars(select(Letter))) == {B}
    assert units(as_(A, person=BEN).scalars(select(Letter))) == {A, B}
    assert units(as_(A, person=None).scalars(select(Letter))) == {A}
    assert units(as_().scalars(select(Letter))) == set()


def test_what_is_of_several_people_is_seen_by_each_of_them_and_by_no_unit(as_: Place) -> None:
    def seen(session: Session) -> tuple[int, int]:
        circles, talks = (select(func.count()).select_from(each) for each in (Circle, Talk))
        return count(session, circles), count(session, talks)

    assert seen(as_(person=ANNA)) == (1, 1)
    assert seen(as_(person=BEN)) == (2, 2)
    assert seen(as_(A, B)) == (0, 0), "to represent the unit does not help"
    assert seen(as_()) == (0, 0)


def test_nobody_leaves_what_they_are_among_or_makes_what_they_are_not_among(as_: Place) -> None:
    session = as_(person=ANNA)
    circle = session.scalars(select(Circle)).one()
    circle.people = [uuid.UUID(BEN)]
    with pytest.raises(Refused):
        session.flush()
    made = as_(person=ANNA)
    made.add(Circle(unit_id=uuid.UUID(A), people=[uuid.UUID(BEN)]))
    with pytest.raises(Refused):
        made.flush()


def test_a_units_own_row_is_in_sight_of_its_people(as_: Place) -> None:
    assert [str(each.id) for each in as_(A).scalars(select(House))] == [A]
    assert list(as_(person=ANNA).scalars(select(House))) == []


def test_what_is_for_everybody_is(as_: Place) -> None:
    assert [stamp.value for stamp in as_().scalars(select(Stamp))] == [1]


@pytest.mark.parametrize("lock", [False, True])
def test_a_row_by_its_id_is_there_or_is_not(as_: Place, everything: Session, lock: bool) -> None:
    ids = {str(unit): id for unit, id in everything.execute(select(Letter.unit_id, Letter.id).order_by(Letter.id))}
    session = as_(A)
    mine = session.get(Letter, ids[A], with_for_update=lock or None, populate_existing=lock)
    assert mine is not None
    assert session.get(Letter, ids[A]) is mine
    for other in (B, "None"):
        assert session.get(Letter, ids[other], with_for_update=lock or None, populate_existing=lock) is None
    assert session.get(Letter, uuid.uuid4()) is None


def test_rows_are_locked_as_they_are_for_everybody(as_: Place, engine: Engine) -> None:
    letter = as_(A).scalars(select(Letter).limit(1).with_for_update()).one()
    with Session(engine) as other:
        free = other.scalars(select(Letter.id).with_for_update(skip_locked=True)).all()
    assert letter.id not in free
    assert len(free) == 4


@pytest.mark.parametrize("how", [None, selectinload(Letter.pages), joinedload(Letter.pages)])
def test_relationships_load_what_is_in_sight(as_: Place, how: Any) -> None:
    query = select(Letter) if how is None else select(Letter).options(how)
    letters = as_(A).scalars(query).unique().all()
    assert [len(page.lines) for letter in letters for page in letter.pages] == [1, 1]
    assert units(page.letter for letter in letters for page in letter.pages) == {A}


# --- closed unless declared ---------------------------------------------------------------------------------


CLOSED: dict[str, Callable[[NarrowedSession], Any]] = {
    "an undeclared table": lambda session: session.scalars(select(Secret)).all(),
    "a row of it": lambda session: session.get(Secret, uuid.uuid4()),
    "counting it": lambda session: session.scalar(select(func.count()).select_from(Secret)),
    "a condition on it": lambda session: session.scalars(select(Letter).where(Letter.secrets.any())).all(),
    "a subquery of it": lambda session: session.scalars(select(Letter).where(Letter.id.in_(select(Secret.id)))).all(),
    "loading it": lambda session: session.scalars(select(Letter).limit(1)).one().secrets,
    "loading it at once": lambda session: session.scalars(select(Letter).options(joinedload(Letter.secrets))).all(),
    "text": lambda session: session.execute(text("SELECT 1")),
    "text in a condition": lambda session: session.scalars(select(Letter).where(text("TRUE"))).all(),
    "text as a column": lambda session: session.scalars(select(literal_column("(SELECT text FROM letters)"))).all(),
    "text as rows": lambda session: session.scalars(select(Letter).from_statement(text("SELECT * FROM letters"))).all(),
    "many rows changed at once": lambda session: session.execute(update(Letter).values(text="mine")),
    "rows put in past the session": lambda session: session.execute(insert(Stamp).values(value=2)),
    "the connection": lambda session: session.connection(),
}


@pytest.mark.parametrize("look", CLOSED.values(), ids=CLOSED)
def test_what_cannot_be_limited_is_an_error_and_not_a_leak(as_: Place, look: Callable[[NarrowedSession], Any]) -> None:
    with pytest.raises(OutOfSight):
        look(as_(A))


def test_only_what_declares_itself_has_a_condition() -> None:
    with pytest.raises(OutOfSight, match="secrets"):
        condition(Secret.__table__)  # type: ignore[arg-type]
    assert condition(Stamp.__table__) == "TRUE"  # type: ignore[arg-type]


# --- writing ------------------------------------------------------------------------------------------------


def test_what_is_of_ones_unit_can_be_written_and_changed(as_: Place) -> None:
    session = as_(A)
    new = written(A, None, "new")
    session.add(new)
    session.flush()
    new.text = "changed"
    session.flush()
    assert count(session, select(func.count()).select_from(Letter)) == 3


@pytest.mark.parametrize(("unit", "writer"), [(B, None), (B, BEN), (None, None), (None, BEN)])
def test_a_row_of_another_unit_is_not_written(as_: Place, unit: str | None, writer: str | None) -> None:
    session = as_(A, person=ANNA)
    session.add(written(unit, writer, "new"))
    with pytest.raises(Refused) as refused:
        session.flush()
    assert (refused.value.rule, refused.value.code) == ("M11", "another-units")


def test_a_row_is_not_given_to_another_unit(as_: Place) -> None:
    session = as_(A)
    letter = session.scalars(select(Letter)).first()
    assert letter is not None
    letter.unit_id = uuid.UUID(B)
    with pytest.raises(Refused):
        session.flush()


def test_a_row_is_not_added_to_one_of_another_unit(as_: Place, everything: Session) -> None:
    theirs = everything.scalars(select(Letter.id).where(Letter.unit_id == B)).first()
    session = as_(A)
    session.add(Page(letter_id=theirs))
    with pytest.raises(Refused):
        session.flush()


def test_an_undeclared_row_is_not_written(as_: Place, everything: Session) -> None:
    mine = everything.scalars(select(Letter.id).where(Letter.unit_id == A)).first()
    session = as_(A)
    session.add(Secret(letter_id=mine))
    with pytest.raises(OutOfSight):
        session.flush()


# --- who sees what ------------------------------------------------------------------------------------------


def test_a_reach_says_what_is_in_sight() -> None:
    anna = Principal("person", account="a", person=ANNA, units=frozenset({B, A}))
    assert sight_of(anna, Reach.ALL) is None
    assert sight_of(anna, Reach.UNIT) == Sight((A, B), ANNA)
    assert sight_of(anna, Reach.OWN) == Sight((), ANNA)


@pytest.mark.parametrize("sight", [Sight((A,), ANNA), Sight((), None)])
def test_what_one_sees_is_forgotten_with_the_transaction(limited: Engine, engine: Engine, sight: Sight) -> None:
    with NarrowedSession(limited, sight) as session:
        session.scalars(select(Letter)).all()
    with engine.connect() as connection:
        said = connection.exec_driver_sql("SELECT current_setting('xiehui.units', true)").scalar()
    assert not said


SMALL = st.sampled_from([A, B, None])
WRITERS = st.sampled_from([ANNA, BEN, None])


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(SMALL, WRITERS), max_size=6), acting=st.sets(st.sampled_from([A, B])), person=WRITERS)
def test_what_is_seen_is_exactly_what_is_the_units_or_ones_own(
    engine: Engine, rows: list[tuple[str | None, str | None]], acting: set[str], person: str | None
) -> None:
    mark = uuid.uuid4().hex
    with Session(engine, expire_on_commit=False) as session:
        made = [written(unit, writer, mark) for unit, writer in rows]
        session.add_all(made)
        session.commit()
    wanted = {
        letter.id
        for letter, (unit, writer) in zip(made, rows, strict=True)
        if unit in acting or (person is not None and writer == person)
    }
    with NarrowedSession(narrowed(engine), Sight(tuple(acting), person)) as session:
        letters = session.scalars(select(Letter).where(Letter.text == mark)).all()
        pages = session.scalars(select(Page.letter_id).join(Page.letter).where(Letter.text == mark)).all()
    with Session(engine) as session:
        for letter in session.scalars(select(Letter).where(Letter.text == mark)):
            for page in letter.pages:
                for line in page.lines:
                    session.delete(line)
                session.delete(page)
            session.delete(letter)
        session.commit()
    assert {letter.id for letter in letters} == set(pages) == wanted
