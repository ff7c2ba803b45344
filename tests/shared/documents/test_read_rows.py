import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from shared.documents.spreadsheets import Column, Limits, Sheet, read_rows
from shared.errors import Invalid, TooLarge
from shared.text import Text

NAME = Column("name", Text("姓名", "Name"), required=True)
SCORE = Column("score", Text("理论成绩", "Theory score"))
UNIT = Column("unit", Text("单位", "Unit"))
COLUMNS = [NAME, SCORE, UNIT]
Build = Callable[..., bytes]


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def book(*rows: Sequence[Any], merge: Sequence[str] = (), title: str = "成绩") -> bytes:
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for cells in merge:
        sheet.merge_cells(cells)
    return saved(workbook)


def values(sheet: Sheet) -> list[tuple[Any, ...]]:
    return [tuple(row.values.values()) for row in sheet.rows]


def told(sheet: Sheet) -> list[str]:
    return [sheet.errors.described(error).zh for error in sheet.errors]


def one(handmade: Build, cell: str, **more: str) -> Any:
    """The value of one handmade cell under the heading 姓名 of row 1."""
    sheet = read_rows(handmade(HEADING + f'<row r="2">{cell}</row>', **more), columns=[NAME])
    assert not sheet.errors, told(sheet)
    return sheet.rows[0].values["name"]


def flaw(handmade: Build, cell: str, **more: str) -> str:
    sheet = read_rows(handmade(HEADING + f'<row r="2">{cell}</row>', **more), columns=[NAME])
    (error,) = list(sheet.errors)
    assert (error.row, error.column) == (2, "name")
    assert sheet.rows[0].values["name"] is None
    return error.message.zh


HEADING = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'


def test_rows_come_with_their_number_and_every_key() -> None:
    sheet = read_rows(book(["姓名", "理论成绩"], ["赵进", 59.5], ["王敏", "60"]), columns=COLUMNS)

    assert sheet.name == "成绩"
    assert [row.number for row in sheet.rows] == [2, 3]
    assert values(sheet) == [("赵进", Decimal("59.5"), None), ("王敏", "60", None)]
    assert not sheet.errors


@pytest.mark.parametrize(
    "header", ["Name", " name ", "姓 名", "姓\n名", "姓　名", "NAME", "ＮＡＭＥ", "\u200b姓名\ufeff"]
)
def test_a_heading_is_known_in_either_language_whatever_its_spacing_and_width(header: str) -> None:
    assert values(read_rows(book([header], ["赵进"]), columns=[NAME])) == [("赵进",)]


def test_title_lines_empty_columns_and_empty_rows_are_passed_over() -> None:
    content = book(
        [None, "2023年职业技能等级认定成绩单"],
        [],
        [None, "填报单位：某公司", None, "日期：6月"],
        [None, None, "姓名", "理论成绩", "备注"],
        [None, None, "赵进", 80, "补考"],
        [],
        [None, None, "  ", None, None],
        [None, None, "王敏", 90, None],
        [],
        merge=["B1:E1"],
    )
    sheet = read_rows(content, columns=COLUMNS)
    assert [(row.number, row.values["name"]) for row in sheet.rows] == [(5, "赵进"), (8, "王敏")]
    assert sheet.unknown_headers == ("备注",)


def test_rows_that_hold_nothing_under_a_known_heading_are_no_rows() -> None:
    sheet = read_rows(book(["序号", "姓名"], [1, "赵进"], [2, None], [3, None]), columns=[NAME])
    assert [row.number for row in sheet.rows] == [2]
    assert not sheet.errors


def test_the_heading_is_looked_for_in_the_first_ten_rows() -> None:
    lines = [[f"说明{n}"] for n in range(1, 10)]
    assert read_rows(book(*lines, ["姓名"], ["赵进"]), columns=[NAME]).rows[0].number == 11
    with pytest.raises(Invalid):
        read_rows(book(*lines, ["说明10"], ["姓名"], ["赵进"]), columns=[NAME])


def test_a_heading_over_two_rows_merged() -> None:
    content = book(
        ["姓名", "成绩", None],
        [None, "理论成绩", "实操"],
        ["赵进", 80, 70],
        merge=["A1:A2", "B1:C1"],
    )
    assert values(read_rows(content, columns=[NAME, SCORE])) == [("赵进", Decimal(80))]


def test_a_heading_printed_again_on_each_page_is_no_data() -> None:
    content = book(["姓名", "单位"], ["赵进", "甲"], ["姓名", "单位"], ["王敏", "乙"])
    assert [row.number for row in read_rows(content, columns=[NAME, UNIT]).rows] == [2, 4]


def test_text_merged_over_rows_counts_for_each_but_a_number_must_be_given_each() -> None:
    content = book(
        ["单位", "姓名", "理论成绩"],
        ["甲公司", "赵进", 80],
        [None, "王敏", None],
        [None, None, None],
        ["乙公司", "李强", 70],
        merge=["A2:A4", "C2:C3"],
    )
    sheet = read_rows(content, columns=COLUMNS)
    assert values(sheet) == [
        ("赵进", Decimal(80), "甲公司"),
        ("王敏", None, "甲公司"),
        ("李强", Decimal(70), "乙公司"),
    ]
    assert told(sheet) == ["第3行“理论成绩”：数字跨行合并，请拆分单元格后逐行填写"]


def test_a_required_cell_left_empty_is_named() -> None:
    sheet = read_rows(book(["姓名", "理论成绩"], ["赵进", 80], [None, 90]), columns=COLUMNS)
    assert told(sheet) == ["第3行“姓名”：必填"]
    assert sheet.errors.rows == {3}


def test_three_bad_rows_among_good_ones_are_named_together() -> None:
    rows: list[list[Any]] = [["姓名", "理论成绩"], *([f"考生{n}", n] for n in range(2, 20))]
    rows[9][0] = None
    workbook = Workbook()
    sheet: Any = workbook.active
    for row in rows:
        sheet.append(row)
    sheet["B15"] = "#DIV/0!"
    sheet["B15"].data_type = "e"
    sheet["B5"] = "#N/A"

    with pytest.raises(Invalid) as caught:
        read_rows(saved(workbook), columns=COLUMNS).errors.refuse_if_any()

    assert caught.value.as_dict("zh")["errors"] == {
        "rows.5.score": ["第5行“理论成绩”：单元格是错误值 #N/A"],
        "rows.10.name": ["第10行“姓名”：必填"],
        "rows.15.score": ["第15行“理论成绩”：单元格是错误值 #DIV/0!"],
    }


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("59.5", "59.5"),
        ("100.49999999", "100.49999999"),
        ("4.3499999999999996", "4.35"),
        ("1.1000000000000001", "1.1"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("59.0", "59"),
        ("-3", "-3"),
        ("1E3", "1000"),
        ("1e-7", "1E-7"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_a_number_is_what_was_typed(handmade: Build, stored: str, read: str) -> None:
    value = one(handmade, f'<c r="A2"><v>{stored}</v></c>')
    assert isinstance(value, Decimal)
    assert str(value) == read


@pytest.mark.parametrize("stored", ["NaN", "INF", "-INF", "1E999", "-1.#IND", "abc", "1,5", "9" * 5000])
def test_what_is_no_number_spoils_its_cell_only(handmade: Build, stored: str) -> None:
    assert flaw(handmade, f'<c r="A2"><v>{stored}</v></c>') in (
        "数值无法识别",
        "数字超过15位，表格软件不能准确保存，请将单元格设为文本后重新填写",
    )


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize("stored", ["110105194912310000", "1.10105194912310E+17", "1000000000000000"])
def test_an_identity_number_typed_as_a_number_has_lost_digits_and_is_refused(handmade: Build, stored: str) -> None:
    message = flaw(handmade, f'<c r="A2"><v>{stored}</v></c>')
    assert "超过15位" in message
    assert "110105" not in message


def test_text_is_kept_as_it_is(handmade: Build) -> None:
    for stored, read in (
        ("0060", "0060"),
        (" 赵 进 ", " 赵 进 "),
        ("a_x000D_\nb", "a\nb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x0041_", "_x0041_"),
        ("=1+1", "=1+1"),
        ("#N/A", "#N/A"),
    ):
        cell = f'<c r="A2" t="inlineStr"><is><t xml:space="preserve">{stored}</t></is></c>'
        assert one(handmade, cell) == read
    rich = '<is><r><t>赵</t></r><r><rPr><b/></rPr><t>进</t></r><rPh sb="0" eb="1"><t>zhao</t></rPh></is>'
    assert one(handmade, f'<c r="A2" t="inlineStr">{rich}</c>') == "赵进"
    assert one(handmade, '<c r="A2" t="s"><v>0</v></c>', strings="<si><t>赵进</t></si>") == "赵进"


def test_control_characters_are_refused(handmade: Build) -> None:
    assert "控制字符" in flaw(handmade, '<c r="A2" t="inlineStr"><is><t>a_x0000_b</t></is></c>')


def test_truth_values_are_shown_as_the_sheet_shows_them(handmade: Build) -> None:
    assert one(handmade, '<c r="A2" t="b"><v>1</v></c>') == "TRUE"
    assert one(handmade, '<c r="A2" t="b"><v>0</v></c>') == "FALSE"


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!"])
def test_error_values_are_refused_by_name(handmade: Build, error: str) -> None:
    assert flaw(handmade, f'<c r="A2" t="e"><v>{error}</v></c>') == f"单元格是错误值 {error}"
    formula = f'<c r="A2" t="e"><f>1/0</f><v>{error}</v></c>'
    assert flaw(handmade, formula) == f"单元格是错误值 {error}"


def test_an_invented_error_value_is_not_quoted(handmade: Build) -> None:
    assert "110105" not in flaw(handmade, '<c r="A2" t="e"><v>110105194912310021</v></c>')


def test_a_formula_is_its_last_result_and_one_never_calculated_is_refused(handmade: Build) -> None:
    assert one(handmade, '<c r="A2"><f>30+29.5</f><v>59.5</v></c>') == Decimal("59.5")
    assert one(handmade, '<c r="A2" t="str"><f>B2&amp;C2</f><v>赵进</v></c>') == "赵进"
    assert "公式没有计算结果" in flaw(handmade, '<c r="A2"><f>30+29.5</f></c>')
    assert "公式没有计算结果" in flaw(handmade, '<c r="A2"><f t="shared" si="0"/><v/></c>')
    empty = handmade(HEADING + '<row r="2"><c r="A2" t="str"><f>B2</f><v></v></c></row>')
    assert read_rows(empty, columns=[NAME]).rows == []
    assert told(read_rows(book(["姓名"], ["=1+1"]), columns=[NAME])) != []


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (date(2023, 6, 1), date(2023, 6, 1)),
        (datetime(2023, 6, 1, 9, 30), datetime(2023, 6, 1, 9, 30)),
        (datetime(2023, 6, 1), date(2023, 6, 1)),
        (time(9, 30), "09:30"),
        (time(9, 30, 15), "09:30:15"),
    ],
)
def test_dates_and_times(typed: object, read: object) -> None:
    sheet = read_rows(book(["姓名"], [typed]), columns=[NAME])
    assert values(sheet) == [(read,)]
    assert type(sheet.rows[0].values["name"]) is type(read)


def test_a_length_of_time_is_refused() -> None:
    assert "时长" in told(read_rows(book(["姓名"], [timedelta(hours=30)]), columns=[NAME]))[0]


@pytest.mark.parametrize("number_format", [14, 27, 31, 57, 58])
def test_the_date_formats_built_into_chinese_excel(handmade: Build, number_format: int) -> None:
    styles = f'<xf numFmtId="{number_format}" applyNumberFormat="1"/>'
    assert one(handmade, '<c r="A2" s="1"><v>45078</v></c>', styles=styles) == date(2023, 6, 1)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_a_date_beyond_all_calendars_is_refused(handmade: Build) -> None:
    flaw(handmade, '<c r="A2" s="1"><v>99999999</v></c>', styles='<xf numFmtId="14"/>')


def test_a_row_gives_text_for_what_was_typed_as_a_number() -> None:
    content = book(["姓名", "单位"], [13912345678, date(2023, 6, 1)])
    row = read_rows(content, columns=[NAME, UNIT, SCORE]).rows[0]
    assert row.text("name") == "13912345678"
    assert row.text("unit") == "2023-06-01"
    assert row.text("score") is None


def test_hidden_sheets_are_never_read_and_the_first_visible_one_is() -> None:
    workbook = Workbook()
    for number, (title, state) in enumerate(
        [("旧", "hidden"), ("更旧", "veryHidden"), ("成绩", "visible"), ("名 单", "visible")]
    ):
        sheet = workbook.create_sheet(title, number)
        sheet.sheet_state = state
        sheet.append(["姓名"])
        sheet.append([f"在{title}"])
    del workbook["Sheet"]
    workbook.active = 2
    content = saved(workbook)

    assert values(read_rows(content, columns=[NAME])) == [("在成绩",)]
    assert values(read_rows(content, columns=[NAME], sheet="名单")) == [("在名 单",)]
    with pytest.raises(Invalid) as caught:
        read_rows(content, columns=[NAME], sheet="旧")
    assert caught.value.code == "sheet"
    assert "旧" in caught.value.detail.zh


def test_missing_and_repeated_headings_are_all_named_in_both_languages() -> None:
    content = book(["单位", "理论成绩", "Theory  Score"], ["甲", 1, 2])
    with pytest.raises(Invalid) as caught:
        read_rows(content, columns=COLUMNS)
    problem = caught.value
    assert problem.detail == Text(
        "表头有误：缺少“姓名”列；“理论成绩”列重复：B、C列",
        "The headings are wrong: The column “Name” is missing; The column “Theory score” stands twice: B, C",
    )
    assert set(problem.errors or {}) == {"name", "score"}


@pytest.mark.parametrize("rows", [[], [["别的"], ["赵进"]]])
def test_a_sheet_without_any_known_heading_is_refused(rows: list[list[str]]) -> None:
    with pytest.raises(Invalid) as caught:
        read_rows(book(*rows), columns=[NAME])
    assert "缺少“姓名”列" in caught.value.detail.zh
    with pytest.raises(Invalid) as caught:
        read_rows(book(*rows), columns=[UNIT])
    assert "没有认得的列" in caught.value.detail.zh


def test_two_columns_with_one_header_are_the_programmers_mistake() -> None:
    with pytest.raises(ValueError, match="share"):
        read_rows(book(["姓名"]), columns=[NAME, Column("other", Text("姓 名", "Other"))])


def test_tables_as_large_as_allowed_are_read_and_larger_ones_refused() -> None:
    limits = Limits(rows=4, columns=2)
    assert len(read_rows(book(["姓名"], ["1"], ["2"], ["3"]), columns=[NAME], limits=limits).rows) == 3
    with pytest.raises(TooLarge) as caught:
        read_rows(book(["姓名"], ["1"], ["2"], ["3"], ["4"]), columns=[NAME], limits=limits)
    assert "4行" in caught.value.detail.zh
    with pytest.raises(TooLarge):
        read_rows(book(["姓名", "单位", "别"], ["1"]), columns=[NAME], limits=limits)


def test_formatted_but_empty_cells_count_for_nothing(handmade: Build) -> None:
    far = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(900_000, 900_050))
    content = handmade(
        HEADING + '<row r="2"><c r="A2"><v>1</v></c></row>' + far, before='<dimension ref="A1:XFD1048576"/>'
    )
    sheet = read_rows(content, columns=[NAME], limits=Limits(rows=10))
    assert values(sheet) == [(Decimal(1),)]


def test_cells_and_rows_without_coordinates_as_some_programs_write_them(handmade: Build) -> None:
    content = handmade(
        "<row><c t='inlineStr'><is><t>单位</t></is></c><c t='inlineStr'><is><t>姓名</t></is></c></row>"
        "<row><c><v>1</v></c><c t='inlineStr'><is><t>赵进</t></is></c></row>"
    )
    assert values(read_rows(content, columns=[NAME, UNIT])) == [("赵进", Decimal(1))]
