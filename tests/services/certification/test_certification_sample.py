import random
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from services.certification import sample
from services.certification.batches.rules import PassRate
from services.certification.candidates import rules as enrolments
from services.certification.data import BATCH_2020, CATALOGUES, PASS_MARKS
from services.certification.examinations.rules import Part, outcome
from services.certification.scores import rules as scores
from shared.documents.spreadsheets import read_rows
from shared.standards.identity_number import IdentityNumber

BOTH = (Part.THEORY, Part.PRACTICAL)
TODAY = date(2020, 12, 10)


def outcome_of(person):
    return outcome(
        person.qualification.level,
        {Part.THEORY: person.theory, Part.PRACTICAL: person.practical},
        sat_on=BATCH_2020.examination_days[0],
        pass_marks=PASS_MARKS[0],
    )


@pytest.mark.rule(id="C6")
def test_the_sample_ends_as_2020_did():
    taken, passed = Counter(), Counter()
    for person in sample.candidates():
        taken[person.qualification.occupation] += 1
        passed[person.qualification.occupation] += outcome_of(person).passed
    assert {code: PassRate(passed[code], taken[code]) for code in taken} == BATCH_2020.results
    assert (passed.total(), taken.total()) == (262, 284)


def test_the_sample_fills_the_scope_of_the_batch():
    assert {person.qualification for person in sample.candidates()} == BATCH_2020.scope


@pytest.mark.rule(id="C5")
def test_the_sample_fails_in_every_way():
    results = [outcome_of(person) for person in sample.candidates()]
    ways = Counter(result.failed_parts for result in results)
    assert set(ways) == {(), (Part.THEORY,), (Part.PRACTICAL,), BOTH}
    for part in BOTH:
        assert any(
            str(each.mark) == "59.5" and result.failed_parts == (part,)
            for result in results
            for each in result.parts
            if each.part is part
        )
    assert any(all(str(part.mark) == "60.0" for part in result.parts) for result in results)


@pytest.mark.rule(id="X5")
def test_identity_numbers_are_valid_and_belong_to_nobody():
    numbers = [person.identity_number for person in sample.candidates()]
    assert len(set(numbers)) == 284
    for number in numbers:
        assert IdentityNumber.parse(number.reveal(), TODAY) == number
        assert number.reveal().startswith("999999")
        assert 18 <= (TODAY - number.birth_date).days / 365.25 < 60


@pytest.mark.rule(id="X5")
def test_one_name_is_held_by_two_people():
    held = Counter(person.name for person in sample.candidates())
    assert {name: times for name, times in held.items() if times > 1} == {"王丽": 2}


def test_the_file_is_the_same_in_every_process_and_disturbs_no_dice():
    state = random.getstate()
    code = "import hashlib; from services.certification.sample import workbook;"
    code += "print(hashlib.sha256(workbook()).hexdigest())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert sample.workbook() == sample.workbook()
    assert random.getstate() == state


def test_the_workbook_goes_the_whole_way_to_262_passes():
    content = sample.workbook()
    sheet = read_rows(content, columns=enrolments.COLUMNS, sheet=sample.ENROLMENT_SHEET)
    enrolled = enrolments.check_rows(
        sheet.rows, sheet.errors, catalogue=CATALOGUES[0], scope=BATCH_2020.scope, today=TODAY
    )
    level_of = {enrolment.key: enrolment.qualification.level for enrolment in enrolled}
    assert len(level_of) == 284
    sheet = read_rows(content, columns=scores.COLUMNS, sheet=sample.SCORE_SHEET)
    scored = scores.check_rows(
        sheet.rows, sheet.errors, catalogue=CATALOGUES[0], due=dict.fromkeys(level_of, BOTH), today=TODAY
    )
    sat_on = BATCH_2020.examination_days[0]
    results = [outcome(level_of[each.key], each.marks, sat_on=sat_on, pass_marks=PASS_MARKS[0]) for each in scored]
    assert len(results) == 284
    assert sum(result.passed for result in results) == 262
