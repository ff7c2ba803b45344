"""Honorary posts: the council confers and ends them; they are no seat and give no role (M10, X7, X8)."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance import data as governance
from services.membership.data import founding_people, honorary_holders, honorary_posts, post_roles
from services.membership.honorary_posts import rules
from services.membership.honorary_posts.rules import Ending, Resolution, Tenure
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

LIU, LI = uuid.uuid4(), uuid.uuid4()
DAY = date(2021, 3, 1)
RESOLVED = Resolution(uuid.uuid4(), "council", DAY)


def refused(act: Callable[[], Any], rule: str = "M10") -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.rule == rule
    return caught.value.code


@pytest.mark.rule(id="M10")
def test_the_documents_advisers_hold_the_honorary_post() -> None:
    names = {person.id: person.name for person in founding_people()}
    assert [names[each.person] for each in honorary_holders()] == ["刘永斌", "李贵祯", "宁凤莲", "冯德华"]
    assert {honorary_posts()[each.post].zh for each in honorary_holders()} == {"高级顾问"}
    assert all(each.source.zh == "附件1一（二）4" and each.assumption.zh for each in honorary_holders())


@pytest.mark.rule(id="M10")
def test_an_honorary_post_is_no_seat_in_any_body_and_gives_no_role() -> None:
    """Nothing in governance counts its holders as electors, and no rights follow from it."""
    advisers = {each.person for each in honorary_holders()}
    posts = {post["id"]: post for post in governance.posts()}
    held = {(posts[each["post_id"]]["code"], each["person_id"]) for each in governance.tenures()}
    assert {code for code, person in held if person in advisers} <= set(honorary_posts())
    for post in posts.values():
        if post["code"] in honorary_posts():
            assert (post["kind"], list(post["votes_in"])) == ("honorary", [])
    for version in post_roles():
        assert not set(honorary_posts()) & (set(version.roles) | {each.deputy for each in version.delegations})


@pytest.mark.rule(id="M10")
def test_a_post_stands_on_a_resolution_of_the_council() -> None:
    assert rules.check_basis(RESOLVED, LIU) is RESOLVED
    about_liu = Resolution(uuid.uuid4(), "council", DAY, subject=LIU)
    assert rules.check_basis(about_liu, LIU) is about_liu
    for resolution, code in (
        (None, "resolution-unknown"),
        (Resolution(uuid.uuid4(), "standing-council", DAY), "not-the-council"),
        (Resolution(uuid.uuid4(), "assembly", DAY), "not-the-council"),
        (Resolution(uuid.uuid4(), "council", DAY, subject=LI), "another-person"),
        (Resolution(uuid.uuid4(), "council", DAY, ended_on=DAY), "resolution-ended"),
    ):
        assert refused(lambda: rules.check_basis(resolution, LIU)) == code  # noqa: B023


@pytest.mark.rule(id="M10")
def test_a_post_begins_once_it_is_resolved_and_is_held_once_at_a_time() -> None:
    def confer(
        since: date, until: date | None = None, held: tuple[Tenure, ...] = (), person: uuid.UUID = LIU
    ) -> Tenure:
        return rules.conferred(Tenure("senior-adviser", person, since, until), RESOLVED, held)

    held = (Tenure("senior-adviser", LIU, DAY, date(2021, 6, 1)),)
    assert refused(lambda: confer(date(2021, 2, 28))) == "conferred-early"
    assert refused(lambda: confer(DAY, DAY)) == "post-empty"
    assert refused(lambda: confer(DAY, None, held)) == "post-held"
    assert refused(lambda: confer(date(2021, 5, 31), None, held)) == "post-held"
    assert confer(date(2021, 6, 1), None, held).since == date(2021, 6, 1)
    assert confer(DAY, None, held, LI).person == LI


@pytest.mark.rule(id="X8")
def test_nobody_enters_their_own_honorary_post() -> None:
    with pytest.raises(Refused) as caught:
        keep_apart(Act.ENTERS, Caller.of(LIU), [rules.whose_post(LIU)])
    assert (caught.value.rule, caught.value.code) == ("X8", "own-honorary-post")
    keep_apart(Act.ENTERS, Caller.of(LI), [rules.whose_post(LIU)])


@pytest.mark.rule(id="M10")
def test_a_post_ends_by_a_resolution_or_a_resignation() -> None:
    assert rules.check_reason(RESOLVED.id, None) is Ending.RESOLUTION
    assert rules.check_reason(None, "来函辞去") is Ending.RESIGNATION
    for resolution, resignation in ((None, None), (None, "  "), (RESOLVED.id, "来函辞去")):
        assert refused(lambda: rules.check_reason(resolution, resignation)) == "ending-reason"  # noqa: B023
    assert refused(lambda: rules.check_other(RESOLVED.id, RESOLVED.id)) == "same-resolution"
    rules.check_other(None, RESOLVED.id)


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.rule(id="X7")
@given(since=DAYS, last=DAYS, until=st.none() | DAYS)
def test_an_end_lies_within_the_time_and_is_never_moved_later(since: date, last: date, until: date | None) -> None:
    if until is not None and until <= since:
        return
    tenure = Tenure("senior-adviser", LIU, since, until)
    if last < since or not tenure.covers(last + timedelta(days=1)):
        assert refused(lambda: rules.ended(tenure, last), "X7") == "post-end"
    else:
        ended = rules.ended(tenure, last)
        assert ended.covers(last)
        assert not ended.covers(last + timedelta(days=1))


@pytest.mark.rule(id="X7")
@given(since=DAYS, on=DAYS, until=st.none() | DAYS)
def test_a_revocation_ends_it_that_day_or_before_it_began(since: date, on: date, until: date | None) -> None:
    if until is not None and until < since:
        return
    ended = rules.revoked(Tenure("senior-adviser", LIU, since, until), on)
    assert ended.until is not None
    assert since <= ended.until
    assert not ended.covers(on)
    assert until is None or ended.until <= until
