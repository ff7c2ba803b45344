"""The aging report 账龄表 as a workbook."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from services.membership.units.schemas import TIERS
from shared.documents.spreadsheets import Column, Table, write_rows
from shared.money import format_yuan
from shared.offload import off_hub
from shared.text import Text

ALL = Text("合计", "In total")
_INVOICES = (
    Column("unit", Text("单位名称", "Unit")),
    Column("tier", Text("会员层级", "Tier")),
    Column("year", Text("年度", "Year")),
    Column("amount", Text("会费（元）", "Dues, yuan")),
    Column("owes", Text("尚欠（元）", "Still owed, yuan")),
    Column("due_on", Text("最后缴费日", "Last day to pay")),
    Column("days_overdue", Text("逾期天数", "Days overdue")),
)


def workbook(report: Mapping[str, Any], invoices: Iterable[Mapping[str, Any]]) -> bytes:
    """The report, a row for each tier and one for all, and the invoices behind it, as an .xlsx file."""
    columns = [Column("tier", Text("会员层级", "Tier"))]
    for code, label in [*((band.code, band.label) for band in report["bands"]), ("total", ALL)]:
        columns += [
            Column(f"{code} owes", Text(f"{label.zh}（元）", f"{label.en}, yuan")),
            Column(f"{code} units", Text(f"{label.zh}（单位数）", f"{label.en}, units")),
        ]
    sums = [_row(line) for line in (*report["tiers"], report["total"])]
    rows = [
        {**each, "tier": _tier(each["tier"]), "amount": _yuan(each["amount"]), "owes": _yuan(each["owes"])}
        for each in invoices
    ]
    tables = [Table(f"账龄表 {report['as_of'].isoformat()}", columns, sums), Table("明细", _INVOICES, rows)]
    return off_hub(write_rows, tables)


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"tier": _tier(line["tier"])}
    for cell in (*line["bands"], {**line, "band": "total"}):
        row |= {f"{cell['band']} owes": _yuan(cell["owes"]), f"{cell['band']} units": cell["units"]}
    return row


def _tier(code: str | None) -> str:
    return (TIERS[code] if code else ALL).zh


def _yuan(fen: int) -> Decimal:
    return Decimal(format_yuan(fen))
