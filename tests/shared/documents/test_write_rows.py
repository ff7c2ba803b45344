import gc
import io
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from shared.documents import xlsx_write
from shared.documents.spreadsheets import Column, Table, read_rows, write_rows
from shared.documents.xlsx_write import Written
from shared.errors import TooLarge
from shared.text import Text

COLUMNS = [
    Column("name", Text("姓名", "Name"), required=True),
    Column("id", Text("身份证号", "Identity number")),
    Column("score", Text("成绩", "Score")),
]


def row(name: Written = "赵进", id: Written = None, score: Written = None) -> dict[str, Written]:
    return {"name": name, "id": id, "score": score}


def write(*rows: dict[str, Written], name: str = "成绩", language: Any = "zh") -> bytes:
    return write_rows([Table(name, COLUMNS, rows)], language=language)


def opened(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content)).worksheets[0]


def test_headings_stand_styled_and_frozen_in_the_language_asked_for() -> None:
    sheet = opened(write(row()))
    assert [cell.value for cell in sheet[1]] == ["姓名", "身份证号", "成绩"]
    assert sheet["A1"].font.bold
    assert sheet["A1"].fill.fill_type == "solid"
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert [cell.value for cell in opened(write(row(), language="en"))[1]] == [
        "Name",
        "Identity number",
        "Score",
    ]


def test_columns_are_wide_enough_for_chinese() -> None:
    sheet = opened(write(row("中" * 14), row("短"), row("长" * 500)))
    assert sheet.column_dimensions["A"].width == 60
    assert opened(write(row("中" * 14))).column_dimensions["A"].width == 30
    assert opened(write(row("a" * 14))).column_dimensions["A"].width == 16
    assert sheet["A4"].alignment.wrap_text
    assert not sheet["A2"].alignment.wrap_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "=cmd|' /C calc'!A0",
        "+86 139",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=",
    ],
)
def test_what_looks_like_a_formula_stays_text_even_when_edited(text: str) -> None:
    content = write(row(text))
    cell = opened(content)["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix, "the mark that keeps a spreadsheet program from taking it for a formula"
    assert cell.number_format == "@"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_ordinary_text_bears_no_mark() -> None:
    cell = opened(write(row("赵进")))["A2"]
    assert not cell.quotePrefix
    assert cell.data_type == "s"


@pytest.mark.parametrize("text", ["#N/A", "#DIV/0!", "TRUE", "0060", "1e5", "2023-06-01"])
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    cell = opened(write(row(text)))["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.rule(id="X5")
def test_an_identity_number_keeps_all_its_digits() -> None:
    cell = opened(write(row(id="110105194912310021")))["B2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("110105194912310021", "s", "@")
    assert opened(write(row(id=110105194912310021)))["B2"].value == "110105194912310021"


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (Decimal("59.50"), "0.00"),
        (Decimal("60"), "0"),
        (60, "0"),
        (Decimal("1E+2"), "0"),
        (Decimal("0.5"), "0.0"),
    ],
)
def test_numbers_are_numbers_shown_with_their_places(value: Decimal | int, number_format: str) -> None:
    cell = opened(write(row(score=value)))["C2"]
    assert cell.data_type == "n"
    assert cell.value == value
    assert cell.number_format == number_format


@pytest.mark.parametrize(
    "value", [10**15, -(10**15), Decimal("0.30000000000000004"), 2**53 + 1, Decimal("1E-400"), Decimal("1E+400")]
)
def test_numbers_beyond_fifteen_digits_are_written_out_as_text(value: Decimal | int) -> None:
    sheet = read_rows(write(row(score=value)), columns=COLUMNS)
    back = sheet.rows[0].values["score"]
    assert isinstance(back, str)
    assert Decimal(back) == value
    assert not sheet.errors


def test_what_xml_cannot_hold_is_escaped_as_spreadsheets_do() -> None:
    with zipfile.ZipFile(io.BytesIO(write(row("a\x01b\rc\ufffe_x000D_")))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "a_x0001_b_x000D_c_xFFFE__x005F_x000D_" in sheet


def test_the_same_tables_give_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [Table(name, COLUMNS, [row(), row("=1", "1", Decimal("1.5"))]) for name in ("甲", "乙")]
    before = write_rows(tables)
    later = time.time() + 100_000_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    assert write_rows(tables) == before
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "dcterms" not in core
    assert "openpyxl" not in core
    assert write_rows(tables[:1]) != before


def test_sheets_get_names_a_spreadsheet_allows() -> None:
    names = ["2021/2022", "名单", "名单", "", "'引'", "长" * 40, "长" * 50, "Ab", "aB", "x:\\?*[]"]
    content = write_rows([Table(name, COLUMNS, [row(name or "空")]) for name in names])
    titles = load_workbook(io.BytesIO(content)).sheetnames
    assert titles == [
        "2021_2022",
        "名单",
        "名单 (2)",
        "Sheet",
        "引",
        "长" * 31,
        "长" * 27 + " (2)",
        "Ab",
        "aB (2)",
        "x______",
    ]
    assert read_rows(content, columns=COLUMNS, sheet="名单 (2)").rows[0].values["name"] == "名单"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (1.5, TypeError),
        (True, TypeError),
        (["x"], TypeError),
        (Decimal("NaN"), ValueError),
        (Decimal("Infinity"), ValueError),
        (datetime(2023, 6, 1, tzinfo=UTC), ValueError),
        ("x" * 32_768, ValueError),
        ("\x01" * 5_000, ValueError),
        ("\ud800", ValueError),
    ],
)
def test_what_a_cell_cannot_hold_exactly_is_refused(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        write(row(score=value))


def test_a_row_without_a_column_and_a_file_without_a_table_are_refused() -> None:
    with pytest.raises(KeyError):
        write_rows([Table("x", COLUMNS, [{"name": "赵进"}])])
    with pytest.raises(ValueError, match="table"):
        write_rows([])


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_write, "_ROWS", 3)
    write(*[row()] * 3)
    with pytest.raises(TooLarge):
        write(*[row()] * 4)


@pytest.mark.filterwarnings("error")
def test_a_bad_cell_in_the_last_table_leaves_nothing_half_written() -> None:
    good, bad = Table("甲", COLUMNS, [row()]), Table("乙", COLUMNS, [row(), row("x" * 32_768)])
    with pytest.raises(ValueError, match="32767"):
        write_rows([good, bad])
    gc.collect()


def test_a_table_without_rows_is_its_heading() -> None:
    content = write()
    assert opened(content).max_row == 1
    assert read_rows(content, columns=COLUMNS).rows == []


def readable(text: str) -> str | None:
    """What comes back of a text: line ends of one kind, nothing where there is nothing to see."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else None


CONTROL = {chr(n) for n in (*range(9), 11, 12, *range(14, 32), 127)}
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL), max_size=30)
tricky = st.sampled_from(
    ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "_x000D_", "_x005F_", "#N/A", " a ", "\ufffe", "a\r\nb"]
)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=2).filter(
    lambda number: len(number.normalize().as_tuple().digits) <= 15
)
days = st.dates(min_value=date(1900, 3, 1))
moments = st.datetimes(min_value=datetime(1900, 3, 1)).map(lambda moment: moment.replace(microsecond=0))
cells = st.one_of(texts, tricky, numbers, days, moments, st.none())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(["zh", "en"]))
def test_what_is_written_is_read_back_exactly(pairs: list[tuple[Written, Written]], language: Any) -> None:
    rows = [row("有", first, second) for first, second in pairs]
    sheet = read_rows(write(*rows, language=language), columns=COLUMNS)

    assert not sheet.errors
    assert [found.number for found in sheet.rows] == list(range(2, len(rows) + 2))
    for found, (first, second) in zip(sheet.rows, pairs, strict=True):
        for key, value in (("id", first), ("score", second)):
            expected: Any = readable(value) if isinstance(value, str) else value
            if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
                expected = value.date()
            assert found.values[key] == expected
            assert type(found.values[key]) is type(expected)


@settings(max_examples=60, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers() | st.dates(max_value=date(1900, 2, 28)))
def test_what_a_spreadsheet_cannot_hold_comes_back_as_text_never_changed(value: Written) -> None:
    (found,) = read_rows(write(row("有", value)), columns=COLUMNS).rows
    back = found.values["id"]
    if isinstance(value, date):
        assert back == value.isoformat()
    else:
        assert value is not None
        assert Decimal(str(back)) == Decimal(value)
