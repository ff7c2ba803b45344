"""What must fit together about industry statistics: what was told, and that sums are those of their parts (M13)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.membership.statistics.editions.models import Edition, Total
from services.membership.statistics.editions.rules import Basis, consolidate
from services.membership.statistics.events import EditionMade, EditionPublished, PeriodOpened
from services.membership.statistics.figures.models import Figure
from services.membership.statistics.figures.rules import Reported
from services.membership.statistics.indicators.models import Indicator
from services.membership.statistics.indicators.rules import asked_on
from services.membership.statistics.periods.models import Period
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once


def periods_were_told_once(look: Look) -> Faults:
    """Each period was told once to be open (M13)."""
    names = ("year", "month", "due_on")
    wanted = {each.id: tuple(getattr(each, name) for name in names) for each in look.session.scalars(select(Period))}
    yield from told_once(look, PeriodOpened, wanted, *names)


def editions_were_told_once(look: Look) -> Faults:
    """Each edition was told once to be made, and once to be published where it was (M13)."""
    editions = look.session.scalars(select(Edition)).all()
    names = ("period_id", "number", "basis", "expected", "reported")
    wanted = {each.id: tuple(getattr(each, name) for name in names) for each in editions}
    yield from told_once(look, EditionMade, wanted, *names)
    published = {each.id: (each.period_id, each.number) for each in editions if each.published_at is not None}
    yield from told_once(look, EditionPublished, published, "period_id", "number")


def published_totals_are_as_told(look: Look) -> Faults:
    """What was told of the totals of a published edition is what is on file (M13)."""
    told = {each.data["id"]: _lines_told(each.data["totals"]) for each in look.told(EditionPublished)}
    published = look.session.scalars(select(Edition).where(Edition.published_at.is_not(None)))
    yield from matched(
        "statistics_totals of edition", told, ((each.id, _lines_kept(each.totals)) for each in published)
    )


def _lines_told(totals: Sequence[Mapping[str, Any]]) -> tuple[object, ...]:
    return tuple((each["indicator"]["code"], each["value"], each["growth"]) for each in totals)


def _lines_kept(totals: Sequence[Total]) -> tuple[object, ...]:
    return tuple((each.indicator.code, each.value, each.growth) for each in totals)


def sums_are_those_of_their_parts(look: Look) -> Faults:
    """The latest edition of a period is the sum of the figures that count in it, whatever was superseded (M13)."""
    indicators = [each.as_ruled() for each in look.session.scalars(select(Indicator))]
    reports: dict[UUID, dict[UUID, dict[str, Reported]]] = defaultdict(lambda: defaultdict(dict))
    for figure in look.session.scalars(select(Figure).where(Figure.superseded_at.is_(None))):
        reports[figure.period_id][figure.unit_id][figure.indicator] = figure.reported
    periods = {each.id: each for each in look.session.scalars(select(Period))}
    in_order = look.session.scalars(select(Edition).where(Edition.basis == Basis.REPORTS).order_by(Edition.number))
    for edition in {each.period_id: each for each in in_order}.values():
        asked = asked_on(indicators, periods[edition.period_id].span.last_day)
        sums = consolidate(reports[edition.period_id], asked, {})
        yield from matched(
            f"statistics_totals of edition {edition.id}",
            {total.indicator.code: (total.value, total.units) for total in sums},
            ((total.indicator.code, (total.value, total.units)) for total in edition.totals),
        )


CHECKS = (
    periods_were_told_once,
    editions_were_told_once,
    published_totals_are_as_told,
    sums_are_those_of_their_parts,
)
