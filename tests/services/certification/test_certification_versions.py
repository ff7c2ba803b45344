from datetime import date

import pytest

from services.certification import data
from shared.errors import Refused

pytestmark = pytest.mark.rule(id="X4")

EVERY_LIST = [
    data.CATALOGUES,
    data.ACCREDITATIONS,
    data.PASS_MARKS,
    data.RESIT_PERIODS,
    data.PUBLICITY_PERIODS,
    data.NUMBER_PATTERNS,
]
IN_FORCE = [data.catalogue, data.accreditation, data.pass_marks, data.publicity_period, data.number_pattern]


@pytest.mark.parametrize("versions", EVERY_LIST)
def test_every_value_names_its_version_its_clause_and_its_first_day(versions):
    assert all(each.version and each.clause for each in versions)
    assert len({each.version for each in versions}) == len(versions)
    assert len({each.effective_from for each in versions}) == len(versions)


@pytest.mark.parametrize("of", IN_FORCE)
def test_the_batch_of_2020_finds_every_value_in_force(of):
    for day in data.BATCH_2020.examination_days:
        assert of(day).effective_from <= day


@pytest.mark.parametrize("of", IN_FORCE)
def test_nothing_is_in_force_before_the_centre_was_accredited(of):
    with pytest.raises(Refused) as caught:
        of(date(2020, 9, 15))
    assert caught.value.rule == "X4"
