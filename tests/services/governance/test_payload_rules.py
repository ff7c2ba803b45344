"""What a resolution may carry: a dues standard (M3), a limit to spend (F4), a revocation (X7)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.bodies.rules import Kind
from services.governance.data.matrix import matters
from services.governance.matters.rules import Matter, PayloadKind, SubjectKind
from services.governance.payloads.rules import (
    DuesStandard,
    DuesTerms,
    Joining,
    Leaving,
    Payload,
    Revocation,
    SpendingLimit,
    TierAmount,
    Waiver,
    as_kept,
    check_dues_standard,
    check_payload,
    from_kept,
)
from shared.errors import Refused
from shared.text import Text

DAY = date(2021, 4, 1)
TIERS = frozenset({"member", "director", "standing_director", "vice_president", "guest"})
TERMS = DuesTerms(UUID(int=1), TIERS, 4)
EXPENDITURE = UUID(int=50)
REVOCATION = Revocation(UUID(int=60), "金额有误")


def standard(*amounts: tuple[Any, Any], since: date = DAY) -> DuesStandard:
    return DuesStandard(tuple(TierAmount(tier, amount) for tier, amount in amounts), since)


FIVE_THOUSAND = standard(("member", 500_000))


def matter(kind: PayloadKind) -> Matter:
    about = SubjectKind.EXPENDITURE if kind is PayloadKind.EXPENDITURE else None
    return Matter(UUID(int=2), "m", Text("议题", "A matter"), (Kind.ASSEMBLY,), Text("条", "Article"), kind, about)


def check(kind: PayloadKind, payload: Payload | None, subject: UUID | None = None) -> None:
    check_payload(matter(kind), payload, subject, [TERMS], DAY)


def refusal(standard: DuesStandard, terms: DuesTerms = TERMS) -> str:
    with pytest.raises(Refused) as refused:
        check_dues_standard(standard, terms, DAY)
    assert refused.value.rule == "M3"
    return refused.value.code


@pytest.mark.rule(id="M3")
def test_fixed_amounts_for_up_to_four_tiers() -> None:
    four = [("member", 500_000), ("director", 1_000_000), ("standing_director", 2_000_000), ("vice_president", 1)]
    for count in range(1, 5):
        check_dues_standard(standard(*four[:count]), TERMS, DAY)
    assert refusal(standard(*four, ("guest", 100))) == "dues-tiers"
    assert refusal(standard()) == "dues-tiers"


@pytest.mark.rule(id="X4")
def test_how_many_tiers_there_may_be_is_data() -> None:
    two = standard(("member", 1), ("director", 2))
    assert refusal(two, DuesTerms(UUID(int=9), TIERS, 1)) == "dues-tiers"
    later = DuesTerms(UUID(int=10), TIERS, 1, DAY + timedelta(days=1))
    check_payload(matter(PayloadKind.DUES_STANDARD), two, None, [TERMS, later], DAY)
    next_day = DAY + timedelta(days=1)
    moved = DuesStandard(two.amounts, next_day)
    with pytest.raises(Refused):
        check_payload(matter(PayloadKind.DUES_STANDARD), moved, None, [TERMS, later], next_day)


@pytest.mark.rule(id="M3")
def test_a_tier_is_known_and_named_once() -> None:
    assert refusal(standard(("member", 100), ("member", 200))) == "dues-tier-twice"
    assert refusal(standard(("members", 100))) == "dues-tier-unknown"
    check_dues_standard(standard(("member", 100)), DuesTerms(UUID(int=9), {"member"}, 4), DAY)


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", [0, -1, 500_000.0, True, "500000"])
def test_an_amount_is_whole_fen_above_zero(amount: Any) -> None:
    assert refusal(standard(("director", 1), ("member", amount))) == "dues-amount"


@pytest.mark.rule(id="M3")
def test_a_standard_begins_on_the_day_it_is_resolved_or_later() -> None:
    check_dues_standard(standard(("member", 1), since=DAY), TERMS, DAY)
    check_dues_standard(standard(("member", 1), since=date(2022, 1, 1)), TERMS, DAY)
    assert refusal(standard(("member", 1), since=DAY - timedelta(days=1))) == "dues-backdated"


UNIT = UUID(int=70)
OF_A_TIER = Waiver("member", None, None, "服务小微企业")
OF_A_UNIT = Waiver(None, UNIT, 2021, "受灾停产")


def waiving(*waivers: Waiver) -> DuesStandard:
    return replace(FIVE_THOUSAND, waivers=waivers)


@pytest.mark.rule(id="M3")
def test_a_waiver_is_for_one_tier_or_one_unit_with_its_reason() -> None:
    same_for_another_year = OF_A_UNIT._replace(year=2022)
    check_dues_standard(waiving(OF_A_TIER, OF_A_UNIT, same_for_another_year), TERMS, DAY)
    # A tier may be let off that the standard sets no amount for: nothing of it would be owed either way.
    check_dues_standard(waiving(OF_A_TIER._replace(tier="director")), TERMS, DAY)


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("waivers", "code"),
    [
        ([OF_A_TIER._replace(unit=UNIT)], "waiver-whose"),
        ([OF_A_TIER._replace(tier=None)], "waiver-whose"),
        ([OF_A_TIER._replace(tier="president")], "dues-tier-unknown"),
        ([OF_A_UNIT._replace(year=2020)], "waiver-year"),
        ([OF_A_UNIT._replace(reason=" ")], "reason-needed"),
        ([OF_A_UNIT, OF_A_UNIT._replace(reason="另一理由")], "waiver-twice"),
    ],
)
def test_what_cannot_be_a_waiver(waivers: list[Waiver], code: str) -> None:
    assert refusal(waiving(*waivers)) == code


@pytest.mark.rule(id="M3")
def test_a_standard_that_says_nothing_of_joining_and_leaving_means_whole_years() -> None:
    kept = as_kept(FIVE_THOUSAND)
    assert kept is not None
    for later in ("joining", "leaving", "waivers"):
        del kept[later]
    standard = from_kept(kept)
    assert isinstance(standard, DuesStandard)
    assert (standard.joining, standard.leaving, standard.waivers) == (Joining.WHOLE_YEAR, Leaving.NOTHING_BACK, ())


@pytest.mark.rule(id="G1")
@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (PayloadKind.NONE, FIVE_THOUSAND),
        (PayloadKind.NONE, SpendingLimit(1)),
        (PayloadKind.DUES_STANDARD, None),
        (PayloadKind.DUES_STANDARD, SpendingLimit(1)),
        (PayloadKind.EXPENDITURE, None),
        (PayloadKind.EXPENDITURE, FIVE_THOUSAND),
    ],
)
def test_a_matter_takes_its_own_payload_only(kind: PayloadKind, payload: Payload | None) -> None:
    with pytest.raises(Refused) as refused:
        check(kind, payload, EXPENDITURE)
    assert (refused.value.rule, refused.value.code) == ("G1", "payload")
    assert kind.label.zh in refused.value.detail.zh


@pytest.mark.rule(id="G1")
def test_each_matter_accepts_what_it_asks_for() -> None:
    check(PayloadKind.NONE, None)
    check(PayloadKind.DUES_STANDARD, FIVE_THOUSAND)
    check(PayloadKind.EXPENDITURE, SpendingLimit(5_000_000), EXPENDITURE)


@pytest.mark.rule(id="M3")
def test_a_standard_inside_a_motion_is_looked_at() -> None:
    with pytest.raises(Refused) as refused:
        check(PayloadKind.DUES_STANDARD, standard(("member", 0)))
    assert refused.value.rule == "M3"


@pytest.mark.rule(id="F4")
@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_above_zero(limit: int) -> None:
    with pytest.raises(Refused) as refused:
        check(PayloadKind.EXPENDITURE, SpendingLimit(limit), EXPENDITURE)
    assert (refused.value.rule, refused.value.code) == ("F4", "limit")


@pytest.mark.rule(id="F4")
def test_a_limit_names_its_expenditure() -> None:
    with pytest.raises(Refused) as refused:
        check(PayloadKind.EXPENDITURE, SpendingLimit(5_000_000))
    assert (refused.value.rule, refused.value.code) == ("F4", "subject-needed")


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("code", ["unit-admission", "unit-removal"])
def test_a_motion_on_a_member_names_the_application_or_the_unit(code: str) -> None:
    (on_members,) = (each for each in matters() if each.code == code)
    check_payload(on_members, None, UUID(int=7), [TERMS], DAY)
    with pytest.raises(Refused) as refused:
        check_payload(on_members, None, None, [TERMS], DAY)
    assert (refused.value.rule, refused.value.code) == ("M1", "subject-needed")
    check_payload(on_members, REVOCATION, None, [TERMS], DAY)


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("kind", list(PayloadKind))
def test_a_revocation_stands_in_place_of_any_payload_and_says_why(kind: PayloadKind) -> None:
    check(kind, REVOCATION)
    with pytest.raises(Refused) as refused:
        check(kind, Revocation(REVOCATION.resolution, " \u3000"))
    assert (refused.value.rule, refused.value.code) == ("X7", "reason-needed")
    with pytest.raises(Refused) as refused:
        check(kind, REVOCATION, UUID(int=50))
    assert (refused.value.rule, refused.value.code) == ("X7", "subject-unwanted")


payloads: st.SearchStrategy[Payload] = st.one_of(
    st.builds(
        DuesStandard,
        st.lists(st.builds(TierAmount, st.sampled_from(sorted(TIERS)), st.integers(1, 10**15)), max_size=4).map(tuple),
        st.dates(),
        st.sampled_from(Joining),
        st.sampled_from(Leaving),
        st.lists(
            st.builds(
                Waiver,
                st.none() | st.sampled_from(sorted(TIERS)),
                st.none() | st.uuids(),
                st.none() | st.integers(2000, 2999),
                st.text(),
            ),
            max_size=3,
        ).map(tuple),
    ),
    st.builds(SpendingLimit, st.integers(1, 10**15)),
    st.builds(Revocation, st.uuids(), st.text(min_size=1)),
)


@given(payloads)
def test_a_payload_comes_back_as_it_was_kept(payload: Payload) -> None:
    assert from_kept(as_kept(payload)) == payload


def test_nothing_is_kept_as_nothing_and_strange_kinds_are_not_read() -> None:
    assert from_kept(as_kept(None)) is None
    with pytest.raises(ValueError, match="magic"):
        from_kept({"kind": "magic"})


@pytest.mark.rule(id="M3")
@given(
    st.lists(st.tuples(st.sampled_from([*sorted(TIERS), "unknown"]), st.integers(-2, 10)), max_size=6),
    st.integers(-2, 2),
)
def test_a_standard_is_accepted_exactly_where_every_condition_holds(amounts: list[tuple[str, int]], days: int) -> None:
    tiers = [tier for tier, _ in amounts]
    holds = (
        1 <= len(tiers) <= 4
        and len(set(tiers)) == len(tiers)
        and "unknown" not in tiers
        and all(amount > 0 for _, amount in amounts)
        and days >= 0
    )
    try:
        check_dues_standard(standard(*amounts, since=DAY + timedelta(days=days)), TERMS, DAY)
    except Refused:
        assert not holds
    else:
        assert holds
