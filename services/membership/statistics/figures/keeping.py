"""Putting figures on file: a new one takes the place of the one before (M13, X7)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from services.membership.acting import account_of
from services.membership.statistics.figures.models import Figure
from services.membership.statistics.figures.rules import Line
from services.membership.statistics.indicators.rules import Indicator
from services.membership.statistics.periods.models import Period
from shared.store.tx import Tx


def keep(
    tx: Tx,
    period: Period,
    unit_id: UUID,
    lines: Sequence[Line],
    asked: Mapping[str, Indicator],
    *,
    reason: str | None = None,
) -> list[Figure]:
    """The figures of ``lines`` that are not on file just so; what they take the place of is superseded."""
    query = select(Figure).where(Figure.period_id == period.id, Figure.unit_id == unit_id)
    counting = {figure.indicator: figure for figure in tx.all(query.where(Figure.superseded_at.is_(None)))}
    kept = []
    for line in lines:
        before = counting.get(line.indicator)
        if before is not None:
            if before.reported == (line.value, line.growth):
                continue
            before.superseded_at = tx.now
        kept.append(
            Figure(
                period_id=period.id,
                unit_id=unit_id,
                indicator=line.indicator,
                indicator_id=asked[line.indicator].id,
                value=line.value,
                growth=line.growth,
                late=tx.today > period.due_on,
                on_behalf=str(unit_id) not in tx.principal.units,
                reported_at=tx.now,
                reported_by=account_of(tx.principal),
                reason=reason,
            )
        )
    # First what is superseded: of one indicator only one figure counts at any moment.
    tx.flush()
    for figure in kept:
        tx.add(figure)
    tx.flush()
    return kept
