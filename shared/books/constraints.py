"""Constraints: what the database enforces by itself, looked at without its indexes.

A restore that left constraints out, or a unique index that a new collation of the operating system has spoilt, lets
through what could not be there.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    MetaData,
    Table,
    UniqueConstraint,
    exists,
    func,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session

from shared.books.declared import Fault, Faults
from shared.text import Text


def check_constraints(session: Session, metadata: MetaData) -> Faults:
    """No key of a table is there twice, and what a row points at is there."""
    # The indexes are what is to be judged.
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    for table in metadata.sorted_tables:
        for columns, only in _keys(table):
            yield from _doubled(session, table, columns, only)
        for constraint in table.foreign_key_constraints:
            yield from _orphans(session, table, constraint)
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = on"))


def _keys(table: Table) -> Iterator[tuple[Sequence[Column[object]], ColumnElement[bool]]]:
    """What no two rows share: the columns, and which rows that holds for."""
    if table.primary_key.columns:
        yield list(table.primary_key.columns), true()
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns), true()
    for index in table.indexes:
        if index.unique:
            only = index.dialect_options["postgresql"]["where"]
            yield list(index.columns), true() if only is None else only


def _doubled(session: Session, table: Table, columns: Sequence[Column[object]], only: ColumnElement[bool]) -> Faults:
    # Where nulls do not tell rows apart, nothing is said of them.
    there = [column.is_not(None) for column in columns]
    twice = select(*columns).where(*there, only).group_by(*columns).having(func.count() > 1)
    for row in session.execute(twice):
        names = ", ".join(column.name for column in columns)
        yield Fault(_where(table, row), Text(f"{names} 重复", f"{names}: there twice"))


def _orphans(session: Session, table: Table, constraint: ForeignKeyConstraint) -> Faults:
    target = constraint.referred_table.alias()
    pairs = [(element.parent, target.c[element.column.name]) for element in constraint.elements]
    met: list[ColumnElement[bool]] = [mine == theirs for mine, theirs in pairs]
    there = [mine.is_not(None) for mine, _ in pairs]
    for row in session.execute(select(*table.primary_key.columns).where(*there, ~exists().where(*met))):
        names, other = ", ".join(mine.name for mine, _ in pairs), constraint.referred_table.name
        yield Fault(_where(table, row), Text(f"{names} 所指 {other} 不存在", f"{names}: no such row of {other}"))


def _where(table: Table, row: Iterable[object]) -> str:
    return f"{table.fullname} {' '.join(map(str, row))}"
