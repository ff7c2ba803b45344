"""What somebody may act as on a day: grants, posts, and a deputy in a recorded absence (M11, G11, X4)."""

import json
import uuid
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import post_roles, role_labels, roles_that_follow
from services.membership.grants.rules import Grant
from services.membership.representatives.rules import Term
from services.membership.rights.rules import Absence, Basis, Tenure, next_change, rights_from, rights_on
from services.membership.sessions.rules import access_lifetime
from shared.standards.calendar import business_date, start_of_business_day

SG, DEPUTY = "secretary-general", "deputy-secretary-general"
HEAD, ACTING, OTHER = (uuid.UUID(int=n) for n in (1, 2, 3))
START = date(2021, 6, 1)
SPAN = [START + timedelta(days=n) for n in range(-5, 45)]
VERSIONS = post_roles()
OWN, DELEGATED = "deputy_secretary_general", "acting_secretary_general"


def at(n: int) -> date:
    return START + timedelta(days=n)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    since = draw(st.integers(0, 30))
    return at(since), draw(st.none() | st.integers(since, 35).map(at))


@st.composite
def bases(draw: st.DrawFn) -> Basis:
    """Of the deputy: whatever happens to the two posts, and grants and representations of the deputy's."""
    people = st.sampled_from([HEAD, ACTING, OTHER])
    posts = st.sampled_from([SG, DEPUTY, "president", "supervisor"])
    return Basis(
        ACTING,
        [Grant(draw(st.sampled_from(["clerk", "officer"])), *draw(spans())) for _ in range(draw(st.integers(0, 2)))],
        [Tenure(draw(posts), draw(people), *draw(spans())) for _ in range(draw(st.integers(0, 5)))],
        [Absence(draw(posts), draw(people), *draw(spans())) for _ in range(draw(st.integers(0, 3)))],
        [(OTHER, Term(draw(spans())[0])) for _ in range(draw(st.integers(0, 1)))],
    )


@pytest.mark.rule(id="M11")
def test_the_data_speak_of_posts_and_roles_there_are_and_name_their_clause() -> None:
    posts = json.loads((Path(__file__).parents[3] / "services/governance/data/posts.json").read_text("utf-8"))
    known = {post["code"] for post in posts["posts"]}
    for version in VERSIONS:
        given_roles = {role for roles in version.roles.values() for role in roles}
        delegated = {role for each in version.delegations for role in each.roles}
        assert given_roles | delegated <= set(role_labels())
        assert delegated <= roles_that_follow()
        assert set(version.roles) | {p for each in version.delegations for p in (each.post, each.deputy)} <= known
        assert version.clause.zh
        assert version.assumption


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("post", "roles"),
    [
        ("president", {"officer"}),
        (SG, {"officer"}),
        ("supervisory-chair", {"inspector"}),
        (DEPUTY, {OWN}),
        ("vice-president", set()),
        ("certification-centre-head", set()),
    ],
)
def test_a_post_gives_its_roles_from_the_first_day_up_to_the_last(post: str, roles: set[str]) -> None:
    basis = Basis(HEAD, [Grant("clerk", at(3), at(4))], [Tenure(post, HEAD, at(2), at(5)), Tenure(SG, OTHER, at(0))])
    assert [rights_on(at(n), basis, VERSIONS).by_post for n in (1, 2, 4, 5)] == [set(), roles, roles, set()]
    assert rights_on(at(3), basis, VERSIONS).roles == {"clerk", *roles}
    assert rights_on(at(3), Basis(None, (), basis.tenures), VERSIONS).roles == frozenset()


@pytest.mark.rule(id="X4")
def test_a_version_counts_from_its_first_day() -> None:
    basis = Basis(ACTING, (), [Tenure(DEPUTY, ACTING, date(2019, 1, 1)), Tenure("president", ACTING, date(2019, 1, 1))])
    assert rights_on(date(2019, 12, 31), basis, VERSIONS).roles == frozenset()
    assert rights_on(date(2021, 2, 28), basis, VERSIONS).roles == {"officer"}
    assert rights_on(date(2021, 3, 1), basis, VERSIONS).roles == {"officer", OWN}


@pytest.mark.rule(id="G11")
def test_the_deputy_acts_in_a_recorded_absence_and_never_outside_it() -> None:
    tenures = [Tenure(SG, HEAD, at(0)), Tenure(DEPUTY, ACTING, at(0))]

    def acts(*absences: Absence, held: list[Tenure] = tenures, person: uuid.UUID = ACTING) -> list[int]:
        basis = Basis(person, (), held, absences)
        return [n for n in range(12) if DELEGATED in rights_on(at(n), basis, VERSIONS).by_post]

    away = Absence(SG, HEAD, at(3), at(6))
    assert acts(away) == [3, 4, 5]
    assert acts() == []
    assert acts(away, person=OTHER) == []
    assert acts(away, person=HEAD) == []
    assert acts(Absence(SG, HEAD, at(3), at(3))) == [], "called off"
    assert acts(Absence(SG, HEAD, at(3), at(4))) == [3], "back earlier"
    assert acts(away, Absence(DEPUTY, ACTING, at(4), at(5))) == [3, 5], "the deputy is away as well"
    assert acts(Absence("president", HEAD, at(3), at(6))) == []
    assert acts(away, held=[tenures[1]]) == [], "a vacant post is no absence"
    assert acts(away, held=[*tenures, Tenure(SG, OTHER, at(0))]) == [], "another holder is there"
    assert acts(away, held=[tenures[0], Tenure(DEPUTY, ACTING, at(5))]) == [5]
    assert acts(away, held=[tenures[0], Tenure(DEPUTY, HEAD, at(0))], person=HEAD) == []


@pytest.mark.rule(id="G11")
@given(bases())
def test_nobody_deputises_without_an_absence_that_day(basis: Basis) -> None:
    for day in SPAN:
        if DELEGATED in rights_on(day, basis, VERSIONS).by_post:
            assert any(each.post == SG and each.covers(day) for each in basis.absences)
            assert any((each.post, each.person) == (DEPUTY, ACTING) and each.covers(day) for each in basis.tenures)


@pytest.mark.rule(id="M11")
@given(bases(), st.integers(-5, 35))
def test_the_steps_ahead_are_the_rights_of_each_day(basis: Basis, n: int) -> None:
    today = at(n)
    steps = rights_from(today, basis, VERSIONS)
    assert steps[0].day == today
    for day in SPAN:
        if day >= today:
            current = [step for step in steps if step.day <= day][-1].rights
            there = rights_on(day, basis, VERSIONS)
            assert (current.roles, current.units) == (there.roles, there.units)
    acts = [(step.rights.roles, step.rights.units) for step in steps]
    assert all(one != next_one for one, next_one in pairwise(acts))
    change = next_change(steps)
    assert change is None or (change > today and change == steps[1].day)


@pytest.mark.rule(id="M11")
@pytest.mark.rule(id="X3")
@given(st.integers(0, 24 * 3600 - 1), st.integers(1, 3))
def test_a_token_ends_at_midnight_in_shanghai_where_the_rights_do(second: int, days: int) -> None:
    longest = timedelta(minutes=15)
    now = start_of_business_day(START) + timedelta(seconds=second)
    lifetime = access_lifetime(longest, now, start_of_business_day(at(days)))
    assert timedelta() < lifetime <= longest
    last: datetime = now + lifetime - timedelta(microseconds=1)
    assert business_date(last) < at(days)
    assert lifetime == longest or now + lifetime == start_of_business_day(at(days))
    assert access_lifetime(longest, now, None) == longest
    assert access_lifetime(longest, now, now - timedelta(seconds=1)) == timedelta()
