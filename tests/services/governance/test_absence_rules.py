"""Who is away on record, and who acts then (G11, X7, X8)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.absences.rules import (
    Absence,
    Deputyship,
    absent_on,
    acting_for,
    called_off,
    check_absence,
    ended,
    whose_absence,
)
from services.governance.posts.rules import Tenure
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

SECRETARY, DEPUTY, PRESIDENT = (UUID(int=n) for n in range(1, 4))
ANN, BEN, CAI = (UUID(int=n) for n in range(11, 14))
TODAY = date(2021, 4, 1)
RULE = Deputyship(UUID(int=21), SECRETARY, DEPUTY, date(2021, 3, 1))
ANN_SECRETARY = Tenure(SECRETARY, ANN, date(2020, 1, 1))
BEN_DEPUTY = Tenure(DEPUTY, BEN, date(2021, 3, 15))
TENURES = (ANN_SECRETARY, BEN_DEPUTY)


def day(number: int) -> date:
    """The day ``number`` days after today."""
    return TODAY + timedelta(days=number)


def away(since: int, until: int, person: UUID = ANN, post: UUID = SECRETARY) -> Absence:
    return Absence(post, person, day(since), day(until))


def check(
    new: Absence,
    *known: Absence,
    tenures: tuple[Tenure, ...] = TENURES,
    by: UUID | None = CAI,
    rules: tuple[Deputyship, ...] = (RULE,),
) -> None:
    check_absence(new, known, tenures, TODAY)
    keep_apart(Act.ENTERS, Caller.of(by), [whose_absence(new, tenures, rules)])


def refusal(
    new: Absence, *known: Absence, tenures: tuple[Tenure, ...] = TENURES, by: UUID | None = CAI
) -> tuple[str | None, str]:
    with pytest.raises(Refused) as refused:
        check(new, *known, tenures=tenures, by=by)
    return refused.value.rule, refused.value.code


def acting(on: date, *absences: Absence, tenures: tuple[Tenure, ...] = TENURES) -> frozenset[UUID]:
    return acting_for(SECRETARY, absences, tenures, [RULE], on)


@pytest.mark.rule(id="G11")
def test_the_deputy_acts_from_the_first_day_through_the_last_and_no_longer() -> None:
    absence = away(1, 4)
    check(absence)
    assert [acting(day(n), absence) for n in range(5)] == [set(), {BEN}, {BEN}, {BEN}, set()]
    assert absent_on(SECRETARY, [absence], day(1)) == {ANN}


@pytest.mark.rule(id="G11")
def test_without_a_record_nobody_acts() -> None:
    assert acting(TODAY) == frozenset()


@pytest.mark.rule(id="F2")
def test_where_the_deputys_post_is_vacant_nobody_acts() -> None:
    assert acting(day(1), away(1, 4), tenures=(ANN_SECRETARY,)) == frozenset()


@pytest.mark.rule(id="G11")
def test_a_deputy_who_is_away_too_does_not_act() -> None:
    both = (away(0, 9), away(2, 4, BEN, DEPUTY))
    assert [acting(day(n), *both) for n in (1, 2, 3, 4)] == [{BEN}, set(), set(), {BEN}]


@pytest.mark.rule(id="G11")
def test_a_vacant_post_is_no_absence() -> None:
    assert acting(day(1), away(0, 9), tenures=(BEN_DEPUTY,)) == frozenset()


@pytest.mark.rule(id="M11")
def test_the_absence_of_a_predecessor_gives_nobody_a_right_over_the_successor() -> None:
    changed = (Tenure(SECRETARY, ANN, date(2020, 1, 1), day(2)), Tenure(SECRETARY, CAI, day(2)), BEN_DEPUTY)
    absence = away(0, 9)
    assert acting(day(1), absence, tenures=changed) == {BEN}
    assert acting(day(2), absence, tenures=changed) == frozenset()


@pytest.mark.rule(id="X8")
def test_nobody_acts_for_themselves() -> None:
    both = (ANN_SECRETARY, Tenure(DEPUTY, ANN, date(2020, 1, 1)))
    assert acting(day(1), away(0, 9), tenures=both) == frozenset()


@pytest.mark.rule(id="X9")
def test_no_deputy_acts_before_annex_2_is_in_force() -> None:
    early = Absence(SECRETARY, ANN, date(2021, 2, 20), date(2021, 3, 20))
    ben = Tenure(DEPUTY, BEN, date(2020, 1, 1))
    assert acting(date(2021, 2, 28), early, tenures=(ANN_SECRETARY, ben)) == frozenset()
    assert acting(date(2021, 3, 1), early, tenures=(ANN_SECRETARY, ben)) == {BEN}


@pytest.mark.rule(id="G11")
def test_a_post_without_a_deputy_has_nobody_acting() -> None:
    president = Tenure(PRESIDENT, ANN, date(2020, 1, 1))
    absence = away(0, 9, ANN, PRESIDENT)
    check(absence, tenures=(president,))
    assert acting_for(PRESIDENT, [absence], [president, BEN_DEPUTY], [RULE], day(1)) == frozenset()


@pytest.mark.rule(id="G11")
def test_an_absence_is_never_entered_afterwards() -> None:
    check(away(0, 1))
    assert refusal(away(-1, 3)) == ("G11", "absence-backdated")


@pytest.mark.rule(id="G11")
@pytest.mark.parametrize(("since", "until"), [(1, 1), (2, 1)])
def test_an_absence_lasts_a_day_or_more(since: int, until: int) -> None:
    assert refusal(away(since, until)) == ("G11", "absence-empty")


@pytest.mark.rule(id="G11")
def test_only_who_holds_the_post_throughout_is_absent_from_it() -> None:
    leaving = Tenure(SECRETARY, ANN, date(2020, 1, 1), day(3))
    coming = Tenure(SECRETARY, ANN, day(2))
    check(away(0, 3), tenures=(leaving,))
    check(away(2, 9), tenures=(coming,))
    for new, tenures in (
        (away(0, 4), (leaving,)),
        (away(1, 3), (coming,)),
        (away(0, 3, CAI), TENURES),
        (away(0, 3, ANN, PRESIDENT), TENURES),
        (away(0, 3), ()),
    ):
        assert refusal(new, tenures=tenures) == ("G11", "not-the-holder")


@pytest.mark.rule(id="G11")
@pytest.mark.parametrize(("since", "until"), [(0, 4), (4, 6), (5, 9), (0, 9), (3, 7)])
def test_records_of_one_person_and_post_never_overlap(since: int, until: int) -> None:
    assert refusal(away(since, until), away(3, 7)) == ("G11", "absence-overlaps")


@pytest.mark.rule(id="G11")
def test_an_absence_may_follow_another_at_once_and_another_posts_does_not_matter() -> None:
    check(away(7, 9), away(3, 7), away(0, 9, BEN, DEPUTY), away(0, 9, CAI))
    check(away(1, 3), away(3, 7))


@pytest.mark.rule(id="G11")
def test_the_refusal_names_the_days_on_record() -> None:
    with pytest.raises(Refused) as refused:
        check(away(0, 4), away(3, 7))
    assert "2021-04-04至2021-04-07" in refused.value.detail.zh
    assert "2021-04-04 to 2021-04-07" in refused.value.detail.en


@pytest.mark.rule(id="X8")
def test_whoever_would_act_does_not_enter_the_absence() -> None:
    assert refusal(away(0, 3), by=BEN) == ("X8", "deputy-records")
    for by in (ANN, CAI, None):
        check(away(0, 3), by=by)


@pytest.mark.rule(id="X8")
def test_a_deputy_of_other_days_may_enter_it() -> None:
    later = Tenure(DEPUTY, BEN, day(5))
    check(away(0, 5), tenures=(ANN_SECRETARY, later), by=BEN)
    assert refusal(away(0, 6), tenures=(ANN_SECRETARY, later), by=BEN) == ("X8", "deputy-records")


@pytest.mark.rule(id="G11")
def test_an_absence_ends_early_but_not_before_today() -> None:
    running = away(-5, 5)
    assert ended(running, TODAY, TODAY) == away(-5, 1)
    assert ended(running, day(3), TODAY) == away(-5, 4)
    assert ended(away(2, 5), day(2), TODAY) == away(2, 3)
    with pytest.raises(Refused) as refused:
        ended(running, day(-1), TODAY)
    assert (refused.value.rule, refused.value.code) == ("G11", "absence-backdated")


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize(
    ("absence", "last_day", "code"),
    [
        (away(-5, 5), 4, "absence-ended"),
        (away(-5, 5), 9, "absence-ended"),
        (away(2, 5), 1, "absence-not-begun"),
        (away(-5, 0), 0, "absence-over"),
        (away(2, 2), 2, "absence-over"),
    ],
)
def test_an_end_only_comes_earlier_and_inside_the_absence(absence: Absence, last_day: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        ended(absence, day(last_day), TODAY)
    assert (refused.value.rule, refused.value.code) == ("X7", code)


@pytest.mark.rule(id="X7")
def test_an_absence_is_called_off_before_it_begins_and_stays_on_record_without_a_day() -> None:
    gone = called_off(away(1, 4), TODAY)
    assert gone.called_off
    assert not any(gone.covers(day(n)) for n in range(-1, 6))
    check(away(0, 9), gone)
    for absence, code in ((away(0, 4), "absence-begun"), (away(-3, 0), "absence-over"), (gone, "absence-over")):
        with pytest.raises(Refused) as refused:
            called_off(absence, TODAY)
        assert (refused.value.rule, refused.value.code) == ("X7", code)


@pytest.mark.rule(id="X4")
def test_the_deputy_is_the_one_of_the_version_in_force() -> None:
    newer = Deputyship(UUID(int=22), SECRETARY, PRESIDENT, day(3))
    tenures = (*TENURES, Tenure(PRESIDENT, CAI, date(2020, 1, 1)))
    for number, who in ((2, BEN), (3, CAI)):
        assert acting_for(SECRETARY, [away(0, 9)], tenures, [RULE, newer], day(number)) == {who}


spans = st.tuples(st.integers(-3, 20), st.integers(-3, 25))


@pytest.mark.rule(id="G11")
@given(st.lists(spans, max_size=8))
def test_whatever_is_accepted_no_day_has_two_records_and_none_lies_behind(attempts: list[tuple[int, int]]) -> None:
    taken: list[Absence] = []
    for since, until in attempts:
        new = away(since, until)
        shares_a_day = any(each.covers(day(n)) and new.covers(day(n)) for each in taken for n in range(-3, 26))
        try:
            check(new, *taken)
        except Refused:
            assert since < 0 or until <= since or shares_a_day
            continue
        assert not shares_a_day
        taken.append(new)
    for n in range(-3, 26):
        covering = [each for each in taken if each.covers(day(n))]
        assert len(covering) <= 1
        assert not (covering and n < 0)
        assert acting(day(n), *taken) == ({BEN} if covering else frozenset())


@pytest.mark.rule(id="G11")
@given(st.integers(-5, 5), st.integers(1, 10), st.integers(-5, 15))
def test_ending_takes_no_day_that_has_begun_and_adds_none(since: int, length: int, last: int) -> None:
    absence = away(since, since + length)
    try:
        shorter = ended(absence, day(last), TODAY)
    except Refused:
        return
    for n in range(-6, 16):
        if shorter.covers(day(n)):
            assert absence.covers(day(n))
        if absence.covers(day(n)) and n <= 0:
            assert shorter.covers(day(n))
    assert shorter.covers(day(last))
    assert shorter != absence
