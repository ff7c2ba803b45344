"""Reductions of invoices 核减, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import Identified
from shared.store.sight import OF_UNIT
from shared.text import Text


class InvoiceReduction(Identified, Base):
    """What an invoice is less, in fen, since the unit left; kept for good, as is the invoice's own amount (M3, X7).

    It is for the months from ``first_month`` through ``last_month`` from then on, and for none where that is the month
    before. ``leaving_id`` is the end of the membership that reduced it.
    """

    __tablename__ = "invoice_reductions"
    __table_args__ = (
        UniqueConstraint("invoice_id", "leaving_id"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("last_month BETWEEN first_month - 1 AND 11", name="fewer_months"),
    )
    label = Text("会费核减", "reduction of an invoice")

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_invoices.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    leaving_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit_leavings.id"))
    year: Mapped[int]
    first_month: Mapped[int]
    last_month: Mapped[int]
    amount: Mapped[int]
    reduced_on: Mapped[date]
    recorded_at: Mapped[datetime]
