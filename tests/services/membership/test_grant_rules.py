"""Staff roles from a day up to a day (M11, G11, X7)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.grants.rules import Grant, check_grant, ended, gives_way, roles_beside, roles_on
from shared.errors import Refused

TODAY = date(2021, 6, 1)
DAY = timedelta(days=1)
SPAN = [TODAY + timedelta(days=n) for n in range(-20, 70)]
days = st.integers(-15, 40).map(lambda n: TODAY + timedelta(days=n))


@st.composite
def grants(draw: st.DrawFn, roles: str = "xyz") -> Grant:
    since = draw(days)
    until = draw(st.none() | st.integers(0, 20).map(lambda n: since + timedelta(days=n)))
    return Grant(draw(st.sampled_from(roles)), since, until)


def refused(act: Callable[[], object]) -> str | None:
    try:
        act()
    except Refused as problem:
        return problem.code
    return None


@pytest.mark.rule(id="M11")
def test_the_first_day_counts_and_the_end_does_not() -> None:
    grant = Grant("x", TODAY, TODAY + 2 * DAY)
    assert [grant.covers(TODAY + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert Grant("x", TODAY).covers(date(2099, 1, 1))


@pytest.mark.rule(id="M11")
@given(grants("x"), grants("x"))
def test_two_overlap_where_a_day_is_in_both(one: Grant, other: Grant) -> None:
    common = any(one.covers(day) and other.covers(day) for day in SPAN)
    assert one.overlaps(other) == other.overlaps(one) == common


@pytest.mark.rule(id="M11")
@given(grants(), st.lists(grants(), max_size=4))
def test_a_grant_is_taken_where_it_has_days_ahead_and_none_twice(new: Grant, existing: list[Grant]) -> None:
    code = refused(lambda: check_grant(new, existing, TODAY))
    doubled = any(each.role == new.role and each.overlaps(new) for each in existing)
    if new.until == new.since:
        assert code == "grant-empty"
    elif new.since < TODAY:
        assert code == "grant-backdated"
    else:
        assert code == ("grant-overlaps" if doubled else None)


@pytest.mark.rule(id="M11")
def test_one_grant_may_follow_another_without_a_gap() -> None:
    first, second = Grant("x", TODAY, TODAY + 5 * DAY), Grant("x", TODAY + 5 * DAY)
    check_grant(second, [first], TODAY)
    assert all(roles_on([first, second], TODAY + n * DAY) == {"x"} for n in range(20))


@pytest.mark.rule(id="X7")
@given(grants(), days)
def test_an_end_only_ever_shortens_and_what_has_been_stays(grant: Grant, until: date) -> None:
    earliest = max(TODAY, grant.since)
    if grant.over(TODAY) or until < earliest or (grant.until is not None and until >= grant.until):
        with pytest.raises(Refused) as refusal:
            ended(grant, until, TODAY)
        assert refusal.value.rule == "X7"
        return
    shorter = ended(grant, until, TODAY)
    for day in SPAN:
        assert shorter.covers(day) == (grant.covers(day) and day < until)
        if day < TODAY:
            assert shorter.covers(day) == grant.covers(day)


@pytest.mark.rule(id="M11")
@given(st.lists(grants(), max_size=5), st.frozensets(st.sampled_from("xyz")))
def test_exactly_those_from_today_on(existing: list[Grant], wanted: frozenset[str]) -> None:
    held = roles_on(existing, TODAY)
    after = [
        ended(each, max(each.since, TODAY), TODAY) if gives_way(each, wanted, held, TODAY) else each
        for each in existing
    ]
    begun = [Grant(role, TODAY) for role in wanted - held]
    for new in begun:
        check_grant(new, after, TODAY)
    assert roles_on([*after, *begun], TODAY) == wanted
    for day in SPAN:
        if day > TODAY:
            assert roles_on([*after, *begun], day) <= wanted
        elif day < TODAY:
            assert roles_on([*after, *begun], day) == roles_on(existing, day)


def test_beside_a_grant_are_those_that_share_a_day_with_it() -> None:
    held = [Grant("cashier", TODAY, TODAY + 5 * DAY), Grant("clerk", TODAY + 9 * DAY)]
    assert roles_beside(Grant("editor", TODAY + 4 * DAY, TODAY + 6 * DAY), held) == {"cashier"}
    assert roles_beside(Grant("editor", TODAY + 5 * DAY, TODAY + 9 * DAY), held) == frozenset()
    assert roles_beside(Grant("editor", TODAY), held) == {"cashier", "clerk"}
