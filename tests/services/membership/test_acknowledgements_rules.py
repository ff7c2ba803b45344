"""Acknowledgements: on whom a paper is served, and the figures of it (M6, M1, X7)."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.acknowledgements import rules
from services.membership.acknowledgements.rules import Audience, Figures, Member, Served, State
from shared.errors import Refused

DAY = date(2021, 1, 18)
OLD, NEW, GONE, SMALL = (
    Member(uuid.UUID(int=1), "director", None, None),
    Member(uuid.UUID(int=2), "director", date(2021, 1, 19), None),
    Member(uuid.UUID(int=3), "director", None, DAY),
    Member(uuid.UUID(int=4), "member", date(2021, 1, 18), date(2021, 1, 19)),
)
ALL = (OLD, NEW, GONE, SMALL)


def refused(act: Callable[[], Any], rule: str = "M6") -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.rule == rule
    return caught.value.code


@pytest.mark.rule(id="M6")
def test_members_of_the_day_are_served_and_no_others() -> None:
    assert rules.served_on(Audience.ALL, None, (), ALL, DAY) == [OLD, SMALL]
    assert rules.served_on(Audience.TIER, "director", (), ALL, DAY) == [OLD]
    assert rules.served_on(Audience.ALL, None, (), ALL, date(2021, 1, 19)) == [OLD, NEW]
    assert rules.served_on(Audience.UNITS, None, [SMALL.id, OLD.id, OLD.id], ALL, DAY) == [OLD, SMALL]


@pytest.mark.rule(id="M6")
@pytest.mark.rule(id="M1")
def test_a_unit_that_is_named_is_a_member_that_day() -> None:
    def serve(id: uuid.UUID) -> Any:
        return rules.served_on(Audience.UNITS, None, [id], ALL, DAY)

    assert refused(lambda: serve(uuid.UUID(int=9))) == "unit-unknown"
    assert refused(lambda: serve(GONE.id), "M1") == "unit-left"
    assert refused(lambda: serve(NEW.id), "M1") == "unit-not-admitted"


@pytest.mark.rule(id="M6")
@pytest.mark.parametrize(
    ("audience", "tier", "units"),
    [
        (Audience.ALL, "director", []),
        (Audience.ALL, None, [OLD.id]),
        (Audience.TIER, None, []),
        (Audience.TIER, "director", [OLD.id]),
        (Audience.UNITS, None, []),
        (Audience.UNITS, "director", [OLD.id]),
    ],
)
def test_an_audience_is_said_once(audience: Audience, tier: str | None, units: list[uuid.UUID]) -> None:
    assert refused(lambda: rules.check_audience(audience, tier, units)) == "audience"


@pytest.mark.rule(id="M6")
def test_what_is_refused() -> None:
    rules.check_day(DAY, DAY)
    assert refused(lambda: rules.check_day(date(2021, 1, 19), DAY)) == "served-later"
    assert refused(lambda: rules.check_stands(DAY)) == "paper-ended"
    assert refused(lambda: rules.check_somebody([])) == "nobody-to-serve"
    assert refused(lambda: rules.paper_title(" ")) == "paper-title"
    assert refused(lambda: rules.check_new_paper(OLD.id)) == "paper-entered"
    assert refused(lambda: rules.check_not_acknowledged(State.ACKNOWLEDGED)) == "acknowledged"
    assert refused(lambda: rules.check_for_the_unit(OLD.id, [str(NEW.id)])) == "not-the-units"
    rules.check_for_the_unit(OLD.id, [str(OLD.id)])


@pytest.mark.rule(id="M6")
@pytest.mark.rule(id="X1")
@pytest.mark.parametrize(("part", "whole", "percent"), [(0, 0, 0), (1, 3, 33), (2, 3, 66), (59, 60, 98), (60, 60, 100)])
def test_percentages_are_whole_and_rounded_down(part: int, whole: int, percent: int) -> None:
    assert rules.percent(part, whole) == percent


@pytest.mark.rule(id="M6")
def test_a_unit_that_left_is_counted_and_not_outstanding() -> None:
    served = [
        Served("director", State.ACKNOWLEDGED),
        Served("director", State.READ),
        Served("member", State.SERVED, member=False),
        Served(None, State.SERVED),
    ]
    assert rules.figures(served) == Figures(None, served=4, read=2, acknowledged=1, outstanding=2)
    assert rules.figures_by_tier(served) == [
        Figures("member", served=1, read=0, acknowledged=0, outstanding=0),
        Figures("director", served=2, read=2, acknowledged=1, outstanding=1),
        Figures(None, served=1, read=0, acknowledged=0, outstanding=1),
    ]


SERVED = st.builds(
    Served, st.sampled_from(["member", "director", "vice_president", None]), st.sampled_from(State), st.booleans()
)


@pytest.mark.rule(id="M6")
@given(st.lists(SERVED))
def test_the_figures_of_tiers_add_up_and_are_in_order(served: list[Served]) -> None:
    whole, parts = rules.figures(served), rules.figures_by_tier(served)
    for name in ("served", "read", "acknowledged", "outstanding"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert whole.served >= whole.read >= whole.acknowledged
    assert whole.acknowledged + whole.outstanding <= whole.served
    assert 0 <= whole.acknowledged_percent <= whole.read_percent <= 100
    assert (whole.acknowledged_percent == 100) == (0 < whole.served == whole.acknowledged)
