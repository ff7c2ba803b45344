import pytest

from shared.documents.rows import Column, RowErrors
from shared.errors import Invalid
from shared.text import Text

COLUMNS = [Column("name", Text("姓名", "Name"), required=True), Column("score", Text("成绩", "Score"))]
TOO_HIGH = Text("超过满分100", "above the full mark of 100")


def test_no_error_refuses_nothing() -> None:
    errors = RowErrors(COLUMNS)
    errors.refuse_if_any()
    assert not errors
    assert errors.rows == set()


def test_every_bad_row_is_named_by_number_and_heading_in_both_languages() -> None:
    errors = RowErrors(COLUMNS)
    errors.add(9, "", Text("与第4行重复", "the same as row 4"))
    errors.add(3, "score", TOO_HIGH)
    errors.add(3, "name", Text("必填", "must be filled in"))

    assert errors.rows == {3, 9}
    assert [error.row for error in errors] == [3, 3, 9]
    with pytest.raises(Invalid) as caught:
        errors.refuse_if_any()
    chinese, english = caught.value.as_dict("zh"), caught.value.as_dict("en")
    assert chinese["detail"] == "表中2行有误，共3处"
    assert chinese["errors"] == {
        "rows.3.score": ["第3行“成绩”：超过满分100"],
        "rows.3.name": ["第3行“姓名”：必填"],
        "rows.9": ["第9行：与第4行重复"],
    }
    assert english["errors"]["rows.3.score"] == ["Row 3, “Score”: above the full mark of 100"]
    assert english["detail"] == "2 of the rows are wrong, in 3 places"


def test_two_mistakes_in_one_cell_are_both_told() -> None:
    errors = RowErrors(COLUMNS)
    errors.add(2, "score", TOO_HIGH)
    errors.add(2, "score", Text("不是整数", "not a whole number"))
    with pytest.raises(Invalid) as caught:
        errors.refuse_if_any()
    assert len(caught.value.as_dict("en")["errors"]["rows.2.score"]) == 2


def test_a_column_that_is_not_there_is_the_programmers_mistake() -> None:
    with pytest.raises(KeyError):
        RowErrors(COLUMNS).add(2, "scores", TOO_HIGH)


def test_a_long_list_is_cut_but_counted() -> None:
    errors = RowErrors(COLUMNS)
    for row in range(2, 5002):
        errors.add(row, "score", TOO_HIGH)
    with pytest.raises(Invalid) as caught:
        errors.refuse_if_any()
    problem = caught.value.as_dict("zh")
    assert len(problem["errors"]) == 200
    assert "5000" in problem["detail"]
