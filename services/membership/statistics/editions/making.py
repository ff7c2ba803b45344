"""Adding a period up, and keeping what came of it (M13)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from services.membership.data import plausibility_checks
from services.membership.statistics.editions import rules
from services.membership.statistics.editions.models import Edition, Total
from services.membership.statistics.events import EditionMade, EditionPublished
from services.membership.statistics.figures.reading import reports_of
from services.membership.statistics.figures.rules import Reported
from services.membership.statistics.indicators.operations import versions
from services.membership.statistics.indicators.rules import Indicator, asked_on
from services.membership.statistics.periods.models import Period
from services.membership.statistics.periods.operations import reporters_of
from services.membership.statistics.periods.rules import Month, State
from services.membership.statistics.plausibility.models import Finding
from services.membership.statistics.plausibility.rules import CHECKS, Checks, Compared, findings
from shared.effective import in_force
from shared.store.tx import Tx


def make_edition(tx: Tx, period: Period, *, reason: str | None = None) -> Edition:
    """Add up what counts in a period that nobody reports in meanwhile, and look for what is doubtful in the sums."""
    month = period.span
    asked, checks = terms_of(tx, month)
    reports, expected = reports_of(tx, month), reporters_of(tx, period)
    rules.check_reports(reports)
    last = latest_edition(tx, month)
    edition = tx.add(
        Edition(
            period_id=period.id,
            number=last.number + 1 if last else 1,
            basis=rules.Basis.REPORTS,
            reason=reason,
            checks=checks.version,
            expected=len(expected),
            reported=len(reports),
            missing=sorted(expected - reports.keys()),
            made_at=tx.now,
            made_by=tx.principal.name,
        )
    )
    edition.totals = kept(rules.consolidate(reports, asked, totals_of(tx, month.year_before)))
    finish(tx, period, edition, asked, checks)
    return edition


def kept(totals: Iterable[rules.Total]) -> list[Total]:
    return [
        Total(indicator_id=total.indicator.id, place=place, value=total.value, growth=total.growth, units=total.units)
        for place, total in enumerate(totals)
    ]


def finish(tx: Tx, period: Period, edition: Edition, asked: dict[str, Indicator], checks: Checks) -> None:
    """Write an edition down with what is doubtful in it, and tell of it."""
    tx.flush()
    tx.session.refresh(edition, ["totals"])
    for finding in findings(_compared(tx, period.span, edition.figures), asked, checks):
        tx.add(Finding.of(finding, checks, at=tx.now, period_id=period.id, edition_id=edition.id))
    tx.flush()
    tx.session.refresh(edition, ["findings"])
    tx.emit(EditionMade.of(edition))


def publish(tx: Tx, period: Period, edition: Edition, at: datetime) -> None:
    """Give an edition to the members."""
    edition.published_at = at
    period.state, period.published_at = State.PUBLISHED, period.published_at or at
    tx.emit(EditionPublished.of(edition))


def terms_of(tx: Tx, month: Month) -> tuple[dict[str, Indicator], Checks]:
    """The indicators and the checks in force at the end of a month (X4)."""
    day = month.last_day
    return asked_on(versions(tx), day), in_force(plausibility_checks(), day, CHECKS)


def latest_edition(tx: Tx, month: Month, *, published: bool = False) -> Edition | None:
    """The edition of a month that was made last, or published last."""
    query = select(Edition).join(Period, Period.id == Edition.period_id)
    query = query.where(Period.year == month.year, Period.month == month.month)
    if published:
        query = query.where(Edition.published_at.is_not(None))
    found = tx.all(query.order_by(Edition.number.desc()).limit(1))
    return found[0] if found else None


def totals_of(tx: Tx, month: Month) -> dict[str, Reported]:
    """The totals of a month as they were added up last, by code of the indicator; nothing where they were not."""
    edition = latest_edition(tx, month)
    return edition.figures if edition else {}


def _compared(tx: Tx, month: Month, now: dict[str, Reported]) -> Compared:
    earlier = totals_of(tx, month.previous), totals_of(tx, month.year_before)
    return Compared(now, *earlier, same_year=month.previous.year == month.year)
