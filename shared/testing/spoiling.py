"""A row of a database taken away, doubled or changed, as only somebody past all constraints could do it.

    with spoiling(admin_url, "finance") as spoiler:
        spoiler.take_away("vouchers", spoiler.rows("vouchers")[0])
        findings_in([PLUGIN], {"finance": spoiler.session})

Nothing of it is committed. Tests of the books use it: whatever is done to a row must be found.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

_OTHER = {
    "uuid": "gen_random_uuid()",
    "text": "coalesce({0}, '') || 'x'",
    "bigint": "coalesce({0}, 0) + 1",
    "numeric": "coalesce({0}, 0) + 1",
    "boolean": "NOT coalesce({0}, false)",
    "date": "coalesce({0}, current_date) + 1",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 day'",
    "jsonb": '\'{{"spoiled": "yes"}}\'',
    "bytea": "coalesce({0}, '') || 'x'",
}
"""Another value of each type, by the column it is for."""


class Spoiler:
    """Does to one database what nothing else can: no trigger fires and no constraint holds."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def execute(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Any statement, and the rows it returns."""
        done = self.session.execute(text(statement), values)
        return [tuple(row) for row in done] if done.returns_rows else []  # type: ignore[attr-defined]

    def rows(self, table: str, where: str = "true") -> list[str]:
        """The rows of a table, each by its place (ctid)."""
        return [str(place) for (place,) in self.execute(f"SELECT ctid::text FROM {table} WHERE {where} ORDER BY 1")]

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table that can be changed, with their types."""
        query = (
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = (:table)::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attidentity <> 'a' ORDER BY attnum"
        )
        return {str(name): str(kind) for name, kind in self.execute(query, table=table)}

    def take_away(self, table: str, place: str) -> None:
        self.execute(f"DELETE FROM {table} WHERE ctid = (:place)::tid", place=place)

    def double(self, table: str, place: str, *, new_id: bool = False) -> None:
        """Put the row there a second time, with an id of its own if told so."""
        self._free(table)
        query = (
            "SELECT attname FROM pg_attribute WHERE attrelid = (:table)::regclass AND attnum > 0 AND NOT attisdropped"
        )
        names = [str(name) for (name,) in self.execute(query, table=table)]
        taken = ", ".join("gen_random_uuid()" if new_id and name == "id" else f'"{name}"' for name in names)
        into = ", ".join(f'"{name}"' for name in names)
        self.execute(
            f"INSERT INTO {table} ({into}) OVERRIDING SYSTEM VALUE SELECT {taken} FROM {table}"
            " WHERE ctid = (:place)::tid",
            place=place,
        )

    def change(self, table: str, place: str, column: str) -> None:
        """Give one column another value of its type."""
        self._free(table)
        other = _OTHER[self.columns(table)[column]].format(f'"{column}"')
        self.execute(f'UPDATE {table} SET "{column}" = {other} WHERE ctid = (:place)::tid', place=place)

    def _free(self, table: str) -> None:
        """Take every constraint from the table, and from those that point at it."""
        held = "SELECT conname FROM pg_constraint WHERE conrelid = (:table)::regclass AND contype NOT IN ('n', 't')"
        for (name,) in self.execute(held, table=table):
            self.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
        unique = "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = (:table)::regclass AND indisunique"
        for (name,) in self.execute(unique, table=table):
            self.execute(f"DROP INDEX {name}")


@contextmanager
def spoiling(admin_url: str, database: str) -> Iterator[Spoiler]:
    """A spoiler of ``database``, in a transaction that is rolled back at the end of the block."""
    engine = create_engine(make_url(admin_url).set(database=database), poolclass=NullPool)
    with Session(engine, autoflush=False) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("SET LOCAL lock_timeout = '20s'"))
        yield Spoiler(session)
        session.rollback()
