from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certification.candidates.rules import COLUMNS, check_name, check_rows
from services.certification.catalogue.rules import Qualification
from services.certification.data import BATCH_2020, CATALOGUES
from services.certification.sample import candidates, enrolment_rows
from shared.documents.rows import Row, RowErrors
from shared.errors import Invalid, Refused
from shared.standards.identity_number import IdentityNumber
from shared.text import Text

TODAY = date(2020, 12, 10)
ONE = IdentityNumber.make("999999", date(1990, 5, 4), 1)
OTHER = IdentityNumber.make("999999", date(1991, 6, 5), 2)


def row(number, **cells):
    values = {
        "name": "王丽",
        "identity_number": ONE.reveal(),
        "occupation": "呼叫中心服务员",
        "work_type": None,
        "level": "三级/高级工",
    }
    return Row(number, values | cells)


def check(rows, *, errors=None, **more):
    errors = errors or RowErrors(COLUMNS)
    more.setdefault("take_rest", True)
    taken = check_rows(rows, errors, catalogue=CATALOGUES[0], scope=BATCH_2020.scope, today=TODAY, **more)
    return taken, [(error.row, error.column) for error in errors]


def test_a_row_in_order_becomes_an_enrolment():
    [enrolment], errors = check([row(2, name=" 王 丽 ", identity_number=f" {ONE.reveal().lower()} ")])
    assert errors == []
    assert (enrolment.row, enrolment.name, enrolment.identity_number) == (2, "王丽", ONE)
    assert enrolment.qualification == Qualification("call-centre-agent", "call-centre-agent", 3)
    assert enrolment.key == (ONE, "call-centre-agent")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"name": None}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "王" * 51}, "name"),
        ({"name": "王\u200b丽"}, "name"),
        ({"name": date(2020, 1, 1)}, "name"),
        ({"identity_number": ONE.reveal()[:17] + "?"}, "identity_number"),
        ({"identity_number": None}, "identity_number"),
        ({"occupation": "电工"}, "occupation"),
        ({"occupation": "信息通信营业员"}, "occupation"),
        ({"work_type": "光缆线务员"}, "work_type"),
        ({"occupation": "线务员"}, "work_type"),
        ({"level": "六级"}, "level"),
        ({"level": "五级/初级工"}, "occupation"),
    ],
)
@pytest.mark.rule(id="C1")
def test_a_bad_cell_is_named(cells, column):
    taken, errors = check([row(7, **cells)])
    assert taken == []
    assert errors == [(7, column)]


def test_every_bad_cell_of_a_row_is_named_at_once():
    _, errors = check([row(3, name="", identity_number="1", occupation="电工", level="九级")])
    assert sorted(errors) == [(3, "identity_number"), (3, "level"), (3, "name"), (3, "occupation")]


def test_a_name_may_have_fifty_characters():
    assert check_name("王" * 50) == "王" * 50
    with pytest.raises(Refused):
        check_name("王" * 51)


@pytest.mark.rule(id="C2")
def test_a_person_enrols_once_in_an_occupation():
    taken, errors = check([row(2), row(3, level="四级/中级工"), row(4, identity_number=OTHER.reveal())])
    assert [enrolment.row for enrolment in taken] == [2, 4]
    assert errors == [(3, "identity_number")]


@pytest.mark.rule(id="C2")
def test_a_person_may_enrol_in_two_occupations():
    taken, errors = check([row(2), row(3, occupation="线务员", work_type="天线线务员")])
    assert (len(taken), errors) == (2, [])


@pytest.mark.rule(id="C2")
def test_who_is_in_the_batch_already_is_not_enrolled_again():
    already = {(ONE, "call-centre-agent")}
    assert check([row(2)], already_enrolled=already) == ([], [(2, "identity_number")])
    taken, _ = check([row(2, occupation="线务员", work_type="光缆线务员")], already_enrolled=already)
    assert len(taken) == 1


@pytest.mark.rule(id="X5")
def test_two_people_may_share_a_name():
    taken, errors = check([row(2), row(3, identity_number=OTHER.reveal())])
    assert (len(taken), errors) == (2, [])


@pytest.mark.rule(id="X5")
def test_one_person_has_one_name_whatever_the_space_in_it():
    line_worker = {"occupation": "线务员", "work_type": "光缆线务员"}
    taken, errors = check([row(2), row(3, name="王 丽", **line_worker)])
    assert (len(taken), errors) == (2, [])
    taken, errors = check([row(2), row(3, name="王莉", **line_worker)])
    assert ([enrolment.row for enrolment in taken], errors) == ([2], [(3, "name")])


@pytest.mark.rule(id="X6")
def test_three_bad_rows_of_284_keep_all_out_unless_the_rest_is_taken():
    rows = [Row(number, cells) for number, cells in enumerate(enrolment_rows(), start=2)]
    bad = {10: ("identity_number", "999999199001010000"), 120: ("occupation", "电工"), 285: ("name", None)}
    for number, (column, cell) in bad.items():
        rows[number - 2] = Row(number, {**rows[number - 2].values, column: cell})
    with pytest.raises(Invalid) as caught:
        check(rows, take_rest=False)
    assert set(caught.value.errors) == {f"rows.{number}.{column}" for number, (column, _) in bad.items()}
    taken, errors = check(rows, take_rest=True)
    assert len(taken) == 281
    assert errors == [(number, column) for number, (column, _) in bad.items()]


def test_the_sample_is_in_order():
    rows = [Row(number, cells) for number, cells in enumerate(enrolment_rows(), start=2)]
    taken, errors = check(rows, take_rest=False)
    assert errors == []
    assert [(e.name, e.identity_number, e.qualification) for e in taken] == [
        (c.name, c.identity_number, c.qualification) for c in candidates()
    ]


def test_a_cell_that_could_not_be_read_is_named_once_and_keeps_its_row_out():
    errors = RowErrors(COLUMNS)
    errors.add(2, "name", Text("必填", "must be filled in"))
    taken, named = check([row(2, name=None), row(3, identity_number=OTHER.reveal())], errors=errors)
    assert [enrolment.row for enrolment in taken] == [3]
    assert named == [(2, "name")]


@pytest.mark.rule(id="X5")
@given(st.text(alphabet="0123456789X", min_size=10, max_size=20))
def test_no_error_quotes_an_identity_number(number):
    errors = RowErrors(COLUMNS)
    check([row(2, identity_number=number), row(3, identity_number=number)], errors=errors)
    for error in errors:
        assert number not in errors.described(error).zh + errors.described(error).en + repr(error)
