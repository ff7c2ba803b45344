"""Sheets that officers upload: read off the hub, sealed while their job waits, told of row by row (X5, X6)."""

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.api import fields as f
from shared.api.jobs import RunningJob
from shared.documents.rows import Column, Row, RowErrors
from shared.documents.spreadsheets import Limits, Sheet, read_rows
from shared.errors import Invalid
from shared.identity.sealing import Vault
from shared.offload import off_hub

REPORTS = 20
"""How often a job says how far it is, about."""


class SheetIn(f.Schema):
    """An .xlsx file; ``take_rest`` takes the rows in order although others are not."""

    sheet = f.Upload("表格", "Sheet", required=True)
    take_rest = f.Boolean("有误的行除外，其余照收", "Take the rest", load_default=False)


def read_sheet(
    content: bytes,
    columns: Sequence[Column],
    name: str | None = None,
    *,
    read: Callable[..., Sheet] = read_rows,
    limits: Limits | None = None,
) -> Sheet:
    """The table on the sheet ``name``, or the first, as ``read`` reads it; ``Invalid`` without a single row."""
    sheet = off_hub(read, content, columns=columns, sheet=name, limits=limits)
    if not sheet.rows:
        zh, en = (f"工作表“{sheet.name}”", f"The sheet “{sheet.name}”") if sheet.name else ("表", "The table")
        raise Invalid(f"{zh}中没有数据行", f"{en} has no rows", code="no-rows")
    return sheet


def seal_sheet(vault: Vault, content: bytes) -> bytes:
    """The file as it may be kept: whatever else an office writes into a sheet, identity numbers are among it (X5)."""
    return vault.seal(base64.b64encode(content).decode())


def unseal_sheet(vault: Vault, job: RunningJob) -> bytes:
    """The file that a job was given."""
    assert job.content is not None
    return base64.b64decode(vault.unseal(job.content))


def told(job: RunningJob, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows one after the other, with word of how far they are."""
    step = max(1, len(rows) // REPORTS)
    for done, row in enumerate(rows):
        if done % step == 0:
            job.progress(done, len(rows))
        yield row


def refused_rows(errors: RowErrors) -> list[dict[str, Any]]:
    """What is wrong, cell by cell, for the result of a job that took the rest; no cell is quoted (X5)."""
    return [
        {"row": error.row, "column": error.column, "message": errors.described(error)._asdict()} for error in errors
    ]
