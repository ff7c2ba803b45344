"""The cells of one sheet of an .xlsx, each as what a person typed or with the reason why it can't be taken.

Built on the sheet parser of openpyxl, below its public surface, for what that hides: whether an empty value
belongs to a formula never calculated, and cells that would otherwise end the reading of the whole sheet.
"""

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any
from xml.etree.ElementTree import Element

from openpyxl.utils import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from shared.documents.rows import Cell, Flaw, Grid, plain_text
from shared.text import Text

# openpyxl warns about decoration it drops and about dates it can't read; the latter come out as flaws here.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")

_MERGE_TAG = f"{{{SHEET_MAIN_NS}}}mergeCell"
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_CELLS_FILLED_BY_MERGES = 2_000_000
# A double keeps 15 digits, so a longer number is no longer what was typed: 110105194912310021 ends in 0000.
_EXACT = Decimal(10) ** 15
# Date formats of Chinese, Japanese and Korean Excel (ECMA-376, 18.8.30) that a file names by number only.
_EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))
_ERRORS = frozenset(("#N/A", "#DIV/0!", "#REF!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!"))
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|[Ff]{3}[EeFf])_")


_MERGED_NUMBER = Flaw(
    Text(
        "数字跨行合并，请拆分单元格后逐行填写",
        "a number is merged over rows; split the cells and fill each in",
    )
)


def read_grid(sheet: ReadOnlyWorksheet) -> Grid:
    """The filled cells of ``sheet``, what is merged over rows repeated in each that holds anything.

    Raises ``ValueError`` and whatever else the parser raises where the sheet is damaged.
    """
    grid: Grid = {}
    inner: Any = sheet
    with inner._get_source() as source:
        parser = _SheetParser(source, inner)
        last = 0
        for number, cells in parser.rows():
            if not last < number <= _LAST_ROW:
                raise ValueError(f"row {number} after row {last}")
            last = number
            if cells:
                grid[number] = cells
        _repeat_merged(grid, parser.merged)
    return grid


class _SheetParser(WorkSheetParser):
    def __init__(self, source: Any, sheet: Any) -> None:
        workbook = sheet.parent
        super().__init__(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=workbook.epoch,
            date_formats=workbook._date_formats | _east_asian_dates(workbook),
            timedelta_formats=workbook._timedelta_formats,
        )
        self.merged: list[str] = []

    def rows(self) -> Iterator[tuple[int, dict[int, Cell | Flaw]]]:
        # Only rows and merged cells are looked at: decoration by other programs often breaks openpyxl.
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                number, cells = self.parse_row(element)
                yield number, self._filled(cells)
                element.clear()
            elif element.tag == _MERGE_TAG:
                self.merged.append(element.attrib["ref"])

    def parse_cell(self, element: Element) -> dict[str, Any]:
        try:
            cell: dict[str, Any] = super().parse_cell(element)
        except (ValueError, OverflowError):
            flaw = Flaw(Text("数值无法识别", "this is no number"))
            return {"column": self.col_counter, "value": flaw, "data_type": "flaw"}
        if cell["value"] is None and cell["data_type"] != "str" and element.find(FORMULA_TAG) is not None:
            cell["value"] = Flaw(
                Text(
                    "公式没有计算结果，请用表格软件打开并保存，或改填数值",
                    "the formula has no result; open and save it in a spreadsheet program, or type a value",
                )
            )
        return cell

    def _filled(self, cells: list[dict[str, Any]]) -> dict[int, Cell | Flaw]:
        filled: dict[int, Cell | Flaw] = {}
        seen = 0
        for cell in cells:
            if not seen < cell["column"] <= _LAST_COLUMN:
                raise ValueError(f"column {cell['column']} after column {seen}")
            seen = cell["column"]
            value = _value(cell["value"], cell["data_type"])
            if value is not None:
                filled[seen] = value
        return filled


def _east_asian_dates(workbook: Any) -> set[int]:
    return {number for number, style in enumerate(workbook._cell_styles) if style.numFmtId in _EAST_ASIAN_DATES}


def _value(value: object, data_type: str) -> Cell | Flaw:
    if value is None or isinstance(value, Flaw):
        return value
    if data_type == "e":
        shown = str(value) if value in _ERRORS else "#"
        return Flaw(Text(f"单元格是错误值 {shown}", f"the cell holds the error {shown}"))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value if value.time() != time() else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        return value.isoformat("minutes" if value.second == 0 else "seconds")
    if isinstance(value, str):
        return _text(value)
    return Flaw(Text("单元格是一段时长，请按文本填写", "the cell holds a length of time; type it as text"))


def _number(value: int | float) -> Cell | Flaw:
    """The number as typed: Excel stores 4.35 as 4.3499999999999996, and the shortest form of that is 4.35."""
    if isinstance(value, float):
        if not isfinite(value):
            return Flaw(Text("数值无法识别", "this is no number"))
        value = int(value) if value.is_integer() else value
    number = Decimal(repr(value))
    if abs(number) >= _EXACT:
        return Flaw(
            Text(
                "数字超过15位，表格软件不能准确保存，请将单元格设为文本后重新填写",
                "over 15 digits, which no spreadsheet keeps exactly; make the cell text and type it again",
            )
        )
    return number


def _text(value: str) -> Cell | Flaw:
    return plain_text(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), value))


def _repeat_merged(grid: Grid, merged: list[str]) -> None:
    """Repeats what is merged over several rows in each of them; across columns the first alone keeps it.

    A number is not repeated but refused below: an amount merged over three rows must not count three times.
    """
    if not grid:
        return
    budget = _CELLS_FILLED_BY_MERGES
    last = max(grid)
    for reference in merged:
        column, top, _, bottom = range_boundaries(reference)
        if column is None or top is None or bottom is None:
            raise ValueError("merged cells without bounds")
        below = range(top + 1, min(bottom, last) + 1)
        budget -= len(below) + 1
        if budget < 0:
            raise ValueError("too many merged cells")
        value = grid.get(top, {}).get(column)
        if value is None:
            continue
        repeated = _MERGED_NUMBER if isinstance(value, Decimal) else value
        for number in below:
            if number in grid:
                grid[number].setdefault(column, repeated)
