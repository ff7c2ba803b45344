"""How a model says which of its columns hold personal data, and whose row it is.

    class Person(Versioned, Base):
        __tablename__ = "people"
        __table_args__ = ({"info": tied(Text("人员", "People"), person="id", began="left_at")},)

        name: Mapped[str] = mapped_column(info=personal("name", Text("姓名", "Name")))
        identity_number: Mapped[bytes | None] = mapped_column(
            info=personal("identity-number", Text("身份证号", "Identity number"), shown="last4")
        )

A row belongs to a person by a column with their id, by a column with the blind index of their identity number, by its
parent, or to a stranger, whom nobody here knows by an id. Declarations stand in SQLAlchemy's ``info``, so models stay
models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Column, MetaData, Table

from shared.text import Text

Shown = Literal["whole", "last4", "mail", "not"]
Began = str | Callable[[], Any] | None

_PERSONAL = "personal"
_TIED = "tied"

ERASED = "（已删除）"
"""What stands where a text went that may not be missing."""


@dataclass(frozen=True)
class Personal:
    """What a column holds. ``shown``: "whole", of a sealed text the "last4", of a sealed "mail" address the first
    letter and the domain, or "not" (indexes and search keys).

    Erased, it is null where it may be, else ``erased``; with ``unique`` that is told apart by the row's id.
    """

    of_class: str
    label: Text
    shown: Shown = "whole"
    erased: str = ERASED


@dataclass(frozen=True)
class Tie:
    """Whose a row is: ``person``, ``index`` or ``parent`` names the column that says it, the last with the table it
    leads to. A ``stranger``'s is found by no request of a person, and goes at its time. ``began`` is the column, or the
    expression, from which the time of keeping counts; null: not yet."""

    label: Text
    person: str | None = None
    index: str | None = None
    parent: str | None = None
    of: str | None = None
    stranger: bool = False
    began: Began = None


@dataclass(frozen=True)
class Holding:
    """A table with rows that belong to people, and its columns with personal data."""

    table: Table
    tie: Tie
    columns: Mapping[str, Personal]

    @property
    def key(self) -> Column[Any]:
        """The one column of the primary key."""
        (key,) = self.table.primary_key.columns
        return key


def personal(of_class: str, label: Text, *, shown: Shown = "whole", erased: str = ERASED) -> dict[str, Any]:
    """For ``mapped_column(info=…)``: this column holds personal data of that class."""
    return {_PERSONAL: Personal(of_class, label, shown, erased)}


def tied(label: Text, **how: Any) -> dict[str, Any]:
    """For ``__table_args__``' ``{"info": …}``: whose the rows of this table are; see :class:`Tie`."""
    tie = Tie(label, **how)
    ways = [tie.person, tie.index, tie.parent, tie.stranger or None]
    if ways.count(None) != 3 or (tie.parent is None) != (tie.of is None):
        raise TypeError("a row belongs to somebody in one way")
    return {_TIED: tie}


def holdings(models: MetaData) -> dict[str, Holding]:
    """Every table whose rows belong to people, by name. Personal data in a table that says not whose are an error."""
    found: dict[str, Holding] = {}
    for table in models.sorted_tables:
        columns = {column.name: column.info[_PERSONAL] for column in table.columns if _PERSONAL in column.info}
        tie = table.info.get(_TIED)
        if columns and tie is None:
            raise TypeError(f"{table.name} holds personal data and does not say whose")
        if tie is not None:
            found[table.name] = Holding(table, tie, columns)
    return found
