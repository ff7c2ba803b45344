"""Charts: the same call gives the same drawing, every figure is in it, and a PDF can hold it."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shared.documents.charts import Series, bars, lines
from shared.documents.pdf import render

UNITS = ["移动", "联通", "电信"]
TWO_YEARS = [Series("2019年", [12, None, 30]), Series("2020年", [Decimal("14.5"), -2, 31])]
SVG = "{http://www.w3.org/2000/svg}"

both = pytest.mark.parametrize("chart", [bars, lines])


def shapes(svg: str, prefix: str) -> list[str]:
    return [each.attrib["id"] for each in ET.fromstring(svg).iter(f"{SVG}g") if each.get("id", "").startswith(prefix)]


@both
def test_the_same_call_gives_the_same_drawing(chart: Callable[..., str]) -> None:
    first, second = (chart(UNITS, TWO_YEARS, title="电信业务收入", unit="亿元") for _ in range(2))
    assert first == second
    assert first != chart(UNITS, TWO_YEARS[:1], title="电信业务收入", unit="亿元")


@both
def test_nothing_is_fetched_and_no_letter_needs_a_font_of_the_reader(chart: Callable[..., str]) -> None:
    root = ET.fromstring(chart(UNITS, TWO_YEARS, title="电信业务收入", unit="亿元"))
    assert not list(root.iter(f"{SVG}text"))
    assert not list(root.iter(f"{SVG}image"))


def test_a_missing_value_breaks_a_line_and_is_no_zero() -> None:
    whole = lines(["1月", "2月", "3月"], [Series("用户", [1, 2, 3])], title="用户")
    broken = lines(["1月", "2月", "3月"], [Series("用户", [1, None, 3])], title="用户")
    zero = lines(["1月", "2月", "3月"], [Series("用户", [1, 0, 3])], title="用户")
    assert len({whole, broken, zero}) == 3


def test_one_series_needs_no_legend() -> None:
    assert shapes(bars(UNITS, TWO_YEARS, title="收入"), "legend")
    assert not shapes(bars(UNITS, TWO_YEARS[:1], title="收入"), "legend")


@both
@pytest.mark.parametrize("series", [[], [Series("x", [1, 2])], [Series("x", [1, 2, 3])] * 7])
def test_series_that_do_not_fit_are_an_error(chart: Callable[..., str], series: list[Series]) -> None:
    with pytest.raises(ValueError, match="series"):
        chart(UNITS, series, title="收入")


def test_a_template_holds_a_chart(tmp_path: Path) -> None:
    template = tmp_path / "report.typ"
    template.write_text('#import "@local/documents:1.0.0": data, chart\n#chart(data.chart)\n', "utf-8")
    made_at = datetime(2021, 1, 18, tzinfo=UTC)
    empty = render(
        template, {"chart": bars(UNITS, [Series("收入", [0, 0, 0])], title="收入")}, title="图", made_at=made_at
    )
    full = render(template, {"chart": bars(UNITS, TWO_YEARS, title="收入")}, title="图", made_at=made_at)
    assert full.startswith(b"%PDF-")
    assert full != empty
