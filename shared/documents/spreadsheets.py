"""Tables in and out of .xlsx files, as offices fill them in.

Reading forgives how a table is laid out (title lines above it, merged cells, an empty first column, headings
in either language) and nothing in its content: a cell that can't be taken exactly as typed is an error with
its row and column. Call both ways through ``off_hub``: 20,000 rows of four columns take one or two seconds.
"""

import io
from collections.abc import Sequence

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from shared.documents.headings import Sheet, read_table
from shared.documents.rows import Cell, Column, Grid, Row, RowError, RowErrors, folded
from shared.documents.xlsx_cells import read_grid
from shared.documents.xlsx_guard import Limits, check_xlsx, damaged
from shared.documents.xlsx_write import Table, write_rows
from shared.errors import Invalid, Problem
from shared.text import Text

__all__ = [
    "EXCEL",
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

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    return read_table(name, grid, columns)


def _open(content: bytes, wanted: str | None) -> tuple[str, Grid]:
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        visible = [
            sheet
            for sheet in workbook.worksheets
            if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible"
        ]
        for sheet in visible:
            if wanted is None or folded(sheet.title) == folded(wanted):
                return sheet.title, read_grid(sheet)
    finally:
        workbook.close()
    if wanted is None:
        message = Text("文件中没有可见的工作表", "The file has no visible sheet")
    else:
        message = Text(f"找不到工作表“{wanted}”", f"There is no visible sheet “{wanted}”")
    raise Invalid(message.zh, message.en, code="sheet", errors={"sheet": [message]})
