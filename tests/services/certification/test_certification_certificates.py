from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.certification.batches.rules import BatchState
from services.certification.certificates.rules import (
    CHECK_NAMES,
    CertificateFacts,
    CertificateNumber,
    NumberCheck,
    Validity,
    as_typed,
    check_may_issue,
    check_number,
    verify,
)
from services.certification.data import NUMBER_PATTERNS
from services.certification.results.rules import Standing
from shared.errors import Refused

pytestmark = pytest.mark.rule(id="C7")

PATTERN = NUMBER_PATTERNS[0]
FIRST_OF_LEVEL_THREE = "S000014000001203000001"
FIRST_OF_LEVEL_FOUR = "S000014000001204000001"

numbers = st.builds(
    lambda **parts: CertificateNumber.build(PATTERN, **parts),
    year=st.integers(2000, 2099),
    level=st.integers(1, 5),
    serial=st.integers(1, 999_999),
)


def refusal(call, *arguments, **more):
    with pytest.raises(Refused) as caught:
        call(*arguments, **more)
    assert caught.value.rule == "C7"
    return caught.value.code


def test_the_first_numbers_of_2020():
    assert CertificateNumber.build(PATTERN, year=2020, level=3, serial=1).text == FIRST_OF_LEVEL_THREE
    assert CertificateNumber.build(PATTERN, year=2020, level=4, serial=1).text == FIRST_OF_LEVEL_FOUR
    assert PATTERN.length == 22


def test_a_number_says_where_when_and_what():
    number = CertificateNumber.parse(PATTERN, FIRST_OF_LEVEL_THREE)
    assert (number.site, number.year, number.level, number.serial) == ("000001", 2020, 3, 1)
    assert str(number) == FIRST_OF_LEVEL_THREE


@given(numbers)
def test_what_is_built_parses_to_itself(number):
    assert len(number.text) == 22
    assert CertificateNumber.parse(PATTERN, number.text) == number
    assert check_number(PATTERN, number.text) is NumberCheck.OURS


@given(numbers, numbers)
def test_two_certificates_never_share_a_number(one, other):
    assert (one == other) == (one.text == other.text)


@given(st.text(max_size=24) | st.from_regex(r"S000014[0-9]{15}", fullmatch=True))
def test_what_parses_is_built_again_from_its_parts(text):
    try:
        number = CertificateNumber.parse(PATTERN, text)
    except Refused:
        return
    again = CertificateNumber.build(PATTERN, year=number.year, level=number.level, serial=number.serial)
    assert again.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        FIRST_OF_LEVEL_THREE[:-1],
        FIRST_OF_LEVEL_THREE + "0",
        FIRST_OF_LEVEL_THREE + "\n",
        " " + FIRST_OF_LEVEL_THREE,
        FIRST_OF_LEVEL_THREE.lower(),
        "S000014000001203000000",
        "S000014000001200000001",
        "S000014000001206000001",
        "S00001400000120３000001",
        "S000014000002203000001",
        "S000011000001203000001",
        "Y000014000001203000001",
    ],
)
def test_what_is_none_of_our_numbers_is_refused(text):
    assert refusal(CertificateNumber.parse, PATTERN, text) == "certificate-number"


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (FIRST_OF_LEVEL_THREE, NumberCheck.OURS),
        ("S000014000002203000001", NumberCheck.ELSEWHERE),
        ("S000011000001203000001", NumberCheck.ELSEWHERE),
        ("Y000123654321195000001", NumberCheck.ELSEWHERE),
        ("S000014000001200000001", NumberCheck.MALFORMED),
        ("S000014000001203000000", NumberCheck.MALFORMED),
        ("S00001400000120300000", NumberCheck.MALFORMED),
        ("1405001234567890", NumberCheck.MALFORMED),
        ("", NumberCheck.MALFORMED),
    ],
)
def test_what_a_number_checks_as(text, check):
    assert check_number(PATTERN, text) is check
    assert CHECK_NAMES[check].zh


@pytest.mark.parametrize(
    "typed", [" s000014000001203000001 ", "S0000 14 000001 20 3 000001\n", "S0000\u300014000001203000001"]
)
def test_people_type_numbers_with_space_and_a_small_letter(typed):
    assert as_typed(typed) == FIRST_OF_LEVEL_THREE


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_outside_its_range_is_refused(serial):
    assert refusal(CertificateNumber.build, PATTERN, year=2020, level=3, serial=serial) == "serial-range"


@pytest.mark.parametrize(("year", "level"), [(1999, 3), (2100, 3), (2020, 0), (2020, 6)])
def test_a_year_or_level_without_digits_makes_no_number(year, level):
    with pytest.raises(ValueError, match="number"):
        CertificateNumber.build(PATTERN, year=year, level=level, serial=1)


@pytest.mark.rule(id="X4")
def test_the_pattern_is_data():
    other = replace(PATTERN, site="000207")
    assert CertificateNumber.build(other, year=2020, level=3, serial=1).text == "S000014000207203000001"
    assert check_number(other, FIRST_OF_LEVEL_THREE) is NumberCheck.ELSEWHERE


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": PATTERN.parts[:-1]},
        {"parts": (*PATTERN.parts, PATTERN.parts[-1])},
        {"parts": (replace(PATTERN.parts[0], width=2), *PATTERN.parts[1:])},
        {"site": "1"},
        {"site": "00000A"},
        {"site": "00000１"},
    ],
)
def test_a_pattern_that_makes_no_number_does_not_load(changes):
    with pytest.raises(ValueError, match=r"number|fixed part|site"):
        replace(PATTERN, **changes)


def test_who_passed_is_clear_and_reported_gets_a_certificate():
    for batch in (BatchState.RESULTS_REPORTED, BatchState.CERTIFIED):
        check_may_issue(passed=True, standing=Standing.CLEAR, batch=batch)


@pytest.mark.parametrize(
    ("passed", "standing", "batch", "code"),
    [
        (False, Standing.CLEAR, BatchState.RESULTS_REPORTED, "not-passed"),
        (True, Standing.PUBLICISED, BatchState.RESULTS_REPORTED, "publicity-running"),
        (True, Standing.FROZEN, BatchState.RESULTS_REPORTED, "objection-open"),
        (True, Standing.VOID, BatchState.CERTIFIED, "result-void"),
        (True, Standing.CLEAR, BatchState.PUBLICISED, "not-reported"),
        (True, Standing.CLEAR, BatchState.DRAFT, "not-reported"),
    ],
)
def test_nobody_else_gets_one(passed, standing, batch, code):
    assert refusal(check_may_issue, passed=passed, standing=standing, batch=batch) == code


FACTS = CertificateFacts(
    number=FIRST_OF_LEVEL_THREE,
    holder="王丽",
    occupation="信息通信网络线务员",
    work_type="光缆线务员",
    level="三级/高级工",
    issued_on=date(2020, 12, 31),
)


@pytest.mark.rule(id="X12")
def test_the_number_alone_tells_no_person():
    answer = verify(FACTS)
    assert (answer.validity, answer.occupation, answer.level) == (
        Validity.VALID,
        "信息通信网络线务员",
        "三级/高级工",
    )
    assert (answer.name, answer.work_type, answer.issued_on, answer.name_matches) == (None,) * 4


def test_the_qr_token_tells_the_name():
    answer = verify(FACTS, qr_token_holds=True)
    assert (answer.name, answer.work_type, answer.issued_on) == ("王丽", "光缆线务员", date(2020, 12, 31))
    assert answer.name_matches is None


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize("typed", ["王丽", "王 丽", " 王\u3000丽 "])
def test_the_name_typed_in_tells_the_name(typed):
    answer = verify(FACTS, name_typed=typed)
    assert (answer.name, answer.name_matches) == ("王丽", True)


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize("typed", ["王", "丽", "王莉", "王丽丽", "张丽", "王%", "."])
def test_another_name_learns_nothing(typed):
    answer = verify(FACTS, name_typed=typed)
    assert (answer.name, answer.work_type, answer.issued_on, answer.name_matches) == (None, None, None, False)


@pytest.mark.parametrize("typed", [None, "", "  "])
def test_no_name_typed_is_no_wrong_name(typed):
    assert verify(FACTS, name_typed=typed).name_matches is None


@given(st.text(max_size=5))
def test_only_the_holders_name_unlocks(typed):
    assume("".join(typed.split()) != "王丽")
    assert verify(FACTS, name_typed=typed).name is None


@pytest.mark.rule(id="X7")
def test_a_revoked_certificate_still_answers():
    answer = verify(replace(FACTS, revoked_on=date(2021, 5, 1)))
    assert answer.validity is Validity.REVOKED
    assert answer.occupation == "信息通信网络线务员"
