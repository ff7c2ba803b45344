"""Which rows somebody sees who does not see all (M11): what a table declares, and the condition that follows from it.

A table says of one of its columns whose row it makes it, or that its rows are for everybody::

    unit_id: Mapped[uuid.UUID] = mapped_column(index=True, info=OF_UNIT)
    author_id: Mapped[uuid.UUID] = mapped_column(info=OF_PERSON)
    people: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), info=OF_PEOPLE)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("receivables.id"), info=OF_PARENT)
    __table_args__ = {"info": FOR_EVERYBODY}  # or OF_UNIT, where the rows are the units

A table that says nothing is the association's own: whoever is limited and comes near it meets :class:`OutOfSight`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table

from shared.identity.principals import Principal
from shared.identity.reach import Reach

_WHOSE = "whose"
OF_UNIT: Final[dict[Any, Any]] = {_WHOSE: "unit"}
"""The column holds the unit that the row is of; NULL is no unit's. Of a table: its rows are the units themselves."""
OF_PERSON: Final[dict[Any, Any]] = {_WHOSE: "person"}
"""The column holds the person whose own the row is."""
OF_PEOPLE: Final[dict[Any, Any]] = {_WHOSE: "people"}
"""The column holds, as an array, the people whose own the row is together: a change of it changes who sees the row."""
OF_PARENT: Final[dict[Any, Any]] = {_WHOSE: "parent"}
"""The column refers to another row, and whoever sees that one sees this one."""
FOR_EVERYBODY: Final[dict[Any, Any]] = {_WHOSE: "everybody"}
"""Of a table: its rows are of no unit, and all may see them."""

UNITS_SETTING, PERSON_SETTING = "xiehui.units", "xiehui.person"
_UNIT_IN_SIGHT = f"{{column}} = ANY (current_setting('{UNITS_SETTING}')::uuid[])"
_PERSON_IN_SIGHT = f"{{column}} = NULLIF(current_setting('{PERSON_SETTING}'), '')::uuid"
# Nobody's NULL is in no array. Written so that an index of the array's members serves it.
_AMONG_PEOPLE_IN_SIGHT = f"{{column}} @> ARRAY[NULLIF(current_setting('{PERSON_SETTING}'), '')::uuid]"


class OutOfSight(Exception):
    """An operation that is granted for one's own unit only went near something that could not be limited to it.

    It is the operation or the table that is wrong, never the caller: so it ends as an error of ours, not in a leak.
    """


@dataclass(frozen=True)
class Sight:
    """What a limited caller sees: rows of these units, and those of the person."""

    units: tuple[str, ...]
    person: str | None

    @property
    def settings(self) -> dict[str, str]:
        """The same for the database, by the name under which conditions ask for it."""
        return {UNITS_SETTING: "{" + ",".join(self.units) + "}", PERSON_SETTING: self.person or ""}


def sight_of(principal: Principal, reach: Reach) -> Sight | None:
    """What ``principal`` sees as far as ``reach`` goes; None where that is everything."""
    if reach is Reach.ALL:
        return None
    return Sight(tuple(sorted(principal.units)) if reach is Reach.UNIT else (), principal.person)


def condition(table: Table) -> str:
    """The SQL condition, "TRUE" or on the columns of ``table`` under its own name, that a row in sight fulfils.

    It names no caller, but asks the transaction's settings, so that one statement serves all who are limited.
    Raises :class:`OutOfSight` for a table that declares nothing.
    """
    if table.info.get(_WHOSE) == "everybody":
        return "TRUE"
    parts = list(_parts(table))
    if not parts:
        raise OutOfSight(f"the table {table.fullname} does not say whose its rows are: see shared.store.sight")
    return " OR ".join(parts)


def _parts(table: Table) -> Iterator[str]:
    if table.info.get(_WHOSE) == "unit":
        (key,) = table.primary_key.columns
        yield _UNIT_IN_SIGHT.format(column=f'"{table.name}"."{key.name}"')
    for column in table.columns:
        name = f'"{table.name}"."{column.name}"'
        match column.info.get(_WHOSE):
            case "unit":
                yield _UNIT_IN_SIGHT.format(column=name)
            case "person":
                yield _PERSON_IN_SIGHT.format(column=name)
            case "people":
                yield _AMONG_PEOPLE_IN_SIGHT.format(column=name)
            case "parent":
                parent = _referred_to(column)
                there = parent.table
                yield f'{name} IN (SELECT "{parent.name}" FROM "{there.name}" WHERE {condition(there)})'


def _referred_to(column: Column[Any]) -> Column[Any]:
    (key,) = column.foreign_keys
    return key.column
