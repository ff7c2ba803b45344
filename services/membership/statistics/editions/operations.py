"""Editions 汇总: a period closed, published, revised, and printed (M13)."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import or_, select

from services.membership.statistics.editions import rules
from services.membership.statistics.editions.making import latest_edition, make_edition, publish, terms_of
from services.membership.statistics.editions.models import Edition
from services.membership.statistics.editions.printing import pdf_of, xlsx_of
from services.membership.statistics.editions.schemas import EditionOut, EditionQuery
from services.membership.statistics.figures.keeping import keep
from services.membership.statistics.figures.rules import Line, check_lines, whose_figures
from services.membership.statistics.figures.schemas import RevisionIn
from services.membership.statistics.periods.holding import hold_for_closing, hold_unit
from services.membership.statistics.periods.models import Period
from services.membership.statistics.periods.operations import reporters_of
from services.membership.statistics.periods.rules import (
    State,
    check_closed,
    check_open,
    check_publishing,
    check_reporter,
)
from services.membership.statistics.plausibility.checking import check_after, check_reports
from services.membership.statistics.plausibility.rules import check_all_answered
from services.membership.units.models import Unit
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TREND = 12
"""Months that the lines of a report go back."""


class Editions:
    """The figures of the industry."""

    @operation(
        "POST /statistics/periods/{id}/closing",
        permission="membership.statistics.consolidate",
        response=EditionOut,
        label=("汇总统计期", "Close a period"),
        kind="action",
    )
    def close_period(self, tx: Tx, id: uuid.UUID) -> Edition:
        """Closes a period and adds its figures up. Who has not reported does not hold it up and is noted; a finding
        that is neither explained nor accepted does (M13)."""
        period = hold_for_closing(tx, id)
        check_open(period.ruled_state)
        standing = check_reports(tx, period, reporters_of(tx, period))
        check_all_answered(sum(not any(finding.answered) for finding in standing))
        period.state, period.closed_at = State.CLOSED, tx.now
        return make_edition(tx, period)

    @operation(
        "POST /statistics/periods/{id}/publication",
        permission="membership.statistics.publish",
        response=EditionOut,
        label=("发布统计数据", "Publish a period"),
        kind="action",
    )
    def publish_period(self, tx: Tx, id: uuid.UUID) -> Edition:
        """Gives the sums of a closed period to the members, with what is doubtful in them (M13)."""
        period = hold_for_closing(tx, id)
        check_publishing(period.ruled_state)
        edition = latest_edition(tx, period.span)
        assert edition is not None
        publish(tx, period, edition, tx.now)
        return edition

    @operation(
        "POST /statistics/periods/{id}/revisions",
        permission="membership.statistics.revise",
        request=RevisionIn,
        response=EditionOut,
        label=("更正已汇总数据", "Revise a closed period"),
        kind="action",
        apart=Act.APPROVES,
    )
    def revise_figure(
        self,
        tx: Tx,
        id: uuid.UUID,
        unit_id: uuid.UUID,
        indicator: str,
        value: Decimal,
        growth: Decimal | None,
        reason: str,
    ) -> Edition:
        """Puts another figure in place of a unit's, or of none, after the period was closed, for a reason; makes a new
        edition, published at once where the one before was (M13, X7). Nobody does it for their own unit (X8)."""
        period = hold_for_closing(tx, id)
        hold_unit(tx, unit_id)
        tx.keep_apart(whose_figures(tx.get(Unit, unit_id).id))
        check_closed(period.ruled_state)
        rules.check_reason(reason)
        check_reporter(unit_id, reporters_of(tx, period))
        asked, _ = terms_of(tx, period.span)
        lines = [Line(indicator, value, growth)]
        check_lines(lines, asked)
        rules.check_changed(len(keep(tx, period, unit_id, lines, asked, reason=reason.strip())))
        check_after(tx, period, unit_id)
        edition = make_edition(tx, period, reason=reason.strip())
        if period.ruled_state is State.PUBLISHED:
            publish(tx, period, edition, tx.now)
        return edition

    @operation(
        "GET /statistics/periods/{id}/editions",
        permission="membership.statistics.check",
        response=EditionOut,
        label=("历次汇总", "Editions of a period"),
        kind="list",
    )
    def list_editions(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """Every edition of a period, the latest first, published or not (M13, X7)."""
        query = select(Edition).where(Edition.period_id == tx.get(Period, id).id)
        return tx.page(query, page, key=Edition.id, sorts={"made": Edition.made_at}, default="-made")

    @operation(
        "GET /statistics/periods/{id}/report",
        permission="membership.statistics.read",
        request=EditionQuery,
        response=EditionOut,
        label=("统计报告", "The report of a period"),
        kind="detail",
    )
    def get_report(self, tx: Tx, id: uuid.UUID, number: int | None) -> Edition:
        """The totals of a period as published last, or in the edition of that number. Who adds them up sees them before
        they are published (M13)."""
        return _to_show(tx, tx.get(Period, id), number)

    @operation(
        "GET /statistics/periods/{id}/report/pdf",
        permission="membership.statistics.read",
        request=EditionQuery,
        label=("打印统计报告", "Print the report of a period"),
        kind="download",
        media_type="application/pdf",
    )
    def print_report(self, tx: Tx, id: uuid.UUID, number: int | None) -> Download:
        """The report as PDF, with charts (M13)."""
        period = tx.get(Period, id)
        edition, trend = _to_show(tx, period, number), _trend(tx, period)
        tx.let_go()
        return Download(f"{_file(period, edition)}.pdf", pdf_of(period, edition, trend))

    @operation(
        "GET /statistics/periods/{id}/report/xlsx",
        permission="membership.statistics.read",
        request=EditionQuery,
        label=("导出统计报告", "The report as a spreadsheet"),
        kind="download",
        media_type=XLSX,
    )
    def export_report(self, tx: Tx, id: uuid.UUID, number: int | None) -> Download:
        """The report as a spreadsheet: totals, and what is doubtful in them (M13)."""
        period = tx.get(Period, id)
        edition = _to_show(tx, period, number)
        return Download(f"{_file(period, edition)}.xlsx", xlsx_of(edition))


def _to_show(tx: Tx, period: Period, number: int | None) -> Edition:
    """The edition somebody may see: published, or any for whoever looks after them."""
    query = select(Edition).where(Edition.period_id == period.id)
    if number is not None:
        query = query.where(Edition.number == number)
    if not tx.may("membership.statistics.check"):
        query = query.where(Edition.published_at.is_not(None))
    found = tx.all(query.order_by(Edition.number.desc()).limit(1))
    if not found:
        raise rules.not_published()
    return found[0]


def _trend(tx: Tx, period: Period) -> Sequence[tuple[Period, Edition]]:
    """The periods up to this one that were published, each with the edition published last; the earliest first."""
    until = or_(Period.year < period.year, (Period.year == period.year) & (Period.month <= period.month))
    published = select(Period).where(Period.state == State.PUBLISHED, until)
    last = tx.all(published.order_by(Period.year.desc(), Period.month.desc()).limit(TREND))
    shown = ((each, latest_edition(tx, each.span, published=True)) for each in reversed(last))
    return [(each, edition) for each, edition in shown if edition is not None]


def _file(period: Period, edition: Edition) -> str:
    return f"statistics-{period.year}-{period.month:02d}-{edition.number}"
