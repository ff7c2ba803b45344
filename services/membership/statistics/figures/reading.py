"""The figures that count, as the rules read them (M13)."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from services.membership.statistics.figures.models import Figure
from services.membership.statistics.figures.rules import Reported
from services.membership.statistics.periods.models import Period
from services.membership.statistics.periods.rules import Month
from shared.store.tx import Tx


def reports_of(tx: Tx, month: Month) -> Mapping[UUID, Mapping[str, Reported]]:
    """What counts for ``month``, by unit and code of the indicator; of the units in sight."""
    query = select(Figure).join(Period, Period.id == Figure.period_id)
    query = query.where(Period.year == month.year, Period.month == month.month, Figure.superseded_at.is_(None))
    found: dict[UUID, dict[str, Reported]] = defaultdict(dict)
    for figure in tx.all(query):
        found[figure.unit_id][figure.indicator] = figure.reported
    return found
