"""A table that somebody sends, whichever kind of file it is."""

from collections.abc import Sequence

from shared.documents.csv_tables import read_csv
from shared.documents.headings import Sheet
from shared.documents.rows import Column
from shared.documents.spreadsheets import read_rows
from shared.documents.xlsx_guard import Limits, is_workbook


def read_upload(
    content: bytes, *, columns: Sequence[Column], sheet: str | None = None, limits: Limits | None = None
) -> Sheet:
    """The table of ``columns`` in an .xlsx or .csv file, told apart by what is in it and not by its name.

    ``sheet`` names the sheet of a workbook. Raises as ``read_rows`` and ``read_csv`` do.
    """
    if is_workbook(content):
        return read_rows(content, columns=columns, sheet=sheet, limits=limits)
    return read_csv(content, columns=columns, limits=limits)
