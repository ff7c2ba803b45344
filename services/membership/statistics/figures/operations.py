"""Figures 统计数据: reported by units, or for them, and listed (M13)."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from services.membership.statistics.figures import rules
from services.membership.statistics.figures.keeping import keep
from services.membership.statistics.figures.models import Figure
from services.membership.statistics.figures.schemas import FigureOut, FigureQuery, ReportIn, ReportOut
from services.membership.statistics.indicators.operations import versions
from services.membership.statistics.indicators.rules import asked_on
from services.membership.statistics.periods.holding import hold_for_reports
from services.membership.statistics.periods.operations import reporters_of
from services.membership.statistics.periods.rules import check_open, check_reporter
from services.membership.statistics.plausibility.checking import check_after
from services.membership.units.models import Unit
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class FiguresOfUnits:
    """What units report."""

    @operation(
        "POST /units/{id}/figures",
        permission="membership.figure.report",
        request=ReportIn,
        response=ReportOut,
        label=("上报统计数据", "Report figures"),
        kind="create",
    )
    def report_figures(
        self, tx: Tx, id: uuid.UUID, period_id: uuid.UUID, figures: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Reports a unit's figures of an open period; given again, a figure takes the place of the one before, and what
        is the same stays. After the last day they count and are marked late (M13)."""
        unit = tx.get(Unit, id)
        period = hold_for_reports(tx, period_id, unit.id)
        check_open(period.ruled_state)
        check_reporter(unit.id, reporters_of(tx, period))
        asked = asked_on(versions(tx), period.span.last_day)
        lines = [rules.Line(**each) for each in figures]
        rules.check_lines(lines, asked)
        kept = keep(tx, period, unit.id, lines, asked)
        return {"figures": kept, "findings": check_after(tx, period, unit.id)}

    @operation(
        "GET /figures",
        permission="membership.figure.read",
        request=FigureQuery,
        response=FigureOut,
        label=("统计数据", "Figures"),
        kind="list",
    )
    def list_figures(
        self,
        tx: Tx,
        page: PageRequest,
        period_id: uuid.UUID | None,
        unit_id: uuid.UUID | None,
        indicator: str | None,
        superseded: bool,
    ) -> Page:
        """Figures that units have reported, the latest first; of one period, unit or indicator; those that were
        superseded where asked for (M13, X7)."""
        wanted = {"period_id": period_id, "unit_id": unit_id, "indicator": indicator}
        query = select(Figure).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        if not superseded:
            query = query.where(Figure.superseded_at.is_(None))
        return tx.page(query, page, key=Figure.id, sorts={"reported": Figure.reported_at}, default="-reported")
