"""Who holds which post on a day, and what taking one up may not do."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.governance.posts.rules import (
    Occupancy,
    Post,
    Tenure,
    check_decision,
    check_take_up,
    conflicts,
    ended,
    holders_on,
    is_vacant,
    occupancy,
    posts_of,
    recused_from,
    voters_of,
    whose_appointment,
)
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart
from shared.text import Text

COUNCIL, BOARD, CENTRE, SECRETARIAT = (UUID(int=n) for n in range(1, 5))
ANN, BEN, CAI = (UUID(int=n) for n in range(11, 14))
PRESIDENT = Post(UUID(int=21), "president", Text("理事长", "President"), COUNCIL, 1, frozenset({COUNCIL}))
CHAIR = Post(UUID(int=22), "supervisory-chair", Text("监事长", "Chair of the supervisory board"), BOARD, 1)
HEAD = Post(UUID(int=23), "certification-centre-head", Text("中心负责人", "Head of the centre"), CENTRE)
ADVISER = Post(UUID(int=24), "senior-adviser", Text("高级顾问", "Senior adviser"), COUNCIL, honorary=True)
DEPUTY = Post(UUID(int=25), "deputies", Text("副秘书长", "Deputy secretary-general"), SECRETARIAT, 2)
DIRECTOR = Post(UUID(int=26), "director", Text("理事", "Director"), COUNCIL, None, frozenset({COUNCIL}))
SUPERVISES = {BOARD: frozenset({COUNCIL, CENTRE})}

MARCH = date(2021, 3, 1)
JUNE = date(2021, 6, 1)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2021, 1, 1))


@st.composite
def tenures_of(draw: st.DrawFn, post: Post, person: UUID) -> Tenure:
    since = draw(days)
    length = draw(st.none() | st.integers(min_value=1, max_value=200))
    return Tenure(post.id, person, since, None if length is None else since + timedelta(days=length))


@pytest.mark.rule(id="X3")
def test_a_post_is_held_from_its_first_day_through_its_last_and_no_longer() -> None:
    held = ended(Tenure(PRESIDENT.id, ANN, MARCH), last_day=date(2021, 5, 31))
    assert held.until == JUNE
    assert not held.covers(date(2021, 2, 28))
    assert held.covers(MARCH)
    assert held.covers(date(2021, 5, 31))
    assert not held.covers(JUNE)


@pytest.mark.rule(id="M11")
def test_when_a_post_changes_hands_no_day_has_two_holders_or_none() -> None:
    first = ended(Tenure(PRESIDENT.id, ANN, MARCH), last_day=date(2021, 5, 31))
    second = Tenure(PRESIDENT.id, BEN, JUNE)
    check_take_up(PRESIDENT, [first], second)
    both = [first, second]
    assert holders_on(PRESIDENT.id, both, date(2021, 5, 31)) == {ANN}
    assert holders_on(PRESIDENT.id, both, JUNE) == {BEN}
    assert posts_of(ANN, both, JUNE) == frozenset()
    assert posts_of(BEN, both, JUNE) == {PRESIDENT.id}


@pytest.mark.rule(id="F2")
def test_a_post_is_vacant_before_between_and_after_its_holders() -> None:
    held = ended(Tenure(PRESIDENT.id, ANN, MARCH), last_day=date(2021, 5, 31))
    assert [is_vacant(PRESIDENT.id, [held], day) for day in (date(2021, 2, 28), MARCH, JUNE)] == [
        True,
        False,
        True,
    ]


@pytest.mark.rule(id="G10")
@pytest.mark.parametrize("since", [date(2021, 1, 1), MARCH, date(2021, 4, 1)])
def test_a_second_holder_of_a_single_seat_is_refused(since: date) -> None:
    with pytest.raises(Refused) as refusal:
        check_take_up(PRESIDENT, [Tenure(PRESIDENT.id, ANN, MARCH)], Tenure(PRESIDENT.id, BEN, since))
    assert (refusal.value.rule, refusal.value.code) == ("G10", "post-filled")
    assert max(since, MARCH).isoformat() in refusal.value.detail.zh


@pytest.mark.rule(id="G10")
def test_two_seats_take_two_people_and_refuse_a_third_only_while_both_are_filled() -> None:
    taken = [Tenure(DEPUTY.id, ANN, MARCH), Tenure(DEPUTY.id, BEN, JUNE)]
    check_take_up(DEPUTY, taken, Tenure(DEPUTY.id, CAI, MARCH, JUNE))
    with pytest.raises(Refused) as refusal:
        check_take_up(DEPUTY, taken, Tenure(DEPUTY.id, CAI, MARCH))
    assert "2021-06-01" in refusal.value.detail.zh


@pytest.mark.rule(id="G10")
def test_a_post_without_a_number_of_seats_takes_everybody_once() -> None:
    taken = [Tenure(HEAD.id, ANN, MARCH), Tenure(HEAD.id, BEN, MARCH)]
    check_take_up(HEAD, taken, Tenure(HEAD.id, CAI, MARCH))
    with pytest.raises(Refused) as refusal:
        check_take_up(HEAD, taken, Tenure(HEAD.id, ANN, JUNE))
    assert refusal.value.code == "tenure-repeated"


@pytest.mark.rule(id="G10")
def test_tenures_of_other_posts_do_not_fill_a_seat() -> None:
    check_take_up(PRESIDENT, [Tenure(CHAIR.id, ANN, MARCH)], Tenure(PRESIDENT.id, ANN, MARCH))


@pytest.mark.rule(id="G10")
def test_a_tenure_that_never_begins_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        check_take_up(PRESIDENT, [], Tenure(PRESIDENT.id, ANN, MARCH, MARCH))
    assert refusal.value.code == "tenure-empty"


def test_a_tenure_of_another_post_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="another post"):
        check_take_up(PRESIDENT, [], Tenure(CHAIR.id, ANN, MARCH))


@pytest.mark.rule(id="X7")
def test_an_end_comes_neither_before_the_beginning_nor_after_the_end_on_record() -> None:
    held = Tenure(PRESIDENT.id, ANN, MARCH, JUNE)
    with pytest.raises(Refused) as before:
        ended(held, last_day=date(2021, 2, 28))
    assert (before.value.rule, before.value.code) == ("X7", "tenure-not-begun")
    for day in (date(2021, 5, 31), JUNE):
        with pytest.raises(Refused) as after:
            ended(held, last_day=day)
        assert (after.value.rule, after.value.code) == ("X7", "tenure-ended")


@pytest.mark.rule(id="X7")
def test_a_planned_end_can_come_earlier() -> None:
    assert ended(Tenure(PRESIDENT.id, ANN, MARCH, JUNE), last_day=MARCH).until == date(2021, 3, 2)


@pytest.mark.rule(id="X1")
def test_the_entitled_of_a_body_are_people_not_seats() -> None:
    held = [
        Tenure(PRESIDENT.id, ANN, MARCH),
        Tenure(DIRECTOR.id, ANN, MARCH),
        Tenure(DIRECTOR.id, BEN, JUNE),
        Tenure(ADVISER.id, CAI, MARCH),
    ]
    every_post = [PRESIDENT, DIRECTOR, ADVISER]
    assert voters_of(COUNCIL, every_post, held, MARCH) == {ANN}
    assert voters_of(COUNCIL, every_post, held, JUNE) == {ANN, BEN}
    assert voters_of(BOARD, every_post, held, JUNE) == frozenset()


@pytest.mark.rule(id="G10")
def test_a_supervisor_who_heads_a_supervised_body_is_warned_of_and_recused_from_that_body() -> None:
    held = [Tenure(CHAIR.id, ANN, MARCH), Tenure(HEAD.id, ANN, JUNE), Tenure(HEAD.id, BEN, MARCH)]
    found = conflicts([CHAIR, HEAD], held, SUPERVISES, JUNE)
    [conflict] = found
    assert (conflict.person, conflict.supervising, conflict.supervised) == (ANN, CHAIR, HEAD)
    assert conflict.warning == (
        "职务冲突：监事长兼任中心负责人，须回避对该机构的监督",
        "Conflict of posts: Chair of the supervisory board is also Head of the centre, "
        "and is recused from supervising that body",
    )
    assert recused_from(ANN, found) == {CENTRE}
    assert recused_from(BEN, found) == frozenset()


@pytest.mark.rule(id="G10")
def test_a_conflict_lasts_only_while_both_posts_are_held() -> None:
    held = [Tenure(CHAIR.id, ANN, MARCH), Tenure(HEAD.id, ANN, JUNE)]
    assert conflicts([CHAIR, HEAD], held, SUPERVISES, date(2021, 5, 31)) == []


@pytest.mark.rule(id="M10")
def test_an_honorary_post_is_no_conflict() -> None:
    held = [Tenure(CHAIR.id, ANN, MARCH), Tenure(ADVISER.id, ANN, MARCH)]
    assert conflicts([CHAIR, ADVISER], held, SUPERVISES, MARCH) == []


@pytest.mark.rule(id="G10")
@given(st.lists(st.tuples(st.integers(0, 5), st.data()), max_size=8), st.sampled_from([PRESIDENT, DEPUTY]))
def test_whatever_is_accepted_never_fills_more_seats_than_there_are(
    attempts: list[tuple[int, st.DataObject]], post: Post
) -> None:
    taken: list[Tenure] = []
    for person, data in attempts:
        new = data.draw(tenures_of(post, UUID(int=100 + person)))
        try:
            check_take_up(post, taken, new)
        except Refused:
            continue
        taken.append(new)
    assert post.seats is not None
    for day in {t.since for t in taken}:
        covering = [t for t in taken if t.covers(day)]
        assert len(covering) == len({t.person for t in covering}) <= post.seats


@pytest.mark.rule(id="G10")
@given(tenures_of(PRESIDENT, ANN), tenures_of(PRESIDENT, BEN))
def test_a_single_seat_refuses_exactly_those_who_share_a_day(first: Tenure, second: Tenure) -> None:
    later = max(first.since, second.since)
    share_a_day = first.covers(later) and second.covers(later)
    try:
        check_take_up(PRESIDENT, [first], second)
    except Refused:
        assert share_a_day
    else:
        assert not share_a_day


@pytest.mark.rule(id="X3")
@given(tenures_of(PRESIDENT, ANN), days)
def test_ending_keeps_every_day_up_to_the_last_and_drops_every_day_after(held: Tenure, last_day: date) -> None:
    assume(held.covers(last_day) and held.until != last_day + timedelta(days=1))
    shorter = ended(held, last_day)
    assert shorter.covers(last_day)
    assert not shorter.covers(last_day + timedelta(days=1))
    assert shorter.covers(held.since)


@pytest.mark.rule(id="G10")
@pytest.mark.parametrize(
    ("day", "unnamed", "expected"),
    [
        (MARCH, False, Occupancy.HELD),
        (MARCH, True, Occupancy.HELD),
        (JUNE, False, Occupancy.VACANT),
        (JUNE, True, Occupancy.UNNAMED),
    ],
)
def test_a_post_whose_holders_the_document_does_not_name_is_not_called_vacant(
    day: date, unnamed: bool, expected: Occupancy
) -> None:
    held = [Tenure(DIRECTOR.id, ANN, MARCH, JUNE)]
    assert occupancy(DIRECTOR.id, held, day, unnamed=unnamed) is expected


@pytest.mark.rule(id="X8")
def test_nobody_enters_an_appointment_of_their_own() -> None:
    for by in (BEN, None):
        keep_apart(Act.ENTERS, Caller.of(by), [whose_appointment(ANN)])
    with pytest.raises(Refused) as refused:
        keep_apart(Act.ENTERS, Caller.of(ANN), [whose_appointment(ANN)])
    assert (refused.value.rule, refused.value.code) == ("X8", "own-appointment")
    assert refused.value.errors == {"person_id": [refused.value.detail]}


@pytest.mark.rule(id="G10")
@pytest.mark.parametrize("decision", ["", "  ", "\u3000\n"])
def test_an_appointment_names_the_decision_it_follows_from(decision: str) -> None:
    check_decision("三届三次理事会决议")
    with pytest.raises(Refused) as refused:
        check_decision(decision)
    assert (refused.value.rule, refused.value.code) == ("G10", "decision-needed")
