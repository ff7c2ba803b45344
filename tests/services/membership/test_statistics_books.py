"""The books of industry statistics: whatever is taken away or changed is found (M13)."""

from collections.abc import Callable, Iterator

import pytest

from services.membership.data import founding_statistics
from services.membership.plugin import PLUGIN
from services.membership.statistics.books import CHECKS
from services.membership.units.rules import check_character
from shared.books.declared import Fault
from shared.books.look import Look
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Association
from shared.testing.spoiling import Spoiler, spoiling

pytestmark = pytest.mark.rule(id="M13")
Spoil = Callable[[Spoiler], None]


@pytest.fixture(scope="module")
def period(association: Association) -> str:
    """A period with two editions, a figure that was superseded and one that was revised."""
    association.set_clock("2150-06-15T09:00:00+08:00")
    clerk = association.person("clerk")

    def do(operation: str, **given: object) -> str:
        answer = association.call("membership", operation, as_=clerk, **given)
        assert answer.problem is None, answer.problem
        return str(answer.body.get("id"))

    first17 = f"91140000M{int(new_id()) % 10**8:08d}"
    unit = do("admit_unit", name="汾河", credit_code=first17 + check_character(first17), tier="director")
    opened = do("open_period", year=2029, month=1, unit_ids=[unit])
    for value in ("1.0", "2.0"):
        figures = [{"indicator": "revenue", "value": value}]
        do("report_figures", id=unit, period_id=opened, figures=figures)
    do("close_period", id=opened)
    do("publish_period", id=opened)
    do("revise_figure", id=opened, unit_id=unit, indicator="revenue", value="3.0", reason="误植")
    return opened


@pytest.fixture
def faults(period: str, postgres: EmbeddedPostgres) -> Iterator[Callable[[Spoil], list[Fault]]]:
    """``faults(spoil)`` → what is found once that has been done to the database; it is undone at the end."""
    with spoiling(postgres.admin_url, "membership") as spoiler:

        def after(spoil: Spoil) -> list[Fault]:
            spoil(spoiler)
            look = Look(PLUGIN, {"membership": spoiler.session})
            return [fault for check in CHECKS for fault in check(look)]

        yield after


def test_untouched_books_are_right(faults: Callable[[Spoil], list[Fault]]) -> None:
    assert faults(lambda spoiler: None) == []


@pytest.mark.parametrize(
    "event", ["statistics-period.opened.v1", "statistics-edition.made.v1", "statistics-edition.published.v1"]
)
def test_an_event_taken_away_is_found(faults: Callable[[Spoil], list[Fault]], event: str) -> None:
    table = "chassis.outbox"
    assert faults(lambda spoiler: spoiler.take_away(table, spoiler.rows(table, f"type = '{event}'")[0]))


@pytest.mark.parametrize("table", ["statistics_periods", "statistics_editions"])
def test_a_row_taken_away_is_found(faults: Callable[[Spoil], list[Fault]], table: str) -> None:
    stated = founding_statistics()
    row = {"statistics_periods": stated.period, "statistics_editions": stated.edition}[table]
    assert faults(lambda spoiler: spoiler.take_away(table, spoiler.rows(table, f"id = '{row}'")[0]))


def test_a_figure_taken_away_is_found(period: str, faults: Callable[[Spoil], list[Fault]]) -> None:
    where = f"period_id = '{period}' AND superseded_at IS NULL"
    found = faults(
        lambda spoiler: spoiler.take_away("statistics_figures", spoiler.rows("statistics_figures", where)[0])
    )
    assert "statistics_totals" in found[0].where


def test_a_total_of_the_document_that_is_changed_is_found(faults: Callable[[Spoil], list[Fault]]) -> None:
    where = f"edition_id = '{founding_statistics().edition}'"
    assert faults(
        lambda spoiler: spoiler.change("statistics_totals", spoiler.rows("statistics_totals", where)[0], "value")
    )


def test_a_total_that_is_not_the_sum_is_found(period: str, faults: Callable[[Spoil], list[Fault]]) -> None:
    where = f"edition_id IN (SELECT id FROM statistics_editions WHERE period_id = '{period}' AND number = 2)"
    table = "statistics_totals"
    assert faults(lambda spoiler: spoiler.change(table, spoiler.rows(table, where)[0], "value"))
