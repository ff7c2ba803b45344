"""How what is told of a unit adds up in its profile (M1, X7)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.profiles.rules import Fact, Kind, tallied

FACTS = st.builds(
    Fact,
    st.sampled_from(Kind),
    st.dates(date(2014, 1, 1), date(2030, 12, 31)),
    st.none() | st.dates(date(2031, 1, 1), date(2032, 1, 1)),
)


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X7")
def test_what_ended_is_counted_apart() -> None:
    facts = [
        Fact(Kind.CERTIFICATE, date(2020, 12, 31)),
        Fact(Kind.CERTIFICATE, date(2020, 12, 31), ended_on=date(2021, 3, 1)),
        Fact(Kind.CERTIFICATE, date(2021, 6, 1)),
        Fact(Kind.ARTICLE, date(2021, 2, 1), ended_on=date(2021, 2, 2)),
    ]
    found = tallied(facts)
    assert (found[Kind.CERTIFICATE].standing, found[Kind.CERTIFICATE].ended) == (2, 1)
    assert list(found[Kind.CERTIFICATE].by_year.items()) == [(2021, 1), (2020, 1)]
    assert (found[Kind.ARTICLE].standing, found[Kind.ARTICLE].ended, found[Kind.ARTICLE].by_year) == (0, 1, {})


@pytest.mark.rule(id="M1")
def test_a_unit_of_which_nothing_was_told_has_every_kind() -> None:
    assert {kind: (tally.standing, tally.ended) for kind, tally in tallied([]).items()} == dict.fromkeys(Kind, (0, 0))


@pytest.mark.rule(id="M1")
@given(st.lists(FACTS), st.randoms())
def test_every_fact_is_counted_once_in_any_order(facts: list[Fact], random: object) -> None:
    found = tallied(facts)
    random.shuffle(facts)  # type: ignore[attr-defined]
    assert tallied(facts) == found
    assert sum(tally.standing + tally.ended for tally in found.values()) == len(facts)
    assert all(sum(tally.by_year.values()) == tally.standing for tally in found.values())
