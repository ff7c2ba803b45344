"""Seals what a service keeps sealed anew, after its secret has changed.

It goes through the tables in the order of their keys, a batch a transaction. What is under the newest secret already
is left alone, so whoever is stopped in the middle begins again and loses nothing but time.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, Connection, Engine, MetaData, Table, func, select, tuple_, update

from shared.identity.sealing import Vault


class Resealed(NamedTuple):
    """How many seals were looked at, how many of them were made anew, and where those are that nothing opens, as
    "table.column key"."""

    seen: int = 0
    anew: int = 0
    unreadable: tuple[str, ...] = ()

    def __add__(self, other: object) -> "Resealed":
        assert isinstance(other, Resealed)
        return Resealed(self.seen + other.seen, self.anew + other.anew, self.unreadable + other.unreadable)


def sealed_columns(models: MetaData) -> Iterator[Column[Any]]:
    """The columns whose ``info`` says that they hold seals."""
    for table in models.sorted_tables:
        yield from (column for column in table.columns if column.info.get("sealed"))


def count_sealed(engine: Engine, models: MetaData) -> int:
    """How many seals there are."""
    with engine.connect() as connection:
        return sum(
            connection.scalar(select(func.count(column)).select_from(column.table)) or 0
            for column in sealed_columns(models)
        )


def reseal(
    engine: Engine,
    models: MetaData,
    vault: Vault,
    *,
    batch: int,
    pause: float = 0.0,
    told: Callable[[int], None] = lambda _seen: None,
) -> Resealed:
    """Have every seal of ``models`` under the vault's newest secret, ``batch`` rows at a time with ``pause`` seconds
    between; ``told`` hears of how many more were looked at. Versions of rows do not move: what they say is the same."""
    found = Resealed()
    for column in sealed_columns(models):
        after: Any = None
        while True:
            with engine.begin() as connection:
                done, after = _batch(connection, column, vault, after, batch)
            found += done
            told(done.seen)
            if after is None:
                break
            time.sleep(pause)
    return found


def _batch(
    connection: Connection, column: Column[Any], vault: Vault, after: Any, batch: int
) -> tuple[Resealed, tuple[Any, ...] | None]:
    """The next rows after the key ``after``; None for a key where they were the last."""
    table = column.table
    assert isinstance(table, Table)
    keys = list(table.primary_key.columns)
    query = select(*keys, column).where(column.is_not(None)).order_by(*keys).limit(batch)
    if after is not None:
        query = query.where(tuple_(*keys) > after)
    rows = connection.execute(query).all()
    newest, anew, unreadable = vault.newest(), 0, []
    for *key, sealed in rows:
        try:
            text, number = vault.open(sealed)
        except InvalidTag:
            unreadable.append(f"{table.name}.{column.name} {'/'.join(map(str, key))}")
            continue
        if number != newest:
            # Whoever changed it meanwhile has sealed it anew.
            here = [part == value for part, value in zip(keys, key, strict=True)]
            changed = connection.execute(
                update(table).where(*here, column == sealed).values({column: vault.seal(text)})
            )
            anew += changed.rowcount
    last = tuple(rows[-1][:-1]) if len(rows) == batch else None
    return Resealed(len(rows), anew, tuple(unreadable)), last
