"""The report of a period 行业统计月报 on paper and as a spreadsheet (M13)."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import ceil
from pathlib import Path

from services.membership.data import report_charts
from services.membership.second_factor.rules import ISSUER
from services.membership.statistics.editions.models import Edition, Total
from services.membership.statistics.editions.rules import Basis, Chart, Shows
from services.membership.statistics.periods.models import Period
from services.membership.statistics.plausibility.schemas import KINDS, SEVERITIES
from shared.documents.charts import Series, bars, lines
from shared.documents.pdf import Value, render
from shared.documents.rows import Column
from shared.documents.spreadsheets import Table, write_rows
from shared.offload import off_hub
from shared.standards.calendar import BUSINESS_ZONE, business_date
from shared.text import Text, chinese_day

TEMPLATE = Path(__file__).with_name("report.typ")
Trend = Sequence[tuple[Period, Edition]]
"""Periods up to the one reported on, each with its edition, the earliest first."""


def pdf_of(period: Period, edition: Edition, trend: Trend) -> bytes:
    """The report as PDF: charts, all totals, and what is doubtful in them."""
    inputs: dict[str, Value] = {
        "month": period.span.label.zh,
        "author": ISSUER,
        "state": "已发布" if edition.published_at else "未发布，供内部核对",
        "number": edition.number,
        "about": _about(edition),
        "reason": edition.reason,
        "charts": list(_charts(edition, trend)),
        "totals": [_row(total) for total in edition.totals],
        "findings": [
            {"kind": KINDS[each.kind].zh, "severity": SEVERITIES[each.severity].zh, "says": each.says_zh}
            for each in edition.findings
        ],
        "made_on": chinese_day(business_date(edition.published_at or edition.made_at)),
    }
    made_at = (edition.published_at or edition.made_at).astimezone(BUSINESS_ZONE)
    title = f"通信行业统计月报 {period.span.label.zh}"
    return off_hub(render, TEMPLATE, inputs, title=title, made_at=made_at, author=ISSUER)


def _about(edition: Edition) -> str:
    if edition.basis == Basis.SOURCE:
        return f"数据来源：{edition.source_zh}"
    return f"应报{edition.expected}家，已报{edition.reported}家，由各单位上报汇总"


def _row(total: Total) -> dict[str, Value]:
    return {
        "label": total.indicator.label_zh,
        "unit": total.indicator.unit_zh,
        "value": f"{total.value:,f}",
        "growth": "—" if total.growth is None else f"{total.growth:+f}",
    }


def _charts(edition: Edition, trend: Trend) -> Iterator[str]:
    """The charts of the data that these editions have something for; one of a single month is no trend."""
    for chart in report_charts():
        totals = _named(edition, chart.codes)
        if chart.shows is Shows.TREND:
            if len(trend) > 1 and totals:
                yield _lines(chart, totals, trend)
        elif chart.shows is Shows.GROWTH:
            growing = [total for total in totals if total.growth is not None]
            if growing:
                yield _bars(chart, growing, [total.growth for total in growing], "%")
        elif totals:
            yield _bars(chart, totals, [total.value for total in totals], totals[0].indicator.unit_zh)


def _named(edition: Edition, codes: Iterable[str]) -> list[Total]:
    by_code = {total.indicator.code: total for total in edition.totals}
    return [by_code[code] for code in codes if code in by_code]


def _bars(chart: Chart, totals: Sequence[Total], values: Sequence[Decimal | None], unit: str) -> str:
    labels = [_broken(total.indicator.label_zh) for total in totals]
    return off_hub(bars, labels, [Series(chart.title.zh, values)], title=chart.title.zh, unit=unit)


def _lines(chart: Chart, totals: Sequence[Total], trend: Trend) -> str:
    months = [f"{period.year}\n{period.month}月" for period, _ in trend]
    figures = [edition.figures for _, edition in trend]
    series = []
    for total in totals:
        of_months = (each.get(total.indicator.code) for each in figures)
        values = [reported.value if reported else None for reported in of_months]
        series.append(Series(total.indicator.label_zh, values))
    return off_hub(lines, months, series, title=chart.title.zh, unit=totals[0].indicator.unit_zh)


def _broken(label: str, widest: int = 7) -> str:
    """A label in lines of about the same length, short enough to stand under a bar; a bracket begins a line."""
    lines = []
    for part in label.replace("（", "\n（").split("\n"):
        width = ceil(len(part) / ceil(len(part) / widest))
        lines += [part[at : at + width] for at in range(0, len(part), width)]
    return "\n".join(lines)


TOTALS = [
    Column("indicator", Text("指标", "Indicator")),
    Column("unit", Text("计量单位", "Unit of measure")),
    Column("value", Text("数值", "Value")),
    Column("growth", Text("同比增长（%）", "Growth (per cent)")),
    Column("units", Text("上报单位数", "Units")),
]
FINDINGS = [
    Column("indicator", Text("指标", "Indicator")),
    Column("kind", Text("校验", "Check")),
    Column("severity", Text("程度", "Severity")),
    Column("says", Text("内容", "What")),
]


def xlsx_of(edition: Edition) -> bytes:
    """The report as a spreadsheet: a sheet of totals and one of what is doubtful in them."""
    labels = {total.indicator.code: total.indicator.label_zh for total in edition.totals}
    totals = [
        {
            "indicator": total.indicator.label_zh,
            "unit": total.indicator.unit_zh,
            "value": total.value,
            "growth": total.growth,
            "units": total.units,
        }
        for total in edition.totals
    ]
    findings = [
        {
            "indicator": labels[each.indicator],
            "kind": KINDS[each.kind].zh,
            "severity": SEVERITIES[each.severity].zh,
            "says": each.says_zh,
        }
        for each in edition.findings
    ]
    return off_hub(write_rows, [Table("数据", TOTALS, totals), Table("疑点", FINDINGS, findings)])
