"""Tables in and out of .csv files, as Excel and WPS write and open them.

Written is UTF-8 with its mark, by which Excel knows it from the encoding of the machine; read as well are UTF-8
without the mark and GB18030, which Chinese Excel saves. A text that a spreadsheet program would take for a formula or
a number is written with the sign that keeps it text, and read without it again. Call both ways through ``off_hub``.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from shared.documents.headings import Sheet, read_table
from shared.documents.rows import FORMULA_STARTS, Cell, Column, Flaw, Grid, plain_text
from shared.documents.xlsx_guard import Limits
from shared.documents.xlsx_write import Table, checked_rows
from shared.errors import Malformed, TooLarge
from shared.text import Language

CSV = "text/csv"
_MARK = b"\xef\xbb\xbf"
_DELIMITERS_IN_ROW = 66_000
"""What a row may have of them, also within its texts: a spreadsheet has 16,384 columns."""
_LIKE_A_FORMULA = re.compile("'*[" + re.escape("".join(FORMULA_STARTS)) + "]")
# Digits of a code beyond fifteen are lost where it is taken for a number, 1-2 becomes a day and 007 becomes 7.
_LIKE_A_NUMBER = re.compile(r"[0-9.][0-9.,:/%eE+-]*\t*")


def write_csv(table: Table, *, language: Language = "zh") -> bytes:
    """The .csv file of ``table``, headings in ``language``: UTF-8 with its mark, CRLF, quoted where that is needed.

    What begins like a formula gets an apostrophe before it, what looks like a number a tab behind it; neither is in
    the way of reading the file again. Days are written as in ISO 8601. Raises as ``write_rows`` does.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_guarded(column.header.in_(language)) for column in table.columns])
    writer.writerows([[_cell(value) for value in row] for row in checked_rows(table)])
    return _MARK + written.getvalue().encode("utf-8")


def read_csv(content: bytes, *, columns: Sequence[Column], limits: Limits | None = None) -> Sheet:
    """The table of ``columns`` in a .csv file, found as ``read_rows`` finds one; every cell is text.

    Rows count as a spreadsheet program shows them, so a text of three lines is in one row. Raises ``Malformed`` for
    what is no text in UTF-8 or GB18030 or is quoted wrongly, ``TooLarge`` beyond ``limits``, and ``Invalid`` when
    headings are missing or stand twice.
    """
    limits = limits or Limits()
    if len(content) > limits.content:
        raise _too_large(f"文件超过{limits.content >> 20} MB", f"The file is larger than {limits.content >> 20} MB")
    return read_table("", _grid(_decoded(content), limits), columns)


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return _guarded(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else ""


def _guarded(text: str) -> str:
    if _LIKE_A_FORMULA.match(text):
        return f"'{text}"
    return f"{text}\t" if _LIKE_A_NUMBER.fullmatch(text) else text


def _unguarded(text: str) -> str:
    """``text`` without the one sign that ``_guarded`` put there, or that somebody put there to the same end."""
    if text.startswith("'") and _LIKE_A_FORMULA.match(text):
        return text[1:]
    return text[:-1] if text.endswith("\t") and _LIKE_A_NUMBER.fullmatch(text) else text


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Malformed(
        "不是文本文件，或编码不是 UTF-8、GB18030；请用表格软件另存为“CSV UTF-8”或 .xlsx 后再上传",
        "This is no text in UTF-8 or GB18030; save it as “CSV UTF-8” or .xlsx and send that",
        code="csv-encoding",
    )


def _grid(text: str, limits: Limits) -> Grid:
    lines = _Lines(text)
    grid: Grid = {}
    try:
        for number, texts in enumerate(csv.reader(lines, strict=True), 1):
            lines.delimiters = 0
            cells = ((place, plain_text(_unguarded(text))) for place, text in enumerate(texts, 1) if text)
            filled: dict[int, Cell | Flaw] = {place: cell for place, cell in cells if cell is not None}
            if len(filled) > limits.columns:
                raise _too_large(f"表格超过{limits.columns}列", f"The table has more than {limits.columns} columns")
            if filled:
                grid[number] = filled
            if len(grid) > limits.rows:
                raise _too_large(f"表格超过{limits.rows}行", f"The table has more than {limits.rows} rows")
    except csv.Error:
        # What the parser says may quote cells, so it is not carried along (X5).
        raise Malformed(
            "CSV文件的引号不成对，或单元格过长，请用表格软件打开并重新保存后再上传",
            "The CSV file has quotes that do not match or a cell too long; open it in your spreadsheet program, "
            "save it and send that",
            code="csv-damaged",
        ) from None
    return grid


class _Lines:
    """The lines of a text, one after the other; more delimiters than a row can have end the reading before the parser
    makes cells of them."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.delimiters = 0
        """Since the last row; a row may have several lines."""

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.delimiters += line.count(",")
            if self.delimiters > _DELIMITERS_IN_ROW:
                raise _too_large("表格列数过多", "The table has too many columns")
            yield line


def _too_large(zh: str, en: str) -> TooLarge:
    return TooLarge(zh, en, code="spreadsheet-size")
