"""Indicators 统计指标: listed, and added to in versions (M13, X4)."""

from datetime import date

from sqlalchemy import select

from services.membership.statistics.indicators import rules
from services.membership.statistics.indicators.models import Indicator
from services.membership.statistics.indicators.schemas import IndicatorIn, IndicatorOut, IndicatorQuery
from services.membership.statistics.periods.models import Period
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.base import new_id
from shared.store.tx import Tx
from shared.text import Text


class Indicators:
    """What the industry counts."""

    @operation(
        "POST /statistics/indicators",
        permission="membership.statistics.indicator",
        request=IndicatorIn,
        response=IndicatorOut,
        label=("登记统计指标", "Record an indicator"),
        kind="create",
    )
    def add_indicator(
        self,
        tx: Tx,
        code: str,
        effective_from: date,
        label_zh: str,
        label_en: str,
        unit_zh: str,
        unit_en: str,
        measure: str,
        adds: str,
        places: int,
        weight: str | None,
        asked: bool,
    ) -> Indicator:
        """Records an indicator, or a new version of one, for months that were not opened for reports yet (M13, X4)."""
        new = rules.Indicator(
            id=new_id(),
            code=code,
            effective_from=effective_from,
            label=Text(label_zh, label_en),
            unit=Text(unit_zh, unit_en),
            measure=rules.Measure(measure),
            adds=rules.Adds(adds),
            places=places,
            weight=weight,
            asked=asked,
        )
        # Held, so that no period is opened with the old version meanwhile.
        tx.hold("statistics indicators")
        opened = tx.all(select(Period).order_by(Period.year.desc(), Period.month.desc()).limit(1))
        rules.check_version(new, versions(tx), opened[0].span.last_day if opened else None)
        return tx.add(Indicator.of(new, at=tx.now, by=tx.principal.name))

    @operation(
        "GET /statistics/indicators",
        permission="membership.statistics.read",
        request=IndicatorQuery,
        response=IndicatorOut,
        label=("统计指标", "Indicators"),
        kind="list",
    )
    def list_indicators(self, tx: Tx, page: PageRequest, code: str | None) -> Page:
        """Every version of every indicator, the latest first; of one code (M13)."""
        query = select(Indicator)
        if code is not None:
            query = query.where(Indicator.code == code)
        sorts = {"effective_from": Indicator.effective_from, "code": Indicator.code}
        return tx.page(query, page, key=Indicator.id, sorts=sorts, default="-effective_from")


def versions(tx: Tx) -> list[rules.Indicator]:
    """Every version of every indicator, in the order they stand in on papers."""
    query = select(Indicator).order_by(Indicator.effective_from, Indicator.id)
    return [indicator.as_ruled() for indicator in tx.all(query)]
