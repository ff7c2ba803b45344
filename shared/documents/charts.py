"""Charts as SVG, for a typst template (``chart`` in typst/local/documents) or a web page.

The first chart of a process takes some two seconds, later ones 0.1 to 0.2: call it as ``off_hub(bars, …)`` from a
service. Letters are drawn as shapes of the documents' own sans serif, so that a chart looks the same everywhere. The
same call gives the same bytes.
"""

import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from shared.documents.fonts import font_files
from shared.offload import thread_lock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#1f5fa8", "#d1762b", "#3d8f5f", "#8a4f9e", "#b03a3a", "#5c6670")
_WIDTH, _HEIGHT = 6.3, 3.2
# pyplot is not used, but fonts and text layout are shared within a process all the same.
_lock = thread_lock()


class Series(NamedTuple):
    """One line, or the bars of one colour: a value for each category, in their order, None where there is none."""

    label: str
    values: Sequence[Decimal | int | float | None]


def bars(categories: Sequence[str], series: Sequence[Series], *, title: str, unit: str = "") -> str:
    """Upright bars, those of one category side by side. ``unit`` stands at the axis of values. At most six series."""

    def draw(axes: "Axes") -> None:
        width = 0.8 / len(series)
        for place, each in enumerate(series):
            at = [index - 0.4 + width * (place + 0.5) for index in range(len(categories))]
            heights = [float(value) if value is not None else 0.0 for value in each.values]
            drawn = axes.bar(at, heights, width, label=each.label, color=_COLOURS[place])
            texts = ["" if value is None else f"{value:,}" for value in each.values]
            axes.bar_label(drawn, texts, padding=2, fontsize=7)
        axes.set_xticks(range(len(categories)), categories)

    return _chart(categories, series, title, unit, draw)


def lines(categories: Sequence[str], series: Sequence[Series], *, title: str, unit: str = "") -> str:
    """One line a series over the categories, such as periods; broken where a value is missing. At most six series."""

    def draw(axes: "Axes") -> None:
        for place, each in enumerate(series):
            heights = [float("nan") if value is None else float(value) for value in each.values]
            axes.plot(range(len(categories)), heights, marker="o", label=each.label, color=_COLOURS[place])
        axes.set_xticks(range(len(categories)), categories)

    return _chart(categories, series, title, unit, draw)


def _chart(
    categories: Sequence[str], series: Sequence[Series], title: str, unit: str, draw: "Callable[[Axes], None]"
) -> str:
    if not series or len(series) > len(_COLOURS):
        raise ValueError(f"a chart has 1 to {len(_COLOURS)} series, not {len(series)}")
    if any(len(each.values) != len(categories) for each in series):
        raise ValueError("every series has a value, or None, for each category")
    with _lock:
        # Not at the top: processes that never draw would take the time and the memory of it.
        import matplotlib
        from matplotlib.figure import Figure

        _know_fonts()
        with matplotlib.rc_context(
            {
                "font.family": "Noto Sans CJK SC",
                "svg.hashsalt": "xiehui",
                "axes.unicode_minus": False,
                "axes.spines.top": False,
                "axes.spines.right": False,
            }
        ):
            figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
            axes = figure.add_subplot()
            draw(axes)
            axes.set_title(title, fontsize=10)
            axes.set_ylabel(unit, fontsize=8)
            axes.tick_params(labelsize=8)
            axes.margins(y=0.15)
            if len(series) > 1:
                axes.legend(fontsize=8, frameon=False)
            svg = io.StringIO()
            # Without a date the same call gives the same bytes.
            figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return svg.getvalue()


@cache
def _know_fonts() -> None:
    from matplotlib.font_manager import fontManager

    for file in font_files():
        fontManager.addfont(file)
