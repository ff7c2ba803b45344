"""Billing runs 年度会费开具 and what they found of each unit, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.api.sentences import Sentence
from shared.store.base import Identified, Versioned
from shared.text import Text


class BillingRun(Versioned, Base):
    """A run over all units for one year, in batches that are each committed; a ``preview`` invoices nobody.

    ``day`` is the business day it was started on, by which all of it is done. ``through_unit_id`` is the last unit it
    has looked at, in the order of ids, and ``done`` how many; ``ended_at`` is null until it has seen all.
    """

    __tablename__ = "billing_runs"
    label = Text("会费开具批次", "billing run")

    year: Mapped[int] = mapped_column(index=True)
    preview: Mapped[bool]
    day: Mapped[date]
    job_id: Mapped[uuid.UUID | None]
    through_unit_id: Mapped[uuid.UUID | None]
    done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None]


class BillingLine(Identified, Base):
    """What a run found of one unit: the tier, months and fen it invoiced, or the rule that passed it over (X6)."""

    __tablename__ = "billing_lines"
    __table_args__ = (UniqueConstraint("run_id", "unit_id"),)
    label = Text("开具明细", "line of a billing run")

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billing_runs.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    outcome: Mapped[str]
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dues_invoices.id"))
    tier: Mapped[str | None]
    first_month: Mapped[int | None]
    last_month: Mapped[int | None]
    amount: Mapped[int | None]
    rule: Mapped[str | None]
    code: Mapped[str | None]
    reason: Mapped[Sentence | None]
