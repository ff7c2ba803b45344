"""Loads the indicators and the figures of October 2020 that the founding document gives (M13). Only what is missing."""

from services.membership.data import founding_indicators, founding_statistics
from services.membership.statistics.editions.making import finish, kept, publish, terms_of
from services.membership.statistics.editions.models import Edition
from services.membership.statistics.editions.rules import Basis, Total
from services.membership.statistics.events import PeriodOpened
from services.membership.statistics.indicators.models import Indicator
from services.membership.statistics.periods.models import Period
from services.membership.statistics.periods.rules import State
from shared.store.tx import Tx


def seed_statistics(tx: Tx) -> None:
    """Add the indicators and the one published period that are not there yet, under the ids of the data."""
    for given in founding_indicators():
        if tx.find(Indicator, id=given.id) is None:
            tx.add(Indicator.of(given, at=tx.now, by=tx.principal.name))
    tx.flush()
    if tx.find(Period, id=founding_statistics().period) is None:
        _publish_what_the_document_states(tx)


def _publish_what_the_document_states(tx: Tx) -> None:
    stated = founding_statistics()
    period = tx.add(
        Period(
            id=stated.period,
            year=stated.year,
            month=stated.month,
            due_on=stated.due_on,
            state=State.CLOSED,
            opened_at=tx.now,
            opened_by=tx.principal.name,
            closed_at=tx.now,
        )
    )
    tx.flush()
    tx.emit(PeriodOpened.of(period))
    asked, checks = terms_of(tx, period.span)
    edition = tx.add(
        Edition(
            id=stated.edition,
            period_id=period.id,
            number=1,
            basis=Basis.SOURCE,
            source_zh=stated.source.zh,
            source_en=stated.source.en,
            checks=checks.version,
            expected=0,
            reported=0,
            missing=[],
            made_at=tx.now,
            made_by=tx.principal.name,
        )
    )
    given = ((asked[code], reported) for code, reported in stated.figures.items())
    edition.totals = kept(Total(indicator, each.value, each.growth, 0) for indicator, each in given)
    finish(tx, period, edition, asked, checks)
    publish(tx, period, edition, tx.now)
