"""The aging report 账龄表: summed in the database, by one statement (M4)."""

from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Date, Integer, Select, cast, func, select

from services.membership.aging.rules import AgingBands
from services.membership.dues.models import Invoice
from services.membership.dues.rules import InvoiceState
from services.membership.units.rules import Tier
from shared.store.tx import Tx

_NOTHING = {"invoices": 0, "units": 0, "owes": 0}


def aging_of(tx: Tx, bands: AgingBands, as_of: date) -> dict[str, Any]:
    """What is open now, aged on ``as_of``: for each tier and for all, by band and in total."""
    sums = {
        (row.tier, row.band): {"invoices": row.invoices, "units": row.units, "owes": int(row.owes)}
        for row in tx.session.execute(_summed(bands, as_of))
    }

    def line(tier: str | None) -> dict[str, Any]:
        by_band = enumerate(bands.bands)
        return {
            "tier": tier,
            "bands": [{"band": band.code, **sums.get((tier, place), _NOTHING)} for place, band in by_band],
            **sums.get((tier, None), _NOTHING),
        }

    return {
        "as_of": as_of,
        "terms": bands.version,
        "bands": bands.bands,
        "tiers": [line(tier.code) for tier in Tier],
        "total": line(None),
    }


def _summed(bands: AgingBands, as_of: date) -> Select[Any]:
    """A row for each tier and band, for each tier, for each band and for all; None stands for all. Bands are counted
    from 0, which is what is not due yet. Units are counted once in each, so no row is the sum of others."""
    overdue = cast(as_of, Date) - Invoice.due_on
    aged = (
        select(
            Invoice.tier,
            func.width_bucket(overdue, cast(bands.starts, ARRAY(Integer))).label("band"),
            Invoice.unit_id,
            Invoice.owes,
        )
        .where(Invoice.state == InvoiceState.OPEN)
        .subquery()
    )
    by = aged.c.tier, aged.c.band
    return select(
        *by,
        func.count().label("invoices"),
        func.count(aged.c.unit_id.distinct()).label("units"),
        # None of all there is: without any open invoice there is still the row for all.
        func.coalesce(func.sum(aged.c.owes), 0).label("owes"),
    ).group_by(func.cube(*by))
