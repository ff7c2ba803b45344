"""A row of a database taken away, doubled or changed, as only somebody past all constraints could do it.

    with spoiled(admin_url) as spoiler:
        spoiler.take_away("chassis.inbox", row)

Tests of the books use it: whatever is done to a row must be found.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import make_url

_OTHER = {
    "uuid": "gen_random_uuid()",
    "text": "coalesce({column}, '') || 'x'",
    "bigint": "coalesce({column}, 0) + 1",
    "boolean": "NOT coalesce({column}, false)",
    "date": "coalesce({column}, current_date) + 1",
    "timestamp with time zone": "coalesce({column}, now()) + interval '1 day'",
    "jsonb": "'{{\"spoiled\": true}}'",
    "bytea": "coalesce({column}, '') || 'x'",
}


class Spoiler:
    """Does to one database what nothing else can: no trigger fires and no constraint holds."""

    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self._connection = connection

    def rows(self, table: str, where: str = "true") -> list[str]:
        """The rows of a table, each by its place (ctid)."""
        query = sql.SQL("SELECT ctid::text AS place FROM {} WHERE {} ORDER BY 1").format(_name(table), sql.SQL(where))
        return [row["place"] for row in self._connection.execute(query)]

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table with their types."""
        query = "SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute"
        query += " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        return {row["attname"]: row["type"] for row in self._connection.execute(query, [table])}

    def take_away(self, table: str, place: str) -> None:
        self._connection.execute(sql.SQL("DELETE FROM {} WHERE ctid = %s::tid").format(_name(table)), [place])

    def double(self, table: str, place: str, *, new_id: bool = False) -> None:
        """Put the row there a second time, with an id of its own if told so."""
        self._free(table)
        columns = list(self.columns(table))
        chosen = [
            sql.SQL("gen_random_uuid()") if new_id and column == "id" else sql.Identifier(column) for column in columns
        ]
        query = sql.SQL(
            "INSERT INTO {table} ({all}) OVERRIDING SYSTEM VALUE SELECT {chosen} FROM {table} WHERE ctid = %s::tid"
        )
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        copied = query.format(table=_name(table), all=names, chosen=sql.SQL(", ").join(chosen))
        self._connection.execute(copied, [place])

    def change(self, table: str, place: str, column: str) -> None:
        """Give one column another value of its type."""
        self._free(table)
        kind = self.columns(table)[column]
        other = sql.SQL(_OTHER[kind]).format(column=sql.Identifier(column))
        query = sql.SQL("UPDATE {} SET {} = {} WHERE ctid = %s::tid")
        self._connection.execute(query.format(_name(table), sql.Identifier(column), other), [place])

    def _free(self, table: str) -> None:
        constraints = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n'"
        for row in self._connection.execute(constraints, [table]).fetchall():
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {} CASCADE")
            self._connection.execute(drop.format(_name(table), sql.Identifier(row["conname"])))
        indexes = "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = %s::regclass"
        indexes += " AND indisunique"
        for row in self._connection.execute(indexes, [table]).fetchall():
            self._connection.execute(sql.SQL("DROP INDEX {}").format(_name(row["name"])))


@contextmanager
def spoiled(admin_url: str, database: str) -> Iterator[Spoiler]:
    """A spoiler of ``database``; what it did is committed at the end of the block."""
    address = make_url(admin_url).set(drivername="postgresql", database=database)
    with psycopg.connect(address.render_as_string(hide_password=False), row_factory=dict_row) as connection:
        connection.execute("SET session_replication_role = replica")
        yield Spoiler(connection)


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
