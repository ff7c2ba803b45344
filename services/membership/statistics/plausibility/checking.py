"""Checking what units have reported, and keeping what was found (M13)."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from services.membership.data import plausibility_checks
from services.membership.statistics.figures.reading import reports_of
from services.membership.statistics.indicators.operations import versions
from services.membership.statistics.indicators.rules import asked_on
from services.membership.statistics.periods.models import Period
from services.membership.statistics.periods.rules import State
from services.membership.statistics.plausibility import rules
from services.membership.statistics.plausibility.models import Finding
from shared.effective import in_force
from shared.store.tx import Tx


def check_after(tx: Tx, period: Period, unit: UUID) -> list[Finding]:
    """What is doubtful now in the figures of ``unit`` in ``period``, once those have changed. Open periods that are
    compared with it are looked at again as well: nobody could answer what is only found when they close."""
    for later in tx.all(select(Period).where(Period.state == State.OPEN)):
        if period.span in (later.span.previous, later.span.year_before):
            check_reports(tx, later, [unit])
    return check_reports(tx, period, [unit])


def check_reports(tx: Tx, period: Period, units: Collection[UUID]) -> list[Finding]:
    """What is doubtful now in the figures of ``units`` in ``period``. A finding that was there stays, with what was
    said to it; one that the figures do not give any more is superseded (X7)."""
    month = period.span
    now, previous, year_before = (reports_of(tx, each) for each in (month, month.previous, month.year_before))
    asked = asked_on(versions(tx), month.last_day)
    checks = in_force(plausibility_checks(), month.last_day, rules.CHECKS)
    standing = []
    for unit in sorted(units):
        compared = rules.Compared(
            now.get(unit, {}),
            previous.get(unit, {}),
            year_before.get(unit, {}),
            same_year=month.previous.year == month.year,
        )
        standing += _kept(tx, period, unit, rules.findings(compared, asked, checks), checks)
    return standing


def _kept(tx: Tx, period: Period, unit: UUID, found: Sequence[rules.Finding], checks: rules.Checks) -> list[Finding]:
    before = standing_findings(tx, period, unit)
    for gone in before:
        if gone.found not in found:
            gone.superseded_at = tx.now
    there = {finding.found for finding in before}
    for new in found:
        if new not in there:
            tx.add(Finding.of(new, checks, at=tx.now, period_id=period.id, unit_id=unit))
    tx.flush()
    return standing_findings(tx, period, unit)


def standing_findings(tx: Tx, period: Period, unit: UUID | None = None) -> list[Finding]:
    """The findings about units that their figures still give, of one unit or all."""
    query = select(Finding).where(Finding.period_id == period.id, Finding.superseded_at.is_(None))
    query = query.where(Finding.unit_id == unit if unit else Finding.unit_id.is_not(None))
    return tx.all(query.order_by(Finding.unit_id, Finding.indicator, Finding.kind))
