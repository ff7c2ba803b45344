"""The aging of dues 会费账龄: the report, what is behind it, and both as a workbook (M4)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from services.membership.aging import rules
from services.membership.aging.report import aging_of
from services.membership.aging.schemas import AgedInvoiceOut, AgedInvoiceQuery, AgingOut, AgingQuery
from services.membership.aging.sheets import workbook
from services.membership.data import dues_aging
from services.membership.dues.models import Invoice
from services.membership.dues.rules import InvoiceState
from services.membership.units.models import Unit
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.documents.spreadsheets import EXCEL
from shared.effective import in_force
from shared.store.tx import Tx


class Aging:
    """How old it is what units owe."""

    @operation(
        "GET /dues-aging",
        permission="membership.dues_aging.read",
        request=AgingQuery,
        response=AgingOut,
        label=("会费账龄表", "Aging of dues"),
        kind="figure",
    )
    def get_dues_aging(self, tx: Tx, as_of: date | None) -> dict[str, Any]:
        """What is open of dues now, by the tier it was invoiced at and by how long it is overdue on a day, today or
        later: sums in yuan and counts, not due yet and 1–30, 31–90, 91–365 and more days overdue (M4, X4)."""
        day, bands = _aged(tx, as_of)
        return aging_of(tx, bands, day)

    @operation(
        "GET /dues-aging/invoices",
        permission="membership.dues_aging.read",
        request=AgedInvoiceQuery,
        response=AgedInvoiceOut,
        label=("账龄明细", "What is behind the aging of dues"),
        kind="list",
    )
    def list_aged_invoices(
        self, tx: Tx, page: PageRequest, as_of: date | None, tier: str | None, band: str | None
    ) -> Page:
        """The open invoices behind the report, the longest overdue first; of one tier or band (M4)."""
        day, bands = _aged(tx, as_of)
        query = _open()
        if tier is not None:
            query = query.where(Invoice.tier == tier)
        if band is not None:
            first, last = bands.band(band).due_between(day)
            query = query.where(
                *([Invoice.due_on >= first] if first else []), *([Invoice.due_on <= last] if last else [])
            )
        sorts = {"due": Invoice.due_on, "owes": Invoice.owes}
        found = tx.page(query, page, key=Invoice.id, sorts=sorts, default="due")
        return Page(_lines(tx, found.items, day), found.next)

    @operation(
        "GET /dues-aging/xlsx",
        permission="membership.dues_aging.read",
        request=AgingQuery,
        label=("下载会费账龄表", "Aging of dues as a workbook"),
        kind="download",
        media_type=EXCEL,
    )
    def download_dues_aging(self, tx: Tx, as_of: date | None) -> Download:
        """The report and all open invoices behind it as .xlsx, a sheet each; amounts in yuan (M4)."""
        day, bands = _aged(tx, as_of)
        invoices = tx.all(_open().order_by(Invoice.due_on, Invoice.id))
        return Download(
            f"会费账龄表-{day.isoformat()}.xlsx", workbook(aging_of(tx, bands, day), _lines(tx, invoices, day))
        )


def _aged(tx: Tx, as_of: date | None) -> tuple[date, rules.AgingBands]:
    """The day to age on, and the bands in force on it."""
    day = as_of or tx.today
    rules.check_as_of(day, tx.today)
    return day, in_force(dues_aging(), day, rules.BANDS)


def _open() -> Select[Any]:
    return select(Invoice).where(Invoice.state == InvoiceState.OPEN)


def _lines(tx: Tx, invoices: Iterable[Invoice], day: date) -> list[dict[str, Any]]:
    invoices = list(invoices)
    named = select(Unit.id, Unit.name).where(Unit.id.in_({invoice.unit_id for invoice in invoices}))
    names = {row.id: row.name for row in tx.session.execute(named)}
    shown = ("id", "unit_id", "year", "tier", "amount", "owes", "due_on")
    return [
        {
            **{name: getattr(invoice, name) for name in shown},
            "unit": names[invoice.unit_id],
            "days_overdue": max(0, (day - invoice.due_on).days),
        }
        for invoice in invoices
    ]
