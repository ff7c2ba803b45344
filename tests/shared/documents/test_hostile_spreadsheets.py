"""Files made to break the reader, or broken by accident."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from shared.documents import xlsx_guard
from shared.documents.spreadsheets import Column, Limits, read_rows
from shared.errors import Invalid, Malformed, Problem, TooLarge
from shared.text import Text

NAME = Column("name", Text("姓名", "Name"), required=True)
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>赵进</t></is></c></row>'
)
SHEET = "xl/worksheets/sheet1.xml"
Parts = Callable[..., dict[str, bytes]]
Pack = Callable[[dict[str, bytes]], bytes]
Build = Callable[..., bytes]


def refusal(content: bytes, limits: Limits | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        read_rows(content, columns=[NAME], limits=limits)
    problem = caught.value
    assert problem.detail.zh
    assert problem.detail.en
    assert problem.detail.zh != problem.detail.en
    return problem


def peak_while_refusing(content: bytes) -> tuple[Problem, int]:
    tracemalloc.start()
    try:
        problem = refusal(content)
        return problem, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_handmade_file_itself_is_good(handmade: Build) -> None:
    assert read_rows(handmade(ROWS), columns=[NAME]).rows[0].values == {"name": "赵进"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        "姓名,成绩\n赵进,60\n".encode("gb18030"),
        b"%PDF-1.7\n",
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "Workbook".encode("utf-16-le"),
        b"\x00" * 1000,
    ],
)
def test_what_is_no_xlsx_is_told_apart(content: bytes) -> None:
    problem = refusal(content)
    assert isinstance(problem, Malformed)
    assert problem.code == "spreadsheet-type"


def test_a_zip_that_is_no_spreadsheet(packed: Pack) -> None:
    assert refusal(packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})).code == ("spreadsheet-type")
    assert refusal(packed({"[Content_Types].xml": b"<Types/>"})).code == "spreadsheet-damaged"


def test_a_file_with_a_password() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le")
    problem = refusal(content)
    assert isinstance(problem, Malformed)
    assert problem.code == "spreadsheet-encrypted"
    assert "密码" in problem.detail.zh


def test_a_zip_with_encrypted_parts(handmade: Build) -> None:
    content = bytearray(handmade(ROWS))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        flags = struct.unpack_from("<H", content, at + 8)[0]
        struct.pack_into("<H", content, at + 8, flags | 1)
        at += 4
    assert refusal(bytes(content)).code == "spreadsheet-encrypted"


def test_a_zip_bomb_is_refused_unopened(sheet_parts: Parts, packed: Pack) -> None:
    content = packed({**sheet_parts(ROWS), "xl/media/image1.png": bytes(100_000_000)})
    assert len(content) < 1_000_000
    problem, peak = peak_while_refusing(content)
    assert isinstance(problem, TooLarge)
    assert peak < 5_000_000


def test_a_bomb_that_lies_about_its_size(sheet_parts: Parts, packed: Pack) -> None:
    bomb = ROWS.replace("赵进", " " * 20_000_000)
    content = bytearray(packed(sheet_parts(bomb)))
    true_size = len(sheet_parts(bomb)[SHEET])
    at = content.find(struct.pack("<I", true_size))
    while at >= 0:
        struct.pack_into("<I", content, at, 1000)
        at = content.find(struct.pack("<I", true_size))
    problem, peak = peak_while_refusing(bytes(content))
    assert isinstance(problem, Malformed)
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ('<row r="1">' + "<c/>" * 8_000 + "</row>", {}),
        ("<row/>" * 50_000, {}),
        (ROWS, {"after": "<mergeCells>" + '<mergeCell ref="A1:A2"/>' * 50_000 + "</mergeCells>"}),
        (ROWS, {"strings": "<si/>" * 50_000}),
        (ROWS, {"strings": "<si>" + "<r/>" * 8_000 + "</si>"}),
        (ROWS, {"styles": '<xf numFmtId="0"/>' * 50_000}),
        ("".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(1, 30_000)), {}),
        ('<row r="1">' + "<c><v>1</v></c>" * 200 + "</row>", {}),
    ],
    ids=["cells", "rows", "merges", "strings", "runs", "styles", "long", "wide"],
)
def test_more_than_memory_should_hold_is_refused_before_parsing(
    handmade: Build, monkeypatch: pytest.MonkeyPatch, rows: str, more: dict[str, str]
) -> None:
    monkeypatch.setattr(xlsx_guard, "_ELEMENTS_IN_UNIT", 6_600)
    monkeypatch.setattr(xlsx_guard, "_ELEMENTS_OUTSIDE", 40_000)
    monkeypatch.setattr(xlsx_guard, "_UNITS_IN_PART", 40_000)
    problem, peak = peak_while_refusing(handmade(rows, **more))
    assert isinstance(problem, TooLarge)
    assert peak < 2_000_000


def test_many_parts_are_refused(sheet_parts: Parts, packed: Pack) -> None:
    files = {**sheet_parts(ROWS), **{f"xl/media/{n}.png": b"" for n in range(2_001)}}
    assert isinstance(refusal(packed(files)), TooLarge)


def test_a_file_larger_than_allowed_is_not_even_opened() -> None:
    assert isinstance(refusal(bytes(2_000), Limits(content=1_000)), TooLarge)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"])
def test_entities_are_refused_wherever_they_stand(sheet_parts: Parts, packed: Pack, part: str) -> None:
    files = sheet_parts(ROWS)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    for encoding in ("utf-8", "utf-16"):
        text = files[part].decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
        hostile = text.replace("?>", "?>" + doctype, 1).encode(encoding)
        assert refusal(packed({**files, part: hostile})).code == "spreadsheet-damaged"


def test_a_merge_over_the_whole_sheet_costs_nothing(handmade: Build) -> None:
    merged = '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    assert len(read_rows(handmade(ROWS, after=merged), columns=[NAME]).rows) == 1


def test_endless_overlapping_merges_are_refused(handmade: Build) -> None:
    rows = ROWS + "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(3, 10_000))
    merged = "<mergeCells>" + '<mergeCell ref="A2:A9999"/>' * 1_000 + "</mergeCells>"
    assert refusal(handmade(rows, after=merged)).code == "spreadsheet-damaged"


@pytest.mark.parametrize(
    "rows",
    [
        ROWS + '<row r="2"><c r="A2"><v>1</v></c></row>',
        ROWS + '<row r="1"><c r="A1"><v>1</v></c></row>',
        ROWS + '<row r="99999999999"><c><v>1</v></c></row>',
        ROWS + '<row r="-5"><c><v>1</v></c></row>',
        ROWS + '<row r="x"><c><v>1</v></c></row>',
        ROWS + '<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>1</v></c></row>',
        ROWS + '<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>',
        ROWS + '<row r="3"><c r="ZZZ3"><v>1</v></c></row>',
        ROWS + '<row r="3"><c r="A3" t="s"><v>7</v></c></row>',
        ROWS + "<row><c>",
        ROWS + '<row r="3"><c r="A3" t="inlineStr"><is><t>\x01</t></is></c></row>',
    ],
)
def test_a_damaged_sheet_is_refused_whole(handmade: Build, rows: str) -> None:
    problem = refusal(handmade(rows))
    assert isinstance(problem, Malformed)
    assert problem.code == "spreadsheet-damaged"


def test_cut_or_altered_files_are_refused_and_never_crash(handmade: Build) -> None:
    content = handmade(ROWS)
    refused = 0
    for cut in range(0, len(content), 97):
        for hostile in (content[:cut], content[:cut] + b"\xff\x00\xff" + content[cut + 3 :]):
            try:
                read_rows(hostile, columns=[NAME])
            except (Malformed, TooLarge, Invalid):
                refused += 1
    assert refused > len(content) // 97


@pytest.mark.rule(id="X5")
def test_a_refusal_carries_no_word_of_the_file(handmade: Build) -> None:
    secret = "110105194912310021"
    content = handmade(ROWS + f'<row r="3"><c r="{secret}" s="{secret}x"><v>{secret}</v></c></row>')
    problem = refusal(content)
    assert secret not in str(problem.as_dict("zh")) + str(problem.as_dict("en")) + repr(problem)
    assert problem.__cause__ is None
    assert problem.__suppress_context__


def test_a_part_named_twice_is_refused(handmade: Build) -> None:
    file = io.BytesIO(handmade(ROWS))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert refusal(file.getvalue()).code == "spreadsheet-damaged"


def test_a_workbook_with_nothing_to_see_is_refused() -> None:
    workbook = Workbook()
    workbook.create_chartsheet("图").add_chart(BarChart())
    workbook["Sheet"].sheet_state = "hidden"
    file = io.BytesIO()
    workbook.save(file)
    problem = refusal(file.getvalue())
    assert isinstance(problem, Invalid)
    assert problem.code == "sheet"
