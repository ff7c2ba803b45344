from datetime import date
from decimal import Decimal

import pytest

from services.certification.data import CATALOGUES
from services.certification.examinations.rules import ABSENT, Part
from services.certification.sample import candidates, score_rows
from services.certification.scores.rules import COLUMNS, check_rows
from shared.documents.rows import Row, RowErrors
from shared.errors import Invalid
from shared.standards.identity_number import IdentityNumber

pytestmark = pytest.mark.rule(id="C5")

TODAY = date(2020, 12, 23)
BOTH = (Part.THEORY, Part.PRACTICAL)
ONE = IdentityNumber.make("999999", date(1990, 5, 4), 1)
OTHER = IdentityNumber.make("999999", date(1991, 6, 5), 2)
DUE = {(ONE, "call-centre-agent"): BOTH, (OTHER, "call-centre-agent"): (Part.PRACTICAL,)}


def row(number, **cells):
    values = dict.fromkeys(column.key for column in COLUMNS)
    values |= {
        "identity_number": ONE.reveal(),
        "occupation": "呼叫中心服务员",
        "theory": Decimal("59.5"),
        "practical": Decimal(72),
    }
    return Row(number, values | cells)


def check(rows, due=DUE, take_rest=True):
    errors = RowErrors(COLUMNS)
    taken = check_rows(rows, errors, catalogue=CATALOGUES[0], due=due, today=TODAY, take_rest=take_rest)
    return taken, [(error.row, error.column) for error in errors]


def test_scores_find_their_candidate():
    [scored], errors = check([row(2)])
    assert errors == []
    assert scored.key == (ONE, "call-centre-agent")
    assert scored.marks == {Part.THEORY: Decimal("59.5"), Part.PRACTICAL: Decimal("72.0")}


def test_absence_is_a_mark():
    [scored], _ = check([row(2, theory="缺考")])
    assert scored.marks[Part.THEORY] is ABSENT


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"theory": None}, "theory"),
        ({"theory": "六十"}, "theory"),
        ({"theory": "NaN"}, "theory"),
        ({"practical": Decimal("100.5")}, "practical"),
        ({"practical": Decimal(-1)}, "practical"),
        ({"practical": "TRUE"}, "practical"),
        ({"review": Decimal(80)}, "review"),
        ({"identity_number": ONE.reveal()[:-1]}, "identity_number"),
        ({"occupation": "电工"}, "occupation"),
        ({"occupation": "线务员"}, "identity_number"),
    ],
)
def test_a_bad_cell_is_named(cells, column):
    assert check([row(5, **cells)]) == ([], [(5, column)])


def test_who_keeps_a_part_is_scored_in_the_other_only():
    mine = {"identity_number": OTHER.reveal()}
    [scored], _ = check([row(2, theory=None, **mine)])
    assert scored.marks == {Part.PRACTICAL: Decimal("72.0")}
    assert check([row(2, **mine)]) == ([], [(2, "theory")])


def test_a_candidate_is_scored_once():
    taken, errors = check([row(2), row(3)])
    assert ([scored.row for scored in taken], errors) == ([2], [(3, "identity_number")])


@pytest.mark.rule(id="X5")
def test_the_name_in_the_sheet_finds_nobody():
    [scored], errors = check([row(2, name="张三")])
    assert (scored.key[0], errors) == (ONE, [])


@pytest.mark.rule(id="X6")
def test_one_bad_score_keeps_the_sheet_out():
    with pytest.raises(Invalid) as caught:
        check([row(2, theory=Decimal("100.5")), row(3)], take_rest=False)
    assert "rows.2.theory" in caught.value.errors


def test_the_sample_scores_everybody_in_the_sample():
    due = {(person.identity_number, person.qualification.occupation): BOTH for person in candidates()}
    rows = [Row(number, cells) for number, cells in enumerate(score_rows(), start=2)]
    taken, errors = check(rows, due, take_rest=False)
    assert (len(taken), errors) == (284, [])
    assert {scored.key for scored in taken} == set(due)
