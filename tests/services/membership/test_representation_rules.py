"""The days somebody represents a unit (M2, X1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.representatives.rules import Term, check_term, end
from shared.errors import Refused

DAY = date(2021, 2, 1)
days = st.integers(0, 40).map(lambda n: DAY + timedelta(days=n))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    first = draw(days)
    return Term(first, draw(st.none() | st.integers(0, 20).map(lambda n: first + timedelta(days=n))))


@pytest.mark.rule(id="M2")
def test_both_ends_count() -> None:
    term = Term(DAY, DAY)
    assert term.covers(DAY)
    assert not term.covers(DAY - timedelta(days=1))
    assert not term.covers(DAY + timedelta(days=1))
    assert Term(DAY).covers(date(2099, 1, 1))


@pytest.mark.rule(id="M2")
@given(terms(), terms())
def test_terms_meet_when_a_day_is_in_both(one: Term, other: Term) -> None:
    span = [DAY + timedelta(days=n) for n in range(100)]
    common = any(one.covers(day) and other.covers(day) for day in span)
    assert one.meets(other) == other.meets(one) == common
    if common:
        with pytest.raises(Refused):
            check_term(one, [other])
    else:
        check_term(one, [other])


@pytest.mark.rule(id="M2")
@given(terms(), days)
def test_an_end_only_ever_shortens(term: Term, last: date) -> None:
    try:
        ended = end(term, last)
    except Refused:
        assert not term.covers(last)
        return
    assert ended.last == last
    assert term.last is None or last <= term.last
