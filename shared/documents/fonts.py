"""The two typefaces that documents are set in, and the characters they can't print.

Noto Serif CJK and Noto Sans CJK (SIL Open Font License) come with the package mplfonts, regular weight only.
"""

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

_FILES = ("NotoSerifCJKsc-Regular.otf", "NotoSansCJKsc-Regular.otf")


@cache
def font_files() -> tuple[Path, ...]:
    """Where the font files stand, the serif first."""
    # find_spec only looks; importlib.resources would run mplfonts, which draws in the whole of matplotlib.
    spec = find_spec("mplfonts")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package mplfonts, which carries the fonts, is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "fonts"
    return tuple(folder / name for name in _FILES)


def missing_glyphs(text: str) -> set[str]:
    """The characters of ``text`` that would print as an empty box, empty where all is well.

    Line breaks, spaces and characters that only steer the others (joiners, variation selectors) never count;
    other control characters always do.
    """
    return {character for character in text if not _printable(character)}


def _printable(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cc":
        return character in "\n\r\t"
    if category in ("Cf", "Zs", "Zl", "Zp") or "VARIATION SELECTOR" in unicodedata.name(character, ""):
        return True
    return ord(character) in _covered()


@cache
def _covered() -> frozenset[int]:
    code_points: set[int] = set()
    for file in font_files():
        with TTFont(file, lazy=True) as font:
            code_points.update(font.getBestCmap())
    return frozenset(code_points)
