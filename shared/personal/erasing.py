"""Erases the personal columns of rows and nothing else: ids, numbers, sums, states and days stay (X7, X11)."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, LargeBinary, Select, delete, exists, select, update

from shared.personal.belonging import began, belongs, day_of, indexes_of
from shared.personal.consents import withdraw_consents
from shared.personal.declaring import Holding, Personal, holdings
from shared.personal.rules import Ground, last_day, ruling
from shared.personal.terms import Terms, terms_of
from shared.personal.traces import forget_traces
from shared.plugins import Plugin
from shared.store.tables import Subject
from shared.store.tx import Tx

BATCH = 500
"""Rows past their time that one command erases at most of a table."""


class Kept(NamedTuple):
    """A class of which something is kept, by which version of its terms, and the last day; None is without end."""

    of_class: str
    terms: str
    until: date | None


@dataclass
class Outcome:
    """What an erasure did in one service."""

    rows: int = 0
    kept: set[Kept] = field(default_factory=set)
    ids: list[uuid.UUID] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)


class Due(NamedTuple):
    """A class of which rows of a table are past their time."""

    table: str
    of_class: str
    terms: str
    rows: int
    oldest: date


def erase_of_person(
    tx: Tx, plugin: Plugin, person_id: uuid.UUID, classes: Collection[str], ground: Ground, *, by: str
) -> Outcome:
    """Erase what is held on a person of these classes as far as the terms let it go. Any number of times (X11)."""
    outcome, held = Outcome(), holdings(plugin.models)
    indexes = indexes_of(tx, person_id)
    own = {name: belongs(each, person_id, indexes, held) for name, each in held.items()}
    if ground is Ground.WITHDRAWAL:
        # Before the tie between rows and person may go.
        subjects = [id for name, each in held.items() for id in tx.session.scalars(select(each.key).where(own[name]))]
        withdraw_consents(tx, {person_id, *subjects}, classes, by)
    for name, holding in held.items():
        rows = _rows(holding).where(own[name])
        _erase(tx, plugin, holding, _read(tx, rows), classes, ground, outcome)
    forget_traces(tx, outcome.ids, outcome.texts)
    _forget_unused(tx, person_id, indexes, held.values())
    return outcome


def overdue(tx: Tx, plugin: Plugin) -> list[Due]:
    """What is past its time, by table and class; nothing is changed."""
    found: list[Due] = []
    for holding in holdings(plugin.models).values():
        for of_class, terms, days in _past(tx, plugin, holding):
            if days:
                found.append(Due(holding.table.name, of_class, terms.version, len(days), min(days)))
    return found


def erase_overdue(tx: Tx, plugin: Plugin, classes: Collection[str]) -> Outcome:
    """Erase what is past its time of these classes, at most :data:`BATCH` rows of each table (X11)."""
    outcome = Outcome()
    for holding in holdings(plugin.models).values():
        filled = _filled(holding, classes)
        if filled is not None:
            rows = _rows(holding).where(filled, began(holding).element.is_not(None))
            _erase(tx, plugin, holding, _read(tx, rows), classes, Ground.RETENTION, outcome, most=BATCH)
    outcome.kept.clear()
    forget_traces(tx, outcome.ids, outcome.texts)
    return outcome


# --- inside -------------------------------------------------------------------------------------------------


def _rows(holding: Holding) -> Select[Any]:
    return select(holding.table, began(holding)).order_by(holding.key).with_for_update(of=holding.table)


def _read(tx: Tx, rows: Select[Any]) -> Iterable[Mapping[str, Any]]:
    return [dict(row) for row in tx.session.execute(rows).mappings()]


def _erase(
    tx: Tx,
    plugin: Plugin,
    holding: Holding,
    rows: Iterable[Mapping[str, Any]],
    classes: Collection[str],
    ground: Ground,
    outcome: Outcome,
    *,
    most: int | None = None,
) -> None:
    """Rule on each row and class, and write what goes."""
    ends = 0 if most is None else most
    for row in rows:
        values: dict[str, Any] = {}
        for of_class, columns in _by_class(holding, classes):
            held = {name: each for name, each in columns.items() if row[name] != _blank(holding, name, each, row)}
            if not held:
                continue
            terms = terms_of(plugin.personal_data, of_class, tx.today)
            ruled = ruling(terms, day_of(row["began"]), ground, tx.today)
            if not ruled.erase:
                outcome.kept.add(Kept(of_class, terms.version, ruled.until))
                continue
            values |= {name: _blank(holding, name, each, row) for name, each in held.items()}
        if values:
            _write(tx, holding, row, values, outcome)
            ends -= 1
            if ends == 0:
                return


def _write(tx: Tx, holding: Holding, row: Mapping[str, Any], values: dict[str, Any], outcome: Outcome) -> None:
    id = row[holding.key.name]
    outcome.rows += 1
    outcome.ids.append(id)
    outcome.texts |= {
        row[name] for name in values if holding.columns[name].shown == "whole" and isinstance(row[name], str)
    }
    if "version" in holding.table.c:
        values["version"] = row["version"] + 1
    tx.session.execute(update(holding.table).where(holding.key == id).values(**values))


def _by_class(holding: Holding, classes: Collection[str]) -> Iterator[tuple[str, dict[str, Personal]]]:
    for of_class in sorted({each.of_class for each in holding.columns.values()} & set(classes)):
        yield of_class, {name: each for name, each in holding.columns.items() if each.of_class == of_class}


def _blank(holding: Holding, name: str, declared: Personal, row: Mapping[str, Any]) -> Any:
    """What a column holds once it is erased."""
    column = holding.table.c[name]
    if column.nullable:
        return None
    if isinstance(column.type, LargeBinary):
        return b""
    return f"{declared.erased}{row[holding.key.name]}" if column.unique else declared.erased


def _filled(holding: Holding, classes: Collection[str]) -> ColumnElement[bool] | None:
    """Whether a row may hold anything of these classes; None where it never does."""
    found: ColumnElement[bool] | None = None
    for _, columns in _by_class(holding, classes):
        for name, declared in columns.items():
            column = holding.table.c[name]
            this: ColumnElement[bool] = column.is_not(None) if column.nullable else column != declared.erased
            if isinstance(column.type, LargeBinary) and not column.nullable:
                this = column != b""
            found = this if found is None else found | this
    return found


def _past(tx: Tx, plugin: Plugin, holding: Holding) -> Iterator[tuple[str, Terms, list[date]]]:
    """Of each class of a table the terms, and the last day of keeping of each row past it."""
    classes = {each.of_class for each in holding.columns.values()}
    for of_class, columns in _by_class(holding, classes):
        terms = terms_of(plugin.personal_data, of_class, tx.today)
        filled = _filled(holding, [of_class])
        if filled is None:
            continue
        days: list[date] = []
        for row in tx.session.execute(select(holding.table, began(holding)).where(filled)).mappings():
            last = last_day(terms, day_of(row["began"]))
            here = any(row[name] != _blank(holding, name, each, dict(row)) for name, each in columns.items())
            if last is not None and last < tx.today and here:
                days.append(last)
        yield of_class, terms, days


def _forget_unused(tx: Tx, person_id: uuid.UUID, indexes: Collection[str], held: Iterable[Holding]) -> None:
    """Take back which rows were a person's once no row bears the index any more."""
    tied = [each.table.c[each.tie.index] for each in held if each.tie.index is not None]
    for index in indexes:
        if not any(tx.session.scalar(select(exists().where(column == index))) for column in tied):
            tx.session.execute(delete(Subject).where(Subject.person_id == person_id, Subject.index == index))
