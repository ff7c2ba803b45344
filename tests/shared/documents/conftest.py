"""Spreadsheets written by hand, part by part, as other programs or ill-meaning people make them."""

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Build = Callable[..., bytes]


def parts(rows: str, *, after: str = "", before: str = "", strings: str = "", styles: str = "") -> dict[str, bytes]:
    """The parts of a workbook whose only sheet, 表, holds ``rows`` (XML of <row> elements)."""
    sheet = f'{_HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    texts = {
        "[Content_Types].xml": f"""{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Default Extension="xml" ContentType="application/xml"/>
            <Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>
            <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>
            <Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/>
            <Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>""",
        "_rels/.rels": f"""{_HEAD}
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>
            </Relationships>""",
        "xl/workbook.xml": f"""{_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}">
            <sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>""",
        "xl/_rels/workbook.xml.rels": f"""{_HEAD}
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>
            <Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/>
            <Relationship Id="rId3" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>
            </Relationships>""",
        "xl/styles.xml": f"""{_HEAD}<styleSheet xmlns="{MAIN}">
            <fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>
            <fills count="1"><fill><patternFill patternType="none"/></fill></fills>
            <borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
            <cellXfs><xf numFmtId="0"/>{styles}</cellXfs>
            <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
            </styleSheet>""",
        "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    return {name: text.encode() for name, text in texts.items()}


def pack(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.fixture
def sheet_parts() -> Callable[..., dict[str, bytes]]:
    return parts


@pytest.fixture
def packed() -> Callable[[Mapping[str, bytes]], bytes]:
    return pack


@pytest.fixture
def handmade() -> Build:
    """``handmade(rows, after=…, before=…, strings=…, styles=…)`` → the .xlsx file."""
    return lambda rows, **more: pack(parts(rows, **more))
