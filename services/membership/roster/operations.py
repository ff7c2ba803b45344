"""The roster 会员名册: exported, previewed and imported (M1, M2, X6, X12)."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from services.membership.data import places
from services.membership.roster import rules
from services.membership.roster.columns import COLUMNS, line
from services.membership.roster.schemas import RosterSheetIn
from services.membership.units.models import Unit
from services.membership.units.recording import admit, change, hold_all_codes, tell_admission, tell_changes
from services.membership.units.schemas import UnitQuery
from services.membership.units.searching import units_where
from shared.api.fields import UploadedFile
from shared.api.jobs import JobOut, RunningJob, job
from shared.api.operations import Download, operation
from shared.api.sheets import read_sheet, refused_rows, seal_sheet, told, unseal_sheet
from shared.documents.csv_tables import CSV, write_csv
from shared.documents.spreadsheets import EXCEL, Limits, Sheet, Table, write_rows
from shared.documents.uploads import read_upload
from shared.identity.duties import Act, Caller, keep_apart
from shared.offload import off_hub
from shared.store.database import kept_alive
from shared.store.tables import Job
from shared.store.tx import Tx
from shared.text import Language, Text

NAME = Text("会员名册", "Roster")
LIMITS = Limits(content=5 * 1024 * 1024, rows=10_000)
SHOWN_AT_MOST = 1_000
"""Rows of news, and wrong cells, that the result of an import spells out; all rows are counted."""
_HEADINGS_SHOWN, _HEADING_SHOWN = 20, 50


class Roster:
    """All units at once."""

    @operation(
        "GET /roster",
        permission="membership.roster.export",
        request=UnitQuery,
        label=("导出会员名册", "Export the roster"),
        kind="download",
        media_type=EXCEL,
        exports=True,
    )
    def export_roster(self, tx: Tx, **wanted: Any) -> Download:
        """The units that ``GET /units`` lists under the same filters, as an .xlsx file in the reader's language. It can
        be corrected and imported again. Who fetched it is kept in the audit trail (M1, X12)."""
        return _download(tx, wanted, "xlsx", lambda table, language: write_rows([table], language=language))

    @operation(
        "GET /roster/csv",
        permission="membership.roster.export",
        request=UnitQuery,
        label=("导出会员名册（CSV）", "Export the roster as CSV"),
        kind="download",
        media_type=CSV,
        exports=True,
    )
    def export_roster_csv(self, tx: Tx, **wanted: Any) -> Download:
        """The same as ``GET /roster`` as a .csv file that Excel opens: UTF-8 with its mark, codes kept as text (M1,
        X12)."""
        return _download(tx, wanted, "csv", lambda table, language: write_csv(table, language=language))

    @operation(
        "POST /roster/imports",
        permission="membership.roster.import",
        request=RosterSheetIn,
        response=JobOut,
        label=("导入会员名册", "Import the roster"),
        kind="action",
        status=202,
        apart=Act.APPROVES,
    )
    def import_roster(self, tx: Tx, sheet: UploadedFile, take_rest: bool, preview: bool) -> Job:
        """Takes a sheet of units, .xlsx or CSV (UTF-8 or GB18030), up to 5 MB and 10,000 rows; a job records new units
        and completes or changes those on record, all rows or none unless ``take_rest``, or with ``preview`` only says
        what it would do (M1, M2, X6).

        Rows are about the unit of their id or credit code, never of their name; an empty cell leaves what is on record.
        Nobody sets the tier of a unit they represent (X8).
        """
        rows, units = _read(sheet.content).rows, sorted(tx.principal.units)
        own = tx.all(select(Unit).where(Unit.id.in_(map(uuid.UUID, units))))
        tx.keep_apart(*rules.whose_sheet(rows, own))
        content = seal_sheet(tx.vault, sheet.content)
        return tx.start_job("import-roster", content=content, take_rest=take_rest, preview=preview, units=units)

    @job("import-roster", label=("导入会员名册", "Import the roster"))
    def take_in(self, job: RunningJob, take_rest: bool, preview: bool, units: Sequence[str]) -> None:
        """Takes in the rows of a sheet; what is wrong ends the job as a problem that names each row and column, or is
        in its result if it was a preview or takes the rest."""
        with job.begin() as tx:
            sheet = _read(unseal_sheet(tx.vault, job))
            on_record = _on_record(tx, hold=not preview)
            own = [unit for unit in on_record.values() if str(unit.id) in units]
            keep_apart(Act.APPROVES, Caller.of(units=units), rules.whose_sheet(sheet.rows, own))
            with kept_alive(tx.session.connection()):  # thousands of rows are looked at between two questions to it
                lines = rules.check_rows(
                    told(job, sheet.rows),
                    sheet.errors,
                    register=rules.Register(on_record.values()),
                    places=places(),
                    today=tx.today,
                    take_rest=take_rest or preview,
                )
                result = _result(sheet, lines, preview=preview)
                if not preview:
                    _take(tx, lines, on_record)
            job.finish(tx, result)


def _download(tx: Tx, wanted: dict[str, Any], kind: str, write: Callable[[Table, Language], bytes]) -> Download:
    language = tx.origin.language
    units = tx.all(units_where(tx.today, **wanted).order_by(Unit.name, Unit.id))
    table = Table(NAME.in_(language), COLUMNS, [line(unit, places(), language) for unit in units])
    with kept_alive(tx.session.connection()):  # a workbook of thousands takes seconds, more where much is going on
        content = off_hub(write, table, language)
    return Download(f"{table.name}-{tx.today}.{kind}", content)


def _read(content: bytes) -> Sheet:
    return read_sheet(content, COLUMNS, read=read_upload, limits=LIMITS)


def _on_record(tx: Tx, *, hold: bool) -> dict[uuid.UUID, Unit]:
    """Every unit; with ``hold`` nobody else changes one, or gives one a code, until this is done."""
    if hold:
        tx.all(select(Unit.id).order_by(Unit.id).with_for_update(key_share=True))
        hold_all_codes(tx)
    return {unit.id: unit for unit in tx.all(select(Unit))}


def _take(tx: Tx, lines: Iterable[rules.Line], on_record: dict[uuid.UUID, Unit]) -> None:
    """Record and change everything first and tell it afterwards, so that the database hears of it all at once."""
    tell: list[Callable[[], None]] = []
    for each in lines:
        if each.unit is None:
            fields: dict[str, Any] = {"short_name": None, "place": None, **each.says}
            unit = admit(tx, **fields)
            tell.append(partial(tell_admission, tx, unit))
        elif each.changes:
            unit = on_record[each.unit]
            tell.append(partial(tell_changes, tx, unit, change(tx, unit, each.says)))
    for of_one in tell:
        of_one()


def _result(sheet: Sheet, lines: Sequence[rules.Line], *, preview: bool) -> dict[str, Any]:
    """How many rows came to what, the news of each, and what is wrong with the others, as JSON."""
    counts = Counter(each.outcome for each in lines)
    news = [each for each in lines if each.outcome is not rules.Outcome.UNCHANGED]
    return {
        "preview": preview,
        **{outcome.value: counts[outcome] for outcome in rules.Outcome},
        "refused": len(sheet.errors.rows),
        "rows": [_news(each) for each in news[:SHOWN_AT_MOST]],
        "refused_rows": refused_rows(sheet.errors)[:SHOWN_AT_MOST],
        "unknown_headings": [each[:_HEADING_SHOWN] for each in sheet.unknown_headers[:_HEADINGS_SHOWN]],
    }


def _news(each: rules.Line) -> dict[str, Any]:
    return {
        "row": each.row,
        "outcome": each.outcome.value,
        "unit_id": None if each.unit is None else str(each.unit),
        "changes": [news.written for news in each.changes],
    }
