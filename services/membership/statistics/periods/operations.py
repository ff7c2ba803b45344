"""Reporting periods 统计期: opened for reports, and how complete they are (M13)."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from services.membership.data import reporting_terms
from services.membership.statistics.events import PeriodOpened
from services.membership.statistics.figures.models import Figure
from services.membership.statistics.indicators.operations import versions
from services.membership.statistics.indicators.rules import asked_on
from services.membership.statistics.periods import rules
from services.membership.statistics.periods.holding import hold_for_closing
from services.membership.statistics.periods.models import Period, Reporter
from services.membership.statistics.periods.schemas import (
    CompletenessOut,
    PeriodIn,
    PeriodOut,
    PeriodQuery,
    ReporterIn,
    ReporterOut,
)
from services.membership.statistics.plausibility.checking import standing_findings
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.effective import in_force
from shared.store.tx import Tx


class Periods:
    """For which months figures are asked, and of whom."""

    @operation(
        "POST /statistics/periods",
        permission="membership.statistics.period",
        request=PeriodIn,
        response=PeriodOut,
        label=("开启统计期", "Open a period for reports"),
        kind="create",
    )
    def open_period(self, tx: Tx, year: int, month: int, unit_ids: Sequence[uuid.UUID], due_on: date | None) -> Period:
        """Opens a month for reports by these member units, once; the last day is that of the terms, or the one given
        (M13, X4)."""
        span = rules.Month(year, month)
        version = None
        if due_on is None:
            terms = in_force(reporting_terms(), tx.today, rules.TERMS)
            version, due_on = terms.version, terms.due_on(span, tx.today)
        rules.check_opening(span, tx.today, unit_ids, due_on)
        tx.hold("statistics indicators")
        there = tx.find(Period, year=year, month=month)
        rules.check_first(there.id if there else None)
        for unit_id in unit_ids:
            check_member(tx.get(Unit, unit_id).left_on, tx.today, "unit_ids")
        period = tx.add(
            Period(
                year=year,
                month=month,
                due_on=due_on,
                terms=version,
                state=rules.State.OPEN,
                opened_at=tx.now,
                opened_by=tx.principal.name,
            )
        )
        tx.flush()
        for unit_id in unit_ids:
            _ask(tx, period, unit_id)
        tx.emit(PeriodOpened.of(period))
        return period

    @operation(
        "GET /statistics/periods",
        permission="membership.statistics.read",
        request=PeriodQuery,
        response=PeriodOut,
        label=("统计期", "Statistics periods"),
        kind="list",
    )
    def list_periods(self, tx: Tx, page: PageRequest, year: int | None, state: str | None) -> Page:
        """Periods, the one opened last first; of one year or state (M13)."""
        wanted = {"year": year, "state": state}
        query = select(Period).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        sorts = {"opened": Period.opened_at, "due": Period.due_on}
        return tx.page(query, page, key=Period.id, sorts=sorts, default="-opened")

    @operation(
        "GET /statistics/periods/{id}",
        permission="membership.statistics.read",
        response=PeriodOut,
        label=("统计期详情", "A statistics period"),
        kind="detail",
    )
    def get_period(self, tx: Tx, id: uuid.UUID) -> Period:
        """A period, with its last day to report and how far it is (M13)."""
        return tx.get(Period, id)

    @operation(
        "POST /statistics/periods/{id}/reporters",
        permission="membership.statistics.period",
        request=ReporterIn,
        response=ReporterOut,
        label=("增列上报单位", "Ask another unit"),
        kind="create",
    )
    def add_reporter(self, tx: Tx, id: uuid.UUID, unit_id: uuid.UUID) -> Reporter:
        """Asks one more member unit for figures while the period is open (M13)."""
        period = hold_for_closing(tx, id)
        rules.check_open(period.ruled_state)
        check_member(tx.get(Unit, unit_id).left_on, tx.today)
        rules.check_new_reporter(unit_id, reporters_of(tx, period))
        return _ask(tx, period, unit_id)

    @operation(
        "GET /statistics/periods/{id}/completeness",
        permission="membership.statistics.check",
        response=CompletenessOut,
        label=("上报情况", "Who has reported"),
        kind="detail",
    )
    def get_completeness(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """Who has reported what, which indicators are missing and how many findings wait for an answer (M13)."""
        period = tx.get(Period, id)
        asked = asked_on(versions(tx), period.span.last_day)
        figures = tx.all(select(Figure).where(Figure.period_id == period.id, Figure.superseded_at.is_(None)))
        waiting = Counter(found.unit_id for found in standing_findings(tx, period) if not any(found.answered))
        units = []
        for unit in sorted(reporters_of(tx, period)):
            theirs = [figure for figure in figures if figure.unit_id == unit]
            units.append(
                {
                    "unit_id": unit,
                    "missing": [code for code in asked if code not in {figure.indicator for figure in theirs}],
                    "late": any(figure.late for figure in theirs),
                    "open_findings": waiting[unit],
                    "reported": bool(theirs),
                }
            )
        return {
            "period_id": period.id,
            "expected": len(units),
            "reported": sum(unit["reported"] for unit in units),
            "complete": sum(not unit["missing"] for unit in units),
            "units": units,
        }


def reporters_of(tx: Tx, period: Period) -> set[uuid.UUID]:
    """The units in sight that are asked in a period."""
    return set(tx.all(select(Reporter.unit_id).where(Reporter.period_id == period.id)))


def _ask(tx: Tx, period: Period, unit_id: uuid.UUID) -> Reporter:
    return tx.add(Reporter(period_id=period.id, unit_id=unit_id, asked_at=tx.now, asked_by=tx.principal.name))
