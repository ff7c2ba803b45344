"""Credit codes and tiers of member units (M1, M2, X5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import places
from services.membership.units.rules import Tier, check_character, credit_code, known_place, tier
from shared.errors import Refused

# Published codes of large companies, and the example that circulates with the standard.
PUBLISHED = [
    "91350100M000100Y43",
    "914403001922038216",
    "9144030071526726XG",
    "91330100799655058B",
    "91110000802100433B",
]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@st.composite
def codes(draw: st.DrawFn) -> str:
    first17 = (
        draw(st.text(ALPHABET, min_size=2, max_size=2))
        + draw(st.text("0123456789", min_size=6, max_size=6))
        + draw(st.text(ALPHABET, min_size=9, max_size=9))
    )
    return first17 + check_character(first17)


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_hold(code: str) -> None:
    assert credit_code(code) == code
    assert credit_code(code.lower()) == code


@pytest.mark.rule(id="M1")
@given(codes(), st.data())
def test_any_single_wrong_character_is_caught(code: str, data: st.DataObject) -> None:
    assert credit_code(code) == code
    place = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != code[place]]))
    with pytest.raises(Refused) as refused:
        credit_code(code[:place] + wrong + code[place + 1 :])
    assert refused.value.rule == "M1"


@pytest.mark.rule(id="M1")
@given(codes(), st.integers(0, 16))
def test_two_neighbours_swapped_are_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(Refused):
            credit_code(swapped)


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "91350100M000100Y4",
        "91350100M000100Y430",
        "9135O100M000100Y43",
        "91350100I000100Y43",
        "９1350100M000100Y43",
        " 91350100M000100Y43",
        "91350100M000100Y43\n",
        "91350100M000100Yſ3",
        "山西省通信行业协会统一社会信用代码号码",
    ],
)
def test_what_has_not_the_shape_of_a_code_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        credit_code(text)
    assert (refused.value.rule, refused.value.code) == ("M1", "credit-code")


@pytest.mark.rule(id="M1")
def test_a_wrong_check_character_is_told_apart_from_a_wrong_shape() -> None:
    with pytest.raises(Refused) as refused:
        credit_code("91350100M000100Y44")
    assert refused.value.code == "credit-code-check"


@pytest.mark.rule(id="M2")
def test_tiers_are_ordered_by_office() -> None:
    assert Tier.MEMBER < Tier.DIRECTOR < Tier.STANDING_DIRECTOR < Tier.VICE_PRESIDENT
    assert [t.label.zh for t in Tier] == ["会员单位", "理事单位", "常务理事单位", "副理事长单位"]


@pytest.mark.rule(id="M2")
def test_a_tier_is_found_by_its_code() -> None:
    assert all(tier(t.code) is t for t in Tier)
    for word in ("president", "MEMBER", "会员单位", ""):
        with pytest.raises(Refused) as refused:
            tier(word)
        assert refused.value.rule == "M2"


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("code", ["", "太原市", "110000", "1401", " 140100"])
def test_a_place_is_one_of_those_units_are_registered_under(code: str) -> None:
    assert known_place("140100", places()) == "140100"
    with pytest.raises(Refused) as refused:
        known_place(code, places())
    assert (refused.value.rule, refused.value.code) == ("M1", "unknown-place")
