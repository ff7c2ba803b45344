"""Tables in and out of .xlsx files, as offices fill them in.

Reading forgives how a table is laid out (title lines above it, merged cells, an empty first column, headings
in either language) and nothing in its content: a cell that can't be taken exactly as typed is an error with
its row and column. Call both ways through ``off_hub``: 20,000 rows of four columns take one or two seconds.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from shared.documents.rows import Cell, Column, Row, RowError, RowErrors
from shared.documents.xlsx_cells import Flaw, Grid, read_grid
from shared.documents.xlsx_guard import Limits, check_xlsx, damaged
from shared.documents.xlsx_write import Table, write_rows
from shared.errors import Invalid, Problem
from shared.text import Text

__all__ = [
    "MEDIA_TYPE",
    "Cell",
    "Column",
    "Limits",
    "Row",
    "RowError",
    "RowErrors",
    "Sheet",
    "Table",
    "read_rows",
    "write_rows",
]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


def read_rows(
    content: bytes, *, columns: Sequence[Column], sheet: str | None = None, limits: Limits | None = None
) -> Sheet:
    """The table of ``columns`` in an .xlsx file, from the visible sheet named ``sheet`` or else the first.

    The heading is the row among the first ten that names most columns, by Chinese or English header whatever
    the spacing, width or case. Each row has every column's key; numbers are ``Decimal`` exactly as typed,
    text stays text even if it looks like a number, a formula is its last result. Text or a date merged over
    several rows counts for each of them. Hidden rows and columns are read, hidden sheets not.

    A required column's heading must be there, any other may be absent (None throughout). In ``errors``: a
    required cell left empty, error values, formulas without result, numbers too long to be exact or merged
    over rows. Raises ``Malformed`` for a file that is no .xlsx, has a password or is damaged, ``TooLarge``
    beyond ``limits``, and ``Invalid`` when the sheet is not there or headings are missing or stand twice.
    """
    limits = limits or Limits()
    try:
        check_xlsx(content, limits)
        name, grid = _open(content, sheet)
    except Problem:
        raise
    except Exception:
        # A broken file breaks zipfile, the XML parser or openpyxl in any of twenty ways. What they say quotes
        # cells, so it is not carried along (X5).
        raise damaged() from None
    return _table(name, grid, columns)


def _open(content: bytes, wanted: str | None) -> tuple[str, Grid]:
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        visible = [
            sheet
            for sheet in workbook.worksheets
            if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible"
        ]
        for sheet in visible:
            if wanted is None or _folded(sheet.title) == _folded(wanted):
                return sheet.title, read_grid(sheet)
    finally:
        workbook.close()
    if wanted is None:
        message = Text("文件中没有可见的工作表", "The file has no visible sheet")
    else:
        message = Text(f"找不到工作表“{wanted}”", f"There is no visible sheet “{wanted}”")
    raise Invalid(message.zh, message.en, code="sheet", errors={"sheet": [message]})


def _table(name: str, grid: Grid, columns: Sequence[Column]) -> Sheet:
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


def _folded(text: str) -> str:
    """``text`` without what people don't see: spacing, invisible characters, width and case of letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")


def _keys_by_header(columns: Sequence[Column]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for column in columns:
        for header in {_folded(column.header.zh), _folded(column.header.en)}:
            if keys.setdefault(header, column.key) != column.key:
                raise ValueError(f"two columns share the header of {column.key}")
    return keys


def _header(grid: Grid, keys: dict[str, str]) -> tuple[int, dict[int, str]]:
    """The number of the heading row, and the texts in it by column number."""
    best: tuple[int, dict[int, str]] = 0, {}
    most = 0
    for number in (number for number in grid if number <= _HEADER_WITHIN):
        texts = {place: cell for place, cell in grid[number].items() if isinstance(cell, str)}
        known = len({keys[_folded(text)] for text in texts.values() if _folded(text) in keys})
        if known > most:
            best, most = (number, texts), known
    return best


def _places(headers: dict[int, str], keys: dict[str, str], columns: Sequence[Column]) -> dict[str, int]:
    """Column key → column number."""
    found: dict[str, list[int]] = {}
    for place, header in headers.items():
        if key := keys.get(_folded(header)):
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
