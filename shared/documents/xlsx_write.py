"""Tables into an .xlsx file that opens well in Excel and WPS, and does nothing there but show them."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeAlias
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from shared.documents.rows import FORMULA_STARTS, LONGEST_TEXT, Cell, Column
from shared.errors import TooLarge
from shared.text import Language

_ROWS = 1_048_575
_EXACT_DIGITS, _EXACT = 15, 10**15
_FIRST_DAY = date(1900, 3, 1)
_NARROWEST, _WIDEST = 8, 60
_NOT_IN_NAMES = re.compile(r"[\\/?*\[\]:\x00-\x1f]")
# The escapes of ECMA-376 (22.4.2.4): what XML can't hold, and text that would be read as such an escape.
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_DATE_FORMAT, _TIME_FORMAT, _TEXT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "@"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE_PROPERTIES = "docProps/core.xml"
_EMPTY_CORE_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)

Written: TypeAlias = Cell | int


@dataclass(frozen=True)
class Table:
    """A sheet to write: its name, its columns, and rows that have a value for each column's key."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Written]]


def write_rows(tables: Sequence[Table], *, language: Language = "zh") -> bytes:
    """The .xlsx file of ``tables``, a sheet each, headings in ``language``; same tables, same bytes.

    Text is written as text, whatever it looks like: identity numbers keep all digits, and what begins like a
    formula is marked so that it never becomes one, also when somebody edits the cell. Numbers keep their
    decimal places; those beyond the 15 digits that a spreadsheet holds, and dates before March 1900, become
    text.

    Raises ``TooLarge`` for more rows than a sheet has, ``KeyError`` for a row without a column's key,
    ``TypeError`` for floats and truth values, ``ValueError`` for no table at all, for text over 32,767
    characters, for times with a zone (say first by whose clock) and for numbers that are none.
    """
    if not tables:
        raise ValueError("a file needs a table")
    # Everything is checked before the first sheet is opened: openpyxl can't let go of one half written.
    checked = [(table, checked_rows(table)) for table in tables]
    workbook = Workbook(write_only=True)
    for (table, rows), name in zip(checked, _sheet_names(tables), strict=True):
        headers = [column.header.in_(language) for column in table.columns]
        _write(workbook.create_sheet(name), headers, rows)
    saved = io.BytesIO()
    workbook.save(saved)
    return _without_dates(saved.getvalue())


def checked_rows(table: Table) -> list[list[Cell]]:
    """The rows of ``table`` cell by cell, each as it can be kept exactly; raises as ``write_rows`` does."""
    rows = [[_plain(row[column.key]) for column in table.columns] for row in islice(table.rows, _ROWS + 1)]
    if len(rows) > _ROWS:
        raise TooLarge(
            f"超过{_ROWS}行，请缩小范围后再导出",
            f"More than {_ROWS} rows; export a smaller part",
            code="spreadsheet-size",
        )
    return rows


def _write(sheet: Any, headers: list[str], rows: list[list[Cell]]) -> None:
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    for place, header in enumerate(headers):
        widest = max(_width(header), *(_width(str(row[place])) for row in rows if row[place] is not None), 0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(widest + 2, _NARROWEST), _WIDEST)
    styles = _Styles(sheet)
    sheet.append([styles.header(header) for header in headers])
    for row in rows:
        sheet.append([None if value is None else styles.cell(value) for value in row])


def _plain(value: Written) -> Cell:
    """``value`` as it can be kept exactly, or its text where only that can."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | date | None):
        raise TypeError(f"a cell can't be {type(value).__name__}")
    if isinstance(value, int | Decimal):
        return _exact(Decimal(value))
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError("a cell's time has no zone")
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return value if day >= _FIRST_DAY else value.isoformat()
    if value and len(_escaped(value)) > LONGEST_TEXT:
        raise ValueError(f"a cell holds at most {LONGEST_TEXT} characters")
    return value or None


def _escaped(text: str) -> str:
    text.encode("utf-8")  # half a surrogate pair is no character, and is refused by this
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _exact(number: Decimal) -> Decimal | str:
    if not number.is_finite():
        raise ValueError("a cell's number must be finite")
    digits = len(number.normalize().as_tuple().digits)
    if digits <= _EXACT_DIGITS and abs(number) < _EXACT and Decimal(repr(float(number))) == number:
        return number
    return format(number, "f")


class _Styles:
    """Makes the cells of one sheet. Each look is built once, since building one costs more than the cell."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._looks: dict[tuple[str, bool, bool], Any] = {}

    def header(self, text: str) -> Any:
        cell = self._text_cell(text)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="E7ECF2")
        cell.border = Border(bottom=Side(style="thin"))
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        return cell

    def cell(self, value: str | Decimal | date) -> Any:
        cell: Any
        if isinstance(value, str):
            cell = self._text_cell(value)
            long = "\n" in value or _width(value) > _WIDEST
            look = _TEXT_FORMAT, value.startswith(FORMULA_STARTS), long
        else:
            cell = WriteOnlyCell(self._sheet)
            cell.value = value
            look = _number_format(value), False, False
        if look not in self._looks:
            cell.number_format, cell.quotePrefix, wrap = look
            cell.alignment = Alignment(vertical="top", wrap_text=wrap)
            self._looks[look] = cell._style
        cell._style = self._looks[look]
        return cell

    def _text_cell(self, text: str) -> Any:
        cell: Any = WriteOnlyCell(self._sheet, _escaped(text))
        # openpyxl takes "=…" for a formula and "#N/A" for an error.
        cell.data_type = "s"
        return cell


def _number_format(value: Decimal | date) -> str:
    if isinstance(value, datetime):
        return _TIME_FORMAT
    if isinstance(value, date):
        return _DATE_FORMAT
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if places > _EXACT_DIGITS:
        return "General"
    return f"0.{'0' * places}" if places else "0"


def _width(text: str) -> int:
    """The columns of Latin letters that the longest line takes; a Chinese character takes two."""
    return max((sum(2 if east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")), default=0)


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    """Names as spreadsheets allow them: 31 characters, some forbidden, none twice whatever the case."""
    names: list[str] = []
    for table in tables:
        base = _NOT_IN_NAMES.sub("_", table.name).strip("' ") or "Sheet"
        name, number = base[:31], 1
        while name.casefold() in {other.casefold() for other in names}:
            number += 1
            suffix = f" ({number})"
            name = base[: 31 - len(suffix)] + suffix
        names.append(name)
    return names


def _without_dates(content: bytes) -> bytes:
    """``content`` packed again without the hour of its making and the name of the library."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            fixed = zipfile.ZipInfo(part.filename, _ZIP_EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            body = _EMPTY_CORE_PROPERTIES.encode() if part.filename == _CORE_PROPERTIES else source.read(part)
            target.writestr(fixed, body)
    return packed.getvalue()
