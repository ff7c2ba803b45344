"""A session that shows a caller what is in their sight and nothing else, whatever the operation asks (M11).

Every table that a statement reads from is written down as the part of it that is in sight: ``units`` becomes
``(SELECT units.* FROM units WHERE …) AS units``. That is done where SQL is made, so it holds for rows by id, counts,
joins, subqueries and whatever relationships load, and a row out of sight is just not there. What cannot be limited,
such as SQL as text, is :class:`OutOfSight`. Callers who see all have an engine and a session without any of it.
"""

import copy
import re
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, inspect, select
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from shared.errors import Refused
from shared.store.sight import OutOfSight, Sight, condition

_HARMLESS = re.compile(r"\*|[0-9]+")
_SET = "SELECT set_config(%(name)s, %(value)s, true)"


def _narrowed(compiler: type[PGCompiler]) -> type[PGCompiler]:
    """``compiler``, for those who do not see all."""

    class Narrowed(compiler):  # type: ignore[misc, valid-type]
        def visit_table(
            self, table: Table, asfrom: bool = False, iscrud: bool = False, enclosing_alias: Any = None, **options: Any
        ) -> str:
            said: str = super().visit_table(
                table, asfrom=asfrom, iscrud=iscrud, enclosing_alias=enclosing_alias, **options
            )
            if not said or iscrud:
                return said
            visible = condition(table)
            name = self.preparer.format_table(table)
            part = f"(SELECT {name}.* FROM {name} WHERE {visible})"
            if enclosing_alias is not None and enclosing_alias.element is table:
                return part  # whoever encloses it names it
            return f"{part} AS {said.rpartition(' AS ')[2]}"

        def visit_textclause(self, clause: Any, *given: Any, **options: Any) -> str:
            raise OutOfSight(f"SQL as text cannot be limited to what a caller may see: {clause.text}")

        def visit_column(self, column: Any, *given: Any, **options: Any) -> str:
            if column.is_literal and not _HARMLESS.fullmatch(column.name):
                raise OutOfSight(f"SQL as text cannot be limited to what a caller may see: {column.name}")
            written: str = super().visit_column(column, *given, **options)
            return written

    return Narrowed


def narrowed(engine: Engine) -> Engine:
    """An engine on the connections of ``engine`` for those who do not see all."""
    with engine.connect():
        pass  # a dialect knows the server it speaks to once it has met it
    limited = engine.execution_options()
    dialect = copy.copy(engine.dialect)
    assert isinstance(dialect, PGDialect)
    dialect.statement_compiler = _narrowed(dialect.statement_compiler)
    limited.dialect = dialect
    return limited


class NarrowedSession(Session):
    """A session for somebody who sees ``sight``, on an engine that :func:`narrowed` made."""

    def __init__(self, engine: Engine, sight: Sight) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.sight = sight

    def connection(self, *_: Any, **__: Any) -> Connection:
        """Nobody's: what goes straight to the database passes by all that is here."""
        raise OutOfSight("a caller with a limited sight has no connection to the database of their own")


def own_connection(session: Session) -> Connection:
    """The connection of ``session`` for what the chassis itself writes down, whoever asks."""
    return Session.connection(session)


@event.listens_for(NarrowedSession, "after_begin")
def _tell_the_database(session: NarrowedSession, _: SessionTransaction, connection: Connection) -> None:
    for name, value in session.sight.settings.items():
        connection.exec_driver_sql(_SET, {"name": name, "value": value})


@event.listens_for(NarrowedSession, "do_orm_execute")
def _check_kind(statement: ORMExecuteState) -> None:
    if not statement.is_select:
        raise OutOfSight("rows are changed one by one by whoever does not see all: load them, change them, flush")


@event.listens_for(NarrowedSession, "after_flush")
def _check_written(session: NarrowedSession, _: Any) -> None:
    """What somebody wrote they must see: so nobody writes for another unit, or gives it what is theirs."""
    for thing in [*session.new, *session.dirty]:
        mapper = inspect(thing).mapper
        key = zip(mapper.primary_key, mapper.primary_key_from_instance(thing), strict=True)
        written = select(mapper.local_table).where(*(column == value for column, value in key))
        if session.execute(written).first() is None:
            raise Refused(
                "M11", "只能办理本人或本单位的事项", "You act for yourself and your own unit only", code="another-units"
            )
