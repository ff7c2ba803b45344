"""CSV as Excel writes and opens it, and files made to break the reader."""

import csv
import io
import time
import tracemalloc
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents.csv_tables import read_csv, write_csv
from shared.documents.headings import Sheet
from shared.documents.rows import FORMULA_STARTS, Column
from shared.documents.spreadsheets import Limits, Table, write_rows
from shared.documents.uploads import read_upload
from shared.documents.xlsx_write import Written
from shared.errors import Invalid, Malformed, Problem, TooLarge
from shared.text import Language, Text

NAME = Column("name", Text("姓名", "Name"), required=True)
CODE = Column("code", Text("代码", "Code"))
COLUMNS = (NAME, CODE)
MARK = b"\xef\xbb\xbf"


def write(*rows: tuple[Written, Written], language: Language = "zh") -> bytes:
    table = Table("表", COLUMNS, [{"name": name, "code": code} for name, code in rows])
    return write_csv(table, language=language)


def read(content: bytes | str, *, columns: Sequence[Column] = COLUMNS, limits: Limits | None = None) -> Sheet:
    sent = content.encode() if isinstance(content, str) else content
    return read_csv(sent, columns=columns, limits=limits)


def values(sheet: Sheet) -> list[tuple[object, ...]]:
    return [tuple(row.values.values()) for row in sheet.rows]


def refusal(content: bytes | str, limits: Limits | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        read(content, limits=limits)
    assert caught.value.detail.zh != caught.value.detail.en
    return caught.value


# --- writing -----------------------------------------------------------------------------------------------


def test_excel_knows_the_encoding_by_the_mark_and_lines_end_as_on_windows() -> None:
    content = write(("赵进", "甲"))
    assert content == MARK + "姓名,代码\r\n赵进,甲\r\n".encode()
    assert write(("赵进", None), language="en") == MARK + "Name,Code\r\n赵进,\r\n".encode()


def test_quotes_commas_and_line_breaks_stay_in_their_cell() -> None:
    content = write(('他说"好"', "甲,乙\n丙"))
    assert content.endswith('"他说""好""","甲,乙\n丙"\r\n'.encode())
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1] == ['他说"好"', "甲,乙\n丙"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_begins_like_a_formula_begins_with_an_apostrophe_instead(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    written = list(csv.reader(io.StringIO(write((text, None)).decode("utf-8-sig"), newline="")))[1][0]
    assert written == f"'{text}"


@pytest.mark.parametrize("text", ["911400001234567890", "007", "91140000123456789E5", "3-5", "12:30", "50%", "1,234"])
def test_what_looks_like_a_number_is_kept_text_by_a_tab(text: str) -> None:
    written = list(csv.reader(io.StringIO(write((text, None)).decode("utf-8-sig"))))[1][0]
    assert written == f"{text}\t"


def test_numbers_and_days_are_written_plain() -> None:
    content = write((Decimal("1200.50"), date(2021, 2, 1)), (7, datetime(2021, 2, 1, 9, 30)))
    assert content.decode("utf-8-sig").split("\r\n")[1:3] == ["1200.50,2021-02-01", "7,2021-02-01 09:30:00"]


@pytest.mark.parametrize("bad", [1.5, True])
def test_what_a_workbook_cannot_hold_a_csv_file_cannot_either(bad: object) -> None:
    with pytest.raises(TypeError):
        write((bad, None))  # type: ignore[arg-type]


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("=+-@'\t\n\",0123456789.E")).filter(
    lambda text: text.strip()
)


@given(st.lists(st.tuples(TEXTS, st.none() | TEXTS), min_size=1, max_size=5))
def test_what_was_written_is_read_again(rows: list[tuple[str, str | None]]) -> None:
    header = ("姓名", "代码")
    kept = [row for row in rows if row != header]
    assert values(read(write(*kept))) == kept


@given(TEXTS)
def test_no_written_text_begins_like_a_formula(text: str) -> None:
    written = list(csv.reader(io.StringIO(write((text, text)).decode("utf-8-sig"), newline="")))[1]
    assert not [cell for cell in written if cell.startswith(FORMULA_STARTS)]


# --- reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_encodings_that_offices_save_in_are_told_apart(encoding: str) -> None:
    assert values(read("姓名,代码\r\n赵进,甲镕\r\n".encode(encoding))) == [("赵进", "甲镕")]


def test_a_character_that_only_gb18030_has() -> None:
    assert values(read("姓名\n赵𠀀进\n".encode("gb18030"))) == [("赵𠀀进", None)]


def test_rows_count_as_the_spreadsheet_program_shows_them() -> None:
    sheet = read('名册\n\n姓名,代码\n"赵\n进",甲\n\n,\n王敏,乙\n')
    assert [(row.number, row.values["name"]) for row in sheet.rows] == [(4, "赵\n进"), (7, "王敏")]


def test_short_and_long_rows_and_unknown_headings() -> None:
    sheet = read("姓名,备注,代码\n赵进\n王敏,补,乙,更多,更多\n")
    assert values(sheet) == [("赵进", None), ("王敏", "乙")]
    assert sheet.unknown_headers == ("备注",)


def test_a_formula_is_read_as_the_text_it_is() -> None:
    assert values(read('姓名,代码\n"=HYPERLINK(""http://x"",1)",\'=1+1\n')) == [('=HYPERLINK("http://x",1)', "=1+1")]


def test_what_is_required_and_empty_is_named_with_its_row() -> None:
    sheet = read("姓名,代码\n,甲\n")
    assert [(error.row, error.column) for error in sheet.errors] == [(2, "name")]


def test_a_control_character_is_the_fault_of_its_cell() -> None:
    sheet = read("姓名,代码\n赵\x07进,甲\n")
    assert [(error.row, error.column) for error in sheet.errors] == [(2, "name")]


def test_missing_headings_are_named() -> None:
    problem = refusal("代码\n甲\n")
    assert isinstance(problem, Invalid)
    assert "缺少“姓名”列" in problem.detail.zh


# --- hostile -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"\0" * 1000,
        "姓名\n赵\0进\n".encode(),
        "姓名\n赵进\n".encode("utf-16"),
        "姓名\n赵进\n".encode("utf-16-le"),
        "姓名\n赵进\n".encode()[:-2] + b"\xff\xff",
    ],
)
def test_what_is_no_text_is_told_apart(content: bytes) -> None:
    problem = refusal(content)
    assert isinstance(problem, Malformed)
    assert problem.code == "csv-encoding"


@pytest.mark.parametrize("content", ['姓名\n"赵进', '姓名\n"赵"进\n', "姓名\n" + "赵" * 200_000])
def test_quotes_that_do_not_match_and_endless_cells_are_refused_without_a_word_of_them(content: str) -> None:
    problem = refusal(content)
    assert isinstance(problem, Malformed)
    assert problem.code == "csv-damaged"
    assert problem.__cause__ is None
    assert "赵" not in str(problem.as_dict("zh"))


@pytest.mark.parametrize(
    "content",
    ["姓名" + "," * 1_000_000 + "\n赵进\n", "姓名\n" + ('"\n"' + "," * 50_000) * 20, ("," * 60_000 + '"\n",') * 16],
    ids=["one line", "many lines", "quoted lines"],
)
def test_a_million_columns_are_refused_before_they_are_cells(content: str) -> None:
    tracemalloc.start()
    try:
        problem = refusal(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(problem, TooLarge)
    assert peak < 20_000_000


def test_tables_larger_than_allowed_are_refused() -> None:
    limits = Limits(content=1_000, rows=3, columns=2)
    assert len(read("姓名\n1\n2\n", limits=limits).rows) == 2
    for content in ("姓名\n1\n2\n3\n", "姓名\n1,2,3\n", "姓名\n" + "\n" * 1_000):
        assert isinstance(refusal(content, limits), TooLarge)


def test_twenty_thousand_rows_take_little_time() -> None:
    content = write(*[(f"单位{number}", "91140000M00000001X") for number in range(19_000)])
    started = time.perf_counter()
    assert len(read(content).rows) == 19_000
    assert time.perf_counter() - started < 10


# --- either kind of file -----------------------------------------------------------------------------------


def test_the_kind_of_a_file_is_told_by_what_is_in_it() -> None:
    table = Table("表", COLUMNS, [{"name": "赵进", "code": None}])
    for content in (write_rows([table]), write_csv(table)):
        assert values(read_upload(content, columns=COLUMNS)) == [("赵进", None)]


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_a_workbook_that_cannot_be_read_is_not_taken_for_text(content: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read_upload(content, columns=COLUMNS)
    assert caught.value.code == "spreadsheet-type"


@pytest.mark.parametrize("content", [b"", b"\n\n", MARK])
def test_an_empty_file_has_no_headings(content: bytes) -> None:
    assert isinstance(refusal(content), Invalid)
