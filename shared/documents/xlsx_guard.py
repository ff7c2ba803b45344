"""Looks through an uploaded .xlsx before any parser builds something of it.

A spreadsheet is a zip of XML files, so a few kilobytes can ask for gigabytes. Everything here reads in small
pieces, keeps nothing, and stops at the first excess.
"""

import io
import zipfile
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from shared.errors import Malformed, TooLarge

_MIB = 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ZIP_ENCRYPTED = 0x1
_PARTS = 2_000
_CHUNK = 64 * 1024

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL = _MAIN + "row", _MAIN + "c"
_UNITS = (_ROW, _MAIN + "si")
_CONTENT = tuple(_MAIN + tag for tag in ("v", "is", "f"))
# A parser holds one row or one shared string in memory at a time, and everything outside them at once. A row
# of all 16,384 columns with value and formula stays below the first number, the 64,000 styles that Excel
# allows below the second.
_ELEMENTS_IN_UNIT = 66_000
_ELEMENTS_OUTSIDE = 400_000
_UNITS_IN_PART = 1_100_000


@dataclass(frozen=True)
class Limits:
    """How large a spreadsheet may be.

    ``content`` and ``uncompressed`` are bytes, as sent and unpacked. ``rows`` counts the rows of a sheet that
    hold anything, headings too; ``columns`` the filled cells of its fullest row. They hold for every sheet of
    the file, also the ones not asked for.
    """

    content: int = 10 * _MIB
    uncompressed: int = 64 * _MIB
    rows: int = 20_000
    columns: int = 100


def check_xlsx(content: bytes, limits: Limits) -> None:
    """Looks through the whole file, keeping nothing.

    Raises ``TooLarge`` beyond ``limits``, ``Malformed`` for what is no .xlsx or has a password, and either
    that or an error of zipfile or zlib for what is damaged.
    """
    if len(content) > limits.content:
        megabytes = limits.content // _MIB
        raise _too_large(f"文件超过{megabytes} MB", f"The file is larger than {megabytes} MB")
    if content.startswith(_OLE):
        raise _encrypted() if _ENCRYPTED_STREAM in content else not_a_spreadsheet()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise not_a_spreadsheet()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_parts(archive, limits)
        for part in archive.infolist():
            with archive.open(part) as stream:
                _Scan(limits).read(stream)


def is_workbook(content: bytes) -> bool:
    """Whether ``content`` begins as files of Excel do, the old and the locked ones too: no text begins so."""
    return content.startswith((_ZIP, _OLE))


def not_a_spreadsheet() -> Malformed:
    return Malformed(
        "不是 .xlsx 表格文件，请用表格软件另存为 .xlsx 后再上传",
        "This is no .xlsx file; save it as .xlsx in your spreadsheet program and send that",
        code="spreadsheet-type",
    )


def damaged() -> Malformed:
    return Malformed(
        "表格文件已损坏或无法读取，请用表格软件打开并重新保存后再上传",
        "The spreadsheet is damaged; open it in your spreadsheet program, save it and send that",
        code="spreadsheet-damaged",
    )


def _encrypted() -> Malformed:
    return Malformed(
        "表格文件设有密码，请取消密码后再上传",
        "The spreadsheet has a password; take it off and send the file again",
        code="spreadsheet-encrypted",
    )


def _too_large(zh: str, en: str) -> TooLarge:
    return TooLarge(zh, en, code="spreadsheet-size")


def _check_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        raise not_a_spreadsheet()
    if any(part.flag_bits & _ZIP_ENCRYPTED for part in parts):
        raise _encrypted()
    if len(names) != len(parts):
        raise damaged()
    # zipfile never unpacks more of a part than its declared size, so declared sizes are true limits.
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > limits.uncompressed:
        raise _too_large("表格展开后过大", "The spreadsheet is too large once unpacked")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise damaged()


class _Scan:
    """Counts through one part of the file. What is no XML, such as a picture, is left at its first bytes."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._unit: str | None = None
        self._units = self._inside = self._outside = 0
        self._rows = self._filled = 0
        self._cell_is_filled = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def read(self, stream: IO[bytes]) -> None:
        try:
            while chunk := stream.read(_CHUNK):
                self._parser.Parse(chunk, False)
        except expat.ExpatError:
            return

    def _doctype(self, *_: object) -> None:
        # No spreadsheet program writes one; it is how XML is made to expand or to read other files.
        raise damaged()

    def _start(self, name: str, _: object) -> None:
        if self._unit is None:
            if name in _UNITS:
                self._unit = name
                self._units += 1
                self._inside = self._filled = 0
            else:
                self._outside += 1
        else:
            self._inside += 1
            if name == _CELL:
                self._cell_is_filled = False
            elif name in _CONTENT and not self._cell_is_filled:
                self._cell_is_filled = True
                self._filled += 1
        if self._outside > _ELEMENTS_OUTSIDE or self._inside > _ELEMENTS_IN_UNIT or self._units > _UNITS_IN_PART:
            raise _too_large("表格内容过多", "The spreadsheet holds too much")

    def _end(self, name: str) -> None:
        if name != self._unit:
            return
        self._unit = None
        if name != _ROW or not self._filled:
            return
        self._rows += 1
        rows, columns = self._limits.rows, self._limits.columns
        if self._rows > rows:
            raise _too_large(f"工作表超过{rows}行", f"A sheet has more than {rows} rows")
        if self._filled > columns:
            raise _too_large(f"工作表超过{columns}列", f"A sheet has more than {columns} columns")
