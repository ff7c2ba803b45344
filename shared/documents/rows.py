"""What a table on a spreadsheet is made of, and how its mistakes are named to people."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from shared.errors import Invalid
from shared.text import Text

Cell: TypeAlias = str | Decimal | date | None
"""A cell as read: text, number, date (``datetime`` if a time of day was given too), or None if empty."""

LONGEST_TEXT = 32_767
"""The characters that a cell holds at most."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet program may take for a formula, were it typed; Chinese and Japanese Excel
take the wide signs for the narrow ones."""
_NAMED_AT_MOST = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Flaw(NamedTuple):
    """Why a cell can't be taken."""

    message: Text


Grid: TypeAlias = dict[int, dict[int, Cell | Flaw]]
"""Row number → column number → cell, both from 1, ascending; only what is not empty."""


def plain_text(text: str) -> Cell | Flaw:
    """A text as a cell holds it, line breaks as "\\n"; None where there is nothing to see."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        return Flaw(Text("含有无法识别的控制字符", "it holds control characters"))
    if len(text) > LONGEST_TEXT:
        return Flaw(Text(f"超过{LONGEST_TEXT}字", f"it is longer than {LONGEST_TEXT} characters"))
    return text if text.strip() else None


def folded(text: str) -> str:
    """``text`` without what people don't see: spacing, invisible characters, width and case of letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")


class Column(NamedTuple):
    """A column of a table: the key programs use, the headings people see, and whether it must be filled."""

    key: str
    header: Text
    required: bool = False


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it (from 1), and its cells by column key."""

    number: int
    values: Mapping[str, Cell]

    def text(self, key: str) -> str | None:
        """The cell as text: numbers without exponent, dates as in ISO 8601, None where empty.

        For what is text by nature but was typed as a number, such as a telephone number.
        """
        value = self.values[key]
        if isinstance(value, Decimal):
            return format(value, "f")
        return value.isoformat() if isinstance(value, date) else value


class RowError(NamedTuple):
    """What is wrong in one cell, or with the whole row where ``column`` is empty."""

    row: int
    column: str
    message: Text


@dataclass
class RowErrors:
    """Collects what is wrong in a table, so that people hear of every bad row at once.

    Messages must not quote what stands in a cell: it may be an identity number (X5).
    """

    columns: Sequence[Column]
    _errors: list[RowError] = field(default_factory=list)

    def add(self, row: int, column: str, message: Text) -> None:
        """``column`` is a column's key, or "" for the row as a whole; ``KeyError`` for any other key."""
        if column:
            self._header(column)
        self._errors.append(RowError(row, column, message))

    @property
    def rows(self) -> set[int]:
        """The numbers of the rows with a mistake, for an import that takes the others."""
        return {error.row for error in self._errors}

    def __iter__(self) -> Iterator[RowError]:
        """In the order of rows, as people go through a sheet."""
        return iter(sorted(self._errors, key=lambda error: error.row))

    def __len__(self) -> int:
        return len(self._errors)

    def described(self, error: RowError) -> Text:
        """The message with its row and column named, as 第3行“成绩”：…."""
        if not error.column:
            return Text(f"第{error.row}行：{error.message.zh}", f"Row {error.row}: {error.message.en}")
        header = self._header(error.column)
        return Text(
            f"第{error.row}行“{header.zh}”：{error.message.zh}",
            f"Row {error.row}, “{header.en}”: {error.message.en}",
        )

    def refuse_if_any(self) -> None:
        """Raises ``Invalid`` naming each row and column, at most the first 200.

        Its ``errors`` are keyed "rows.<number>.<column key>", or "rows.<number>" for a whole row.
        """
        if not self._errors:
            return
        named: dict[str, list[Text]] = {}
        for error in list(self)[:_NAMED_AT_MOST]:
            place = f"rows.{error.row}.{error.column}" if error.column else f"rows.{error.row}"
            named.setdefault(place, []).append(self.described(error))
        count, rows = len(self), len(self.rows)
        raise Invalid(
            f"表中{rows}行有误，共{count}处",
            f"{rows} of the rows are wrong, in {count} places",
            code="rows",
            errors=named,
        )

    def _header(self, key: str) -> Text:
        for column in self.columns:
            if column.key == key:
                return column.header
        raise KeyError(key)
