"""The table on a grid of cells, found by its headings, whatever kind of file the grid came out of."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from shared.documents.rows import Cell, Column, Flaw, Grid, Row, RowErrors, folded
from shared.errors import Invalid
from shared.text import Text

_HEADER_WITHIN = 10


@dataclass(frozen=True)
class Sheet:
    """A table as read.

    ``rows`` are those that hold anything under a known heading; a cell that could not be taken is None there
    and named in ``errors``, to which a service adds what its own rules find. ``unknown_headers`` are headings
    that nobody asked for, perhaps misspelt.
    """

    name: str
    rows: list[Row]
    errors: RowErrors
    unknown_headers: tuple[str, ...]


def read_table(name: str, grid: Grid, columns: Sequence[Column]) -> Sheet:
    """The table of ``columns`` in ``grid``: its heading is the row among the first ten that names most of them.

    Raises ``Invalid`` when headings are missing or stand twice.
    """
    keys = _keys_by_header(columns)
    header_row, headers = _header(grid, keys)
    places = _places(headers, keys, columns)
    errors = RowErrors(columns)
    rows: list[Row] = []
    for number, cells in grid.items():
        if number <= header_row:
            continue
        found = {key: cells.get(place) for key, place in places.items()}
        if all(value is None for value in found.values()):
            continue
        # A heading merged over two rows, or printed again on each page, is no data.
        if found == {key: headers[place] for key, place in places.items()}:
            continue
        rows.append(Row(number, _checked(number, found, columns, errors)))
    unknown = tuple(header for place, header in headers.items() if place not in places.values())
    return Sheet(name, rows, errors, unknown)


def _checked(
    number: int, found: dict[str, Cell | Flaw], columns: Sequence[Column], errors: RowErrors
) -> dict[str, Cell]:
    values: dict[str, Cell] = {}
    for column in columns:
        value = found.get(column.key)
        if isinstance(value, Flaw):
            errors.add(number, column.key, value.message)
            value = None
        elif value is None and column.required:
            errors.add(number, column.key, Text("必填", "must be filled in"))
        values[column.key] = value
    return values


def _keys_by_header(columns: Sequence[Column]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for column in columns:
        for header in {folded(column.header.zh), folded(column.header.en)}:
            if keys.setdefault(header, column.key) != column.key:
                raise ValueError(f"two columns share the header of {column.key}")
    return keys


def _header(grid: Grid, keys: dict[str, str]) -> tuple[int, dict[int, str]]:
    """The number of the heading row, and the texts in it by column number."""
    best: tuple[int, dict[int, str]] = 0, {}
    most = 0
    for number in (number for number in grid if number <= _HEADER_WITHIN):
        texts = {place: cell for place, cell in grid[number].items() if isinstance(cell, str)}
        known = len({keys[folded(text)] for text in texts.values() if folded(text) in keys})
        if known > most:
            best, most = (number, texts), known
    return best


def _places(headers: dict[int, str], keys: dict[str, str], columns: Sequence[Column]) -> dict[str, int]:
    """Column key → column number."""
    found: dict[str, list[int]] = {}
    for place, header in headers.items():
        if key := keys.get(folded(header)):
            found.setdefault(key, []).append(place)
    problems: dict[str, list[Text]] = {}
    for column in columns:
        zh, en = column.header
        standing = found.get(column.key, [])
        letters = [get_column_letter(place) for place in standing]
        if column.required and not standing:
            problems[column.key] = [Text(f"缺少“{zh}”列", f"The column “{en}” is missing")]
        elif len(standing) > 1:
            problems[column.key] = [
                Text(
                    f"“{zh}”列重复：{'、'.join(letters)}列",
                    f"The column “{en}” stands twice: {', '.join(letters)}",
                )
            ]
    if problems or not found:
        messages = [message for texts in problems.values() for message in texts]
        raise Invalid(
            "表头有误：" + ("；".join(message.zh for message in messages) or "没有认得的列"),
            "The headings are wrong: " + ("; ".join(m.en for m in messages) or "no known column"),
            code="headers",
            errors=problems,
        )
    return {key: places[0] for key, places in found.items()}
