"""PDF from a typst template that lives next to the feature it belongs to.

A template begins with ``#import "@local/documents:1.0.0": data`` and finds there what the caller passed, as
values and never as markup. Title, language, fonts and page are set around it (typst/main.typ). Nothing comes
from the network or from the machine's own fonts, so the same call gives the same bytes everywhere.

Typesetting takes 1 to 3 ms a page once a template is warm (some 30 ms the first time). Call it as
``off_hub(render, …)`` from a service.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import typst

from shared.documents.fonts import font_files, missing_glyphs
from shared.errors import Broken
from shared.offload import thread_lock

__all__ = ["Value", "missing_glyphs", "render"]

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"

_TYPST = Path(__file__).parent / "typst"
_FRAME = (_TYPST / "main.typ").read_bytes()


def render(
    template: Path | str,
    inputs: Mapping[str, Value],
    *,
    title: str,
    made_at: datetime,
    author: str = "",
) -> bytes:
    """The PDF of ``template`` filled with ``inputs``.

    ``template`` is the path of a .typ file; files it reads stand in its folder or below. Money, dates and
    numbers that must look a certain way are passed as strings. ``made_at`` (with a time zone) becomes the
    date of making in the file; it is an argument so that the same call gives the same bytes. ``title`` and
    ``author`` go into the file's properties.

    Characters without a glyph print as an empty box: ask ``missing_glyphs`` first where that matters, as for
    a name. Raises ``Broken`` when the template is at fault, ``ValueError`` for a time without a zone.
    """
    offset = made_at.utcoffset()
    if offset is None:
        raise ValueError("made_at needs a time zone")
    path = Path(template).absolute()
    sys_inputs = {
        "template": path.name,
        "title": title,
        "author": author,
        "data": json.dumps(inputs, ensure_ascii=False, allow_nan=False),
    }
    # PDF knows no fractions of a second.
    moment = made_at.replace(microsecond=0).astimezone(timezone(offset))
    return _press(path).typeset(sys_inputs, moment)


class _Press:
    """One template and its compiler, which remembers between renders and serves one thread at a time."""

    def __init__(self, template: Path) -> None:
        self._template = template
        self._lock = thread_lock()
        self._compiler: typst.Compiler | None = None

    def typeset(self, sys_inputs: dict[str, str], made_at: datetime) -> bytes:
        with self._lock:
            # A compiler that failed half-way may stay locked inside, so it is kept only after it succeeded.
            compiler, self._compiler = self._compiler or self._new_compiler(), None
            try:
                pdf, warnings = compiler.compile_with_warnings(
                    _FRAME, format="pdf", sys_inputs=sys_inputs, timestamp=made_at
                )
            except BaseException as error:
                # A panic inside typst is no Exception, and would take the whole service down.
                if isinstance(error, typst.TypstError) or type(error).__name__ == "PanicException":
                    raise self._broken("template failed") from error
                raise
            self._compiler = compiler
        if not isinstance(pdf, bytes):
            raise self._broken("no PDF came out")
        for warning in warnings:
            if "font" in warning.message:
                raise self._broken(warning.message)
        return pdf

    def _new_compiler(self) -> typst.Compiler:
        folder = self._template.parent
        if not self._template.is_file():
            raise self._broken("no such template")
        for file in folder.rglob("*.typ"):
            # typst would download such a package in the middle of a render.
            if "@preview/" in file.read_text(encoding="utf-8"):
                raise self._broken(f"{file.name} wants a package from the network")
        return typst.Compiler(root=folder, font_paths=_fonts(), ignore_system_fonts=True, package_path=_TYPST)

    def _broken(self, why: str) -> Broken:
        name = self._template.name
        return Broken(f"文件模板 {name} 无法排版", f"The template {name} cannot be typeset: {why}", code="template")


@cache
def _press(template: Path) -> _Press:
    return _Press(template)


@cache
def _fonts() -> typst.Fonts:
    # typst searches folders, and the one of mplfonts holds faces that may not be used (SimHei). It follows
    # the links at once and remembers the files, so the folder need not stay.
    with TemporaryDirectory(prefix="fonts-") as folder:
        for file in font_files():
            (Path(folder) / file.name).symlink_to(file)
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
