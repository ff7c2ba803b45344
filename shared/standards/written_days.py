"""Days as offices write them into sheets."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

_APART = re.compile(
    r"([0-9]{4})\s*([-/.年])\s*([0-9]{1,2})\s*([-/.月])\s*([0-9]{1,2})\s*(日?)(?:\s+[0-9]{1,2}(?::[0-9]{2}){1,2})?"
)
_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_BETWEEN = {"年": "月", "-": "-", "/": "/", ".": "."}


def day_written(cell: str | Decimal | date | None) -> date | None:
    """The day that a cell names, or None where it names none.

    Read are days of a spreadsheet, and 2021-02-01, 2021/2/1, 2021.2.1, 2021年2月1日 and 20210201, whatever the spacing
    and width; a time of day behind one is left aside. The year comes first and has four digits: 1/2/21 could be two.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()
    if apart := _APART.fullmatch(text):
        year, first, month, second, day, last = apart.groups()
        if _BETWEEN[first] != second or bool(last) != (first == "年"):
            return None
    elif together := _TOGETHER.fullmatch(text):
        year, month, day = together.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
