import re
import xml.etree.ElementTree as ET

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.documents.qr import qr_svg

QUIET = 4
NUMBER = "S000014000001203000001"


def modules(svg: str) -> list[list[int]]:
    """The black and white modules that the drawing shows, quiet zone left off."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    grid = [[0] * side for _ in range(side)]
    path = root.findall("{http://www.w3.org/2000/svg}path")[-1].attrib["d"]
    x, y = 0, -1
    for command, arguments in re.findall(r"([Mmh])([^Mmh]*)", path):
        numbers = [float(n) for n in arguments.replace(",", " ").split()]
        if command == "M":
            x, y = int(numbers[0]), int(numbers[1])
        elif command == "m":
            x, y = x + int(numbers[0]), y + int(numbers[1])
        else:
            for column in range(x, x + int(numbers[0])):
                grid[y][column] = 1
            x += int(numbers[0])
    assert not any(map(any, grid[:QUIET] + grid[-QUIET:])), "the quiet zone is empty"
    assert not any(any(row[:QUIET]) or any(row[-QUIET:]) for row in grid)
    return [row[QUIET:-QUIET] for row in grid[QUIET:-QUIET]]


def error_level(grid: list[list[int]]) -> str:
    """The level of error correction written beside the upper left finder (ISO/IEC 18004, table 12)."""
    bits = (grid[8][0] << 1 | grid[8][1]) ^ 0b10
    return {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}[bits]


@pytest.mark.parametrize("text", ["https://example.org/c/" + NUMBER + "?t=3kq9Zx", NUMBER, "证书 赵进", "1"])
def test_the_drawing_is_the_code_of_the_text(text: str) -> None:
    expected = segno.make_qr(text, error="m", encoding="utf-8", boost_error=True)
    drawn = modules(qr_svg(text))
    assert drawn == [list(row) for row in expected.matrix]
    assert drawn != modules(qr_svg(text + "x"))
    assert error_level(drawn) in "MQH"


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=200))
def test_error_correction_is_never_below_m(text: str) -> None:
    assert error_level(modules(qr_svg(text))) in "MQH"


def test_it_is_square_scalable_and_always_the_same() -> None:
    root = ET.fromstring(qr_svg(NUMBER))
    left, top, width, height = root.attrib["viewBox"].split()
    assert (left, top) == ("0", "0")
    assert width == height
    assert "width" not in root.attrib
    assert qr_svg(NUMBER) == qr_svg(NUMBER)


def test_more_than_a_code_can_hold_is_refused() -> None:
    qr_svg("x" * 2331)
    with pytest.raises(ValueError, match="too large"):
        qr_svg("x" * 2332)
