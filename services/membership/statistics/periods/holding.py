"""Keeping a period as it is while its figures are reported or added up (M13)."""

from uuid import UUID

from services.membership.statistics.periods.models import Period
from shared.store.tx import Tx


def hold_for_reports(tx: Tx, period_id: UUID, unit_id: UUID) -> Period:
    """The period while a unit's figures go in: others report beside it, nobody closes it, and the unit's own reports
    come one after another."""
    tx.hold(f"statistics period {period_id}", shared=True)
    hold_unit(tx, unit_id)
    return tx.get(Period, period_id)


def hold_unit(tx: Tx, unit_id: UUID) -> None:
    """Let the figures of a unit, of whichever period, change one after another."""
    tx.hold(f"statistics of {unit_id}")


def hold_for_closing(tx: Tx, period_id: UUID) -> Period:
    """The period, with nobody reporting in it meanwhile; of the version the caller has seen, where they say one."""
    tx.hold(f"statistics period {period_id}")
    return tx.change(Period, period_id)
