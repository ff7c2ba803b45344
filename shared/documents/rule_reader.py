"""Reading the rows of a sheet by rules: what a rule refuses becomes an error of that row and column (X6)."""

from collections.abc import Callable
from typing import TypeVar

from shared.documents.rows import Row, RowErrors
from shared.errors import Refused

T = TypeVar("T")


class RuleReader:
    """Applies rules to cells and names in ``errors`` each cell that one refuses, once.

    A cell that ``errors`` names already, since the spreadsheet could not be read there, is not judged again.
    """

    def __init__(self, errors: RowErrors) -> None:
        self._errors = errors
        self._cells = {(error.row, error.column) for error in errors}
        self._rows = errors.rows

    def read(self, row: Row, column: str, rule: Callable[[], T]) -> T | None:
        """What ``rule`` makes of the cell; None where it refuses and where the cell is refused already."""
        if self.refused(row, column):
            return None
        try:
            return rule()
        except Refused as refused:
            self._errors.add(row.number, column, refused.detail)
            self._cells.add((row.number, column))
            self._rows.add(row.number)
            return None

    def refused(self, row: Row, column: str) -> bool:
        return (row.number, column) in self._cells

    def in_order(self, row: Row) -> bool:
        """Whether nothing in the row is refused so far."""
        return row.number not in self._rows
