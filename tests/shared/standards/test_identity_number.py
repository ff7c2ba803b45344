import pickle
import traceback
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.standards.identity_number import IdentityNumber, Sex, check_character

pytestmark = pytest.mark.rule(id="X5")

TODAY = date(2020, 12, 16)
# The standard's own two specimens, long public as such.
SPECIMEN_X = "11010519491231002X"
SPECIMEN_DIGIT = "440524188001010014"
CHARACTERS = "0123456789X"

numbers = st.builds(
    IdentityNumber.make,
    region=st.integers(100000, 999999).map(str),
    birthday=st.dates(date(1900, 1, 1), TODAY),
    serial=st.integers(0, 999),
)


def refusal(text: object, today: date = TODAY) -> Refused:
    with pytest.raises(Refused) as caught:
        IdentityNumber.parse(text, today)
    assert caught.value.rule == "X5"
    return caught.value


def test_the_specimen_of_the_standard_is_read():
    number = IdentityNumber.parse(SPECIMEN_X, TODAY)
    assert number.birth_date == date(1949, 12, 31)
    assert number.sex is Sex.FEMALE
    assert number.last4 == "002X"
    assert number.reveal() == SPECIMEN_X


def test_the_other_specimen_has_the_check_digit_we_compute():
    assert check_character(SPECIMEN_DIGIT[:17]) == SPECIMEN_DIGIT[17]


def test_a_small_x_is_the_same_number():
    small = IdentityNumber.parse(SPECIMEN_X.lower(), TODAY)
    assert small == IdentityNumber.parse(SPECIMEN_X, TODAY)
    assert hash(small) == hash(IdentityNumber.parse(SPECIMEN_X, TODAY))
    assert small.reveal().endswith("X")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11010519491231002",
        "11010519491231002XX",
        " 11010519491231002X",
        "11010519491231002X\n",
        "11010519491231002Ⅹ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "1101051949123100２X",
        "01010519491231002X",
        "X1010519491231002X",
        "110105491231002",
        110105194912310020,
        1.1010519491231e17,
        None,
        True,
    ],
)
def test_another_shape_is_refused(text):
    assert refusal(text).code == "identity-number-shape"


@pytest.mark.parametrize("born", ["20210229", "19491301", "19490010", "19490431", "18991231", "00000000"])
def test_a_birth_date_that_cannot_be_is_refused(born):
    body = f"110105{born}002"
    assert refusal(body + check_character(body), date(2026, 1, 1)).code == "identity-number-birth-date"


def test_birth_on_the_day_itself_is_possible_and_the_day_after_is_not():
    newborn = IdentityNumber.make("999999", TODAY, 1)
    assert IdentityNumber.parse(newborn.reveal(), TODAY) == newborn
    tomorrow = IdentityNumber.make("999999", date(2020, 12, 17), 1)
    assert refusal(tomorrow.reveal()).code == "identity-number-birth-date"


@given(numbers)
def test_what_is_made_parses_to_itself(number):
    assert IdentityNumber.parse(number.reveal(), TODAY) == number
    assert (number.sex is Sex.MALE) == (int(number.reveal()[16]) % 2 == 1)


@given(numbers, st.integers(0, 17), st.sampled_from(CHARACTERS))
def test_any_one_wrong_character_is_caught(number, place, wrong):
    text = number.reveal()
    assume(text[place] != wrong)
    refusal(text[:place] + wrong + text[place + 1 :])


@given(numbers, st.integers(0, 16))
def test_any_swapped_neighbours_are_caught(number, place):
    text = number.reveal()
    assume(text[place] != text[place + 1])
    refusal(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


@given(st.text(alphabet="0123456789Xx", min_size=17, max_size=19))
def test_no_refusal_tells_the_number(text):
    try:
        IdentityNumber.parse(text, TODAY)
    except Refused as refused:
        shown = [repr(refused), str(refused), str(refused.as_dict("zh")), str(refused.as_dict("en"))]
        told = "".join([*shown, *traceback.format_exception(refused)])
        assert text not in told
        assert text[:14] not in told


@given(numbers)
def test_only_the_last_four_characters_show(number):
    text = number.reveal()
    assert number.masked == "*" * 14 + text[14:]
    for shown in (repr(number), str(number), f"{number}", repr([number]), repr({"a": number})):
        assert text[14:] in shown
        assert text[:14] not in shown


def test_it_survives_the_trip_to_a_worker_process():
    number = IdentityNumber.make("999999", date(1990, 5, 4), 7)
    assert pickle.loads(pickle.dumps(number)) == number


@pytest.mark.parametrize(
    ("region", "birthday", "serial"),
    [
        ("99999", date(1990, 1, 1), 1),
        ("09999９", date(1990, 1, 1), 1),
        ("999999", date(1990, 1, 1), 1000),
        ("999999", date(1990, 1, 1), -1),
        ("999999", date(1899, 1, 1), 1),
    ],
)
def test_parts_of_the_wrong_shape_make_no_number(region, birthday, serial):
    with pytest.raises(ValueError, match=r"has|is in"):
        IdentityNumber.make(region, birthday, serial)
