"""Who signs what on a day (F1, F2, F3, F4, G11, X1, X2, X4, X8, X9)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.data import expenditure_bands
from services.finance.signers import rules
from services.finance.signers.rules import Absence, Bands, Claim, Need, Post, Roster, Tenure
from shared.errors import Refused
from shared.money import parse_yuan

PRESIDENT, SECRETARY, DEPUTY, CLERK, SUCCESSOR = (UUID(int=number) for number in range(1, 6))
DAY = date(2021, 3, 10)
SINCE = date(2020, 1, 1)
BANDS = expenditure_bands()

HELD = (
    Tenure("president", PRESIDENT, SINCE),
    Tenure("secretary-general", SECRETARY, SINCE),
    Tenure("executive-vice-president", SECRETARY, SINCE),
)
WITH_DEPUTY = (*HELD, Tenure("deputy-secretary-general", DEPUTY, SINCE))
AWAY = Absence("secretary-general", SECRETARY, DAY, DAY + timedelta(days=1))

ALL_HERE = Roster(WITH_DEPUTY)
SECRETARY_AWAY = Roster(WITH_DEPUTY, (AWAY,))
NO_DEPUTY = Roster(HELD, (AWAY,))


def need(
    amount: str,
    roster: Roster = ALL_HERE,
    *,
    claimant: UUID | None = None,
    requester: UUID = CLERK,
    day: date = DAY,
) -> Need:
    return rules.signature_needed(Claim(parse_yuan(amount), requester, claimant), roster, day, BANDS)


def only(person: UUID) -> frozenset[UUID]:
    return frozenset({person})


def refusal(needed: Need, person: UUID, *, resolved: bool = False) -> tuple[str | None, str]:
    with pytest.raises(Refused) as refused:
        rules.check_signature(needed, person, resolved=resolved)
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="F1")
@pytest.mark.parametrize("amount", ["0.01", "2999.99", "3000.00", "3000.01", "29999.00", "29999.99"])
def test_below_thirty_thousand_the_secretary_general_signs(amount: str) -> None:
    needed = need(amount)
    assert (needed.rule, needed.resolution, needed.post, needed.waits) == ("F1", False, Post.SECRETARY_GENERAL, None)
    assert needed.people == only(SECRETARY)


@pytest.mark.rule(id="F3")
@pytest.mark.parametrize("amount", ["30000.00", "30000.01", "49999.99"])
def test_from_thirty_thousand_the_president_signs_without_a_resolution(amount: str) -> None:
    for roster in (ALL_HERE, SECRETARY_AWAY):
        needed = need(amount, roster)
        assert (needed.rule, needed.resolution, needed.post) == ("F3", False, Post.PRESIDENT)
        assert needed.people == only(PRESIDENT)


@pytest.mark.rule(id="F4")
@pytest.mark.parametrize("amount", ["50000.00", "50000.01", "9999999999999.99"])
def test_from_fifty_thousand_a_resolution_comes_first(amount: str) -> None:
    needed = need(amount)
    assert (needed.rule, needed.resolution, needed.post) == ("F4", True, Post.PRESIDENT)
    assert needed.people == only(PRESIDENT)


@pytest.mark.rule(id="F2")
@pytest.mark.parametrize("amount", ["0.01", "2999.99", "3000.00"])
def test_in_a_recorded_absence_the_deputy_signs_up_to_three_thousand(amount: str) -> None:
    needed = need(amount, SECRETARY_AWAY)
    assert (needed.rule, needed.post, needed.people) == ("F2", Post.DEPUTY, only(DEPUTY))


@pytest.mark.rule(id="F2")
@pytest.mark.parametrize("amount", ["3000.01", "29999.99"])
def test_in_a_recorded_absence_the_president_signs_above_three_thousand(amount: str) -> None:
    for roster in (SECRETARY_AWAY, NO_DEPUTY):
        needed = need(amount, roster)
        assert (needed.rule, needed.resolution, needed.post) == ("F2", False, Post.PRESIDENT)
        assert needed.people == only(PRESIDENT)


@pytest.mark.rule(id="F2")
def test_where_the_deputys_post_is_vacant_it_says_so_and_waits() -> None:
    needed = need("3000.00", NO_DEPUTY)
    assert (needed.post, needed.people) == (Post.DEPUTY, frozenset())
    assert needed.waits is not None
    assert "3000.00元，秘书长请假期间3000.00元以下由副秘书长签批；副秘书长一职空缺" in needed.waits.zh
    assert "deputy secretary-general is vacant" in needed.waits.en
    for person in (PRESIDENT, SECRETARY, DEPUTY):
        assert refusal(needed, person) == ("F2", "signature-waits")


@pytest.mark.rule(id="F2")
def test_above_three_thousand_in_the_absence_it_waits_for_an_absent_president() -> None:
    away = (AWAY, Absence("president", PRESIDENT, DAY))
    needed = need("3000.01", Roster(WITH_DEPUTY, away))
    assert (needed.rule, needed.post, needed.people) == ("F2", Post.PRESIDENT, frozenset())
    assert needed.waits is not None
    assert "理事长请假" in needed.waits.zh


@pytest.mark.rule(id="F2")
def test_nobody_acts_for_an_absent_deputy_and_no_secretary_general_as_their_own_deputy() -> None:
    both_away = Roster(WITH_DEPUTY, (AWAY, Absence("deputy-secretary-general", DEPUTY, DAY)))
    own_deputy = Roster((*HELD, Tenure("deputy-secretary-general", SECRETARY, SINCE)), (AWAY,))
    for roster in (both_away, own_deputy):
        needed = need("100.00", roster)
        assert (needed.post, needed.people) == (Post.DEPUTY, frozenset())
        assert needed.waits is not None


@pytest.mark.rule(id="F1")
def test_a_vacant_post_is_no_absence_and_no_deputy_fills_it() -> None:
    vacant = Roster(tuple(tenure for tenure in WITH_DEPUTY if tenure.person != SECRETARY))
    needed = need("100.00", vacant)
    assert (needed.rule, needed.post, needed.people) == ("F1", Post.SECRETARY_GENERAL, frozenset())
    assert needed.waits is not None
    assert "秘书长一职空缺" in needed.waits.zh


@pytest.mark.rule(id="F1")
def test_the_executive_vice_presidency_alone_signs_nothing() -> None:
    only = Roster((Tenure("executive-vice-president", SECRETARY, SINCE), Tenure("president", PRESIDENT, SINCE)))
    assert need("100.00", only).people == frozenset()


@pytest.mark.rule(id="G11")
def test_the_deputy_acts_inside_the_absence_only() -> None:
    # Away on the 10th and the 11th, back on the 12th.
    roster = Roster(WITH_DEPUTY, (Absence("secretary-general", SECRETARY, DAY, DAY + timedelta(days=2)),))
    signers = [need("100.00", roster, day=DAY + timedelta(days=days)).people for days in (-1, 0, 1, 2)]
    assert signers == [only(SECRETARY), only(DEPUTY), only(DEPUTY), only(SECRETARY)]


@pytest.mark.rule(id="G11")
@pytest.mark.parametrize(
    "absence",
    [
        Absence("executive-vice-president", SECRETARY, DAY),
        Absence("secretary-general", SUCCESSOR, DAY),
        Absence("secretary-general", SECRETARY, DAY + timedelta(days=1)),
    ],
)
def test_an_absence_from_another_post_of_another_person_or_to_come_is_none(absence: Absence) -> None:
    assert need("100.00", Roster(WITH_DEPUTY, (absence,))).people == only(SECRETARY)


@pytest.mark.rule(id="M11")
def test_whoever_holds_the_post_on_the_day_of_the_signature_signs() -> None:
    handover = DAY + timedelta(days=1)
    tenures = (
        Tenure("president", PRESIDENT, SINCE),
        Tenure("secretary-general", SECRETARY, SINCE, handover),
        Tenure("secretary-general", SUCCESSOR, handover),
    )
    roster = Roster(tenures)
    requested, signed = need("100.00", roster), need("100.00", roster, day=handover)
    assert (requested.people, signed.people) == (only(SECRETARY), only(SUCCESSOR))
    rules.check_signature(signed, SUCCESSOR)
    assert refusal(signed, SECRETARY) == ("F1", "not-the-signer")


@pytest.mark.rule(id="M11")
def test_the_absence_of_a_predecessor_is_not_the_successors() -> None:
    tenures = (
        Tenure("secretary-general", SECRETARY, SINCE, DAY),
        Tenure("secretary-general", SUCCESSOR, DAY),
    )
    roster = Roster(tenures, (Absence("secretary-general", SECRETARY, SINCE),))
    assert need("100.00", roster).people == only(SUCCESSOR)


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize("amount", ["100.00", "3000.00", "29999.99"])
def test_the_secretary_generals_own_goes_to_the_president(amount: str) -> None:
    for roster in (ALL_HERE, SECRETARY_AWAY):
        for needed in (need(amount, roster, claimant=SECRETARY), need(amount, roster, requester=SECRETARY)):
            assert (needed.post, needed.people, needed.resolution) == (Post.PRESIDENT, only(PRESIDENT), False)
    assert need("100.00", claimant=SECRETARY).rule == "X8"


@pytest.mark.rule(id="X8")
def test_the_deputys_own_goes_up_where_the_deputy_would_sign() -> None:
    assert need("100.00", claimant=DEPUTY).people == only(SECRETARY)
    needed = need("100.00", SECRETARY_AWAY, claimant=DEPUTY)
    assert (needed.rule, needed.post, needed.people) == ("X8", Post.PRESIDENT, only(PRESIDENT))


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize("amount", ["0.01", "29999.99", "30000.00", "50000.00"])
def test_the_presidents_own_goes_to_the_standing_council(amount: str) -> None:
    needed = need(amount, claimant=PRESIDENT)
    assert (needed.rule, needed.resolution, needed.post, needed.people) == ("X8", True, None, frozenset())
    assert refusal(needed, SECRETARY) == ("X8", "resolution-needed")


@pytest.mark.rule(id="X8")
def test_what_the_president_requests_for_others_is_the_councils_only_in_the_presidents_band() -> None:
    assert need("29999.99", requester=PRESIDENT).people == only(SECRETARY)
    assert need("30000.00", requester=PRESIDENT).post is None
    assert need("3000.01", SECRETARY_AWAY, requester=PRESIDENT).post is None
    assert need("100.00", requester=PRESIDENT, claimant=SECRETARY).post is None


@pytest.mark.parametrize(
    ("amount", "roster", "person", "refused"),
    [
        pytest.param("2999.99", ALL_HERE, DEPUTY, "F1", marks=pytest.mark.rule(id="F1")),
        pytest.param("29999.99", ALL_HERE, PRESIDENT, "F1", marks=pytest.mark.rule(id="F1")),
        pytest.param("3000.00", SECRETARY_AWAY, SECRETARY, "F2", marks=pytest.mark.rule(id="F2")),
        pytest.param("3000.01", SECRETARY_AWAY, DEPUTY, "F2", marks=pytest.mark.rule(id="F2")),
        pytest.param("30000.00", ALL_HERE, SECRETARY, "F3", marks=pytest.mark.rule(id="F3")),
        pytest.param("49999.99", ALL_HERE, DEPUTY, "F3", marks=pytest.mark.rule(id="F3")),
    ],
)
def test_anybody_else_is_refused_by_the_rule_that_settles_it(
    amount: str, roster: Roster, person: UUID, refused: str
) -> None:
    assert refusal(need(amount, roster), person) == (refused, "not-the-signer")


@pytest.mark.rule(id="F4")
def test_fifty_thousand_is_not_signed_before_its_resolution() -> None:
    needed = need("50000.00")
    assert refusal(needed, PRESIDENT) == ("F4", "resolution-needed")
    rules.check_signature(needed, PRESIDENT, resolved=True)
    assert refusal(needed, SECRETARY, resolved=True) == ("F4", "not-the-signer")


@pytest.mark.rule(id="X9")
def test_before_annex_2_is_in_force_there_are_no_bands() -> None:
    assert need("100.00", day=date(2021, 3, 1)).bands == "expenditure-bands-2021-03-01"
    with pytest.raises(Refused) as refused:
        need("100.00", day=date(2021, 2, 28))
    assert (refused.value.rule, refused.value.code) == ("X9", "bands-not-in-force")
    assert "自2021-03-01起施行，2021-02-28尚无" in refused.value.detail.zh


@pytest.mark.rule(id="X4")
def test_the_bands_of_the_day_count() -> None:
    (first,) = BANDS
    second = replace(first, version="next", effective_from=date(2022, 1, 1), president_from=4_000_000)
    claim = Claim(3_000_000, CLERK)
    for versions in ((first, second), (second, first)):
        before = rules.signature_needed(claim, ALL_HERE, date(2021, 12, 31), versions)
        after = rules.signature_needed(claim, ALL_HERE, date(2022, 1, 1), versions)
        assert (before.post, before.bands) == (Post.PRESIDENT, first.version)
        assert (after.post, after.bands) == (Post.SECRETARY_GENERAL, "next")


@pytest.mark.rule(id="X4")
@pytest.mark.parametrize(("deputy", "president", "resolution"), [(0, 2, 3), (2, 2, 3), (1, 3, 2)])
def test_bands_that_do_not_follow_one_another_are_none(deputy: int, president: int, resolution: int) -> None:
    with pytest.raises(ValueError, match="do not follow"):
        Bands("x", SINCE, BANDS[0].clause, deputy, president, resolution)
    Bands("x", SINCE, BANDS[0].clause, deputy_up_to=1, president_from=2, resolution_from=2)


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["3000.005", "1e5", "３０００", "-1", "", "3,000.00", "+1", "1.", " 1"])
def test_an_amount_that_is_none_is_refused_where_it_comes_in(amount: str) -> None:
    with pytest.raises(Refused) as refused:
        need(amount)
    assert refused.value.rule == "X2"


PEOPLE = st.sampled_from([PRESIDENT, SECRETARY, DEPUTY, CLERK, SUCCESSOR])
CODES = st.sampled_from([post.value for post in Post])
DAYS = st.dates(date(2021, 3, 1), date(2021, 3, 20))
ENDS = st.none() | st.dates(date(2021, 3, 2), date(2021, 3, 21))
ROSTERS = st.builds(
    Roster,
    st.lists(st.builds(Tenure, CODES, PEOPLE, DAYS | st.just(SINCE), ENDS), max_size=8).map(tuple),
    st.lists(st.builds(Absence, CODES, PEOPLE, DAYS, ENDS), max_size=4).map(tuple),
)
EDGES = [300_000, 300_001, 2_999_999, 3_000_000, 4_999_999, 5_000_000]
CLAIMS = st.builds(Claim, st.integers(1, 10_000_000) | st.sampled_from(EDGES), PEOPLE, st.none() | PEOPLE)


@pytest.mark.rule(id="X8")
@given(CLAIMS, ROSTERS, DAYS)
def test_whatever_the_posts_the_signer_holds_one_is_here_and_has_no_part_in_it(
    claim: Claim, roster: Roster, day: date
) -> None:
    needed = rules.signature_needed(claim, roster, day, BANDS)
    assert not needed.people & claim.own
    if needed.post is None:
        assert needed.resolution
        assert (needed.people, needed.waits) == (frozenset(), None)
        assert claim.own & roster.holders(Post.PRESIDENT, day)
        return
    assert needed.people <= roster.present(needed.post, day)
    assert bool(needed.people) == (needed.waits is None)
    assert needed.resolution == (claim.amount >= 5_000_000)
    if needed.post is Post.DEPUTY:
        assert claim.amount <= 300_000
        assert roster.holders(Post.SECRETARY_GENERAL, day)
        assert not roster.present(Post.SECRETARY_GENERAL, day)
    if claim.amount >= 3_000_000:
        assert needed.post is Post.PRESIDENT


@pytest.mark.rule(id="F1")
@given(CLAIMS, ROSTERS, DAYS, PEOPLE)
def test_check_and_need_agree(claim: Claim, roster: Roster, day: date, person: UUID) -> None:
    needed = rules.signature_needed(claim, roster, day, BANDS)
    try:
        rules.check_signature(needed, person, resolved=True)
    except Refused:
        assert person not in needed.people
    else:
        assert person in needed.people
