"""A report on paper 调查报告: what stands on it, with charts, and the PDF of it (M8)."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.membership.surveys.questionnaires.rules import Kind
from services.membership.surveys.reports.models import SurveyReport
from services.membership.surveys.reports.rules import UNAUDITED, State
from services.membership.surveys.responses.taking import terms_of_survey
from shared.documents.charts import Series, bars
from shared.documents.pdf import Value, render
from shared.offload import off_hub
from shared.standards.calendar import BUSINESS_ZONE, business_date
from shared.text import chinese_day

TEMPLATE = Path(__file__).with_name("report.typ")
PUBLISHER = "山西通信行业协会"
NOT_SHOWN = "—"
MOST_SERIES = 6
"""As many operators as a chart can tell apart by colour; of more it shows all together."""


def pdf_of(report: SurveyReport) -> bytes:
    """The report as PDF, in Chinese; what is not shown is a dash."""
    survey, found, terms = report.survey, report.figures, terms_of_survey(report.survey)
    called = f"{survey.title.removesuffix('调查')}调查报告"
    inputs: dict[str, Value] = {
        "called": called,
        "publisher": PUBLISHER,
        "number": report.number,
        "standing": _standing(report),
        "dated": chinese_day(report.published_on or business_date(report.drafted_at)),
        "purpose": survey.purpose,
        "target_group": survey.target_group,
        "planned_sample": survey.planned_sample,
        "period": f"{chinese_day(survey.starts_on)}至{chinese_day(survey.ends_on)}",
        "smallest_cell": terms.smallest_cell,
        "least_answered": f"{terms.least_answered.numerator}/{terms.least_answered.denominator}",
        "formula": terms.formula_text.zh,
        "terms": f"{found['terms']}（{found['formula']}）",
        "invited": found["invited"],
        "valid": _text(found["valid"]),
        "rate": _percent(found["rate"]),
        "index": _text(found["index"]),
        "summary": report.summary,
        "operators": [
            {"name": each["short_name"], "valid": _text(each["valid"]), "index": _text(each["index"])}
            for each in found["operators"]
        ],
        "sections": [_section(each) for each in found["sections"]],
        "audited": chinese_day(business_date(report.audited_at))
        if report.audited_at and not _unaudited(report)
        else None,
        "charts": off_hub(_charts, found),
    }
    return off_hub(
        render,
        TEMPLATE,
        inputs,
        title=called,
        made_at=(report.published_at or report.drafted_at).astimezone(BUSINESS_ZONE),
        author=PUBLISHER,
    )


def _unaudited(report: SurveyReport) -> bool:
    return report.stage in UNAUDITED


def _standing(report: SurveyReport) -> str | None:
    """What every page warns of; None where there is nothing to warn of."""
    if report.stage is State.PUBLISHED:
        return None
    if _unaudited(report):
        return "未经审核，不得发布"
    return "已被新版替代" if report.stage is State.SUPERSEDED else "已审核，尚未发布"


def _section(section: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "number": section["number"],
        "title": section["title"],
        "weight": section["weight"],
        "index": _text(section["index"]),
        "operators": [_text(each) for each in section["operators"]],
        "questions": [_question(each) for each in section["questions"]],
    }


def _question(question: Mapping[str, Any]) -> dict[str, Value]:
    cells = [question["all"], *question["operators"]]
    scored = Kind(question["kind"]).weighs
    return {
        "number": question["number"],
        "text": question["text"],
        "kind": Kind(question["kind"]).label.zh,
        "weight": question["weight"],
        "scored": scored,
        "answered": [NOT_SHOWN if cell is None else str(cell["answered"]) for cell in cells],
        "scores": [NOT_SHOWN if cell is None else _text(cell["score"]) for cell in cells] if scored else [],
        "options": [
            {"option": each["option"], "answered": _text(each["answered"]), "share": _percent(each["share"])}
            for each in question["options"]
        ],
    }


def _charts(found: Mapping[str, Any]) -> dict[str, Value]:
    """The index by operator, and by section."""
    operators = found["operators"]
    names = ["合计", *(each["short_name"] for each in operators)]
    indexes = [_number(found["index"]), *(_number(each["index"]) for each in operators)]
    weighing = [each for each in found["sections"] if Decimal(each["weight"]) > 0]
    sections = [each["title"] for each in weighing]
    if len(operators) <= MOST_SERIES:
        series = [
            Series(each["short_name"], [_number(section["operators"][place]) for section in weighing])
            for place, each in enumerate(operators)
        ]
    else:
        series = [Series("合计", [_number(section["index"]) for section in weighing])]
    return {
        "operators": bars(names, [Series("满意度指数", indexes)], title="各企业满意度指数", unit="指数（0至100）"),
        "sections": bars(sections, series, title="各部分指数", unit="指数（0至100）"),
    }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(value: object) -> str:
    return NOT_SHOWN if value is None else str(value)


def _percent(value: str | None) -> str:
    return NOT_SHOWN if value is None else f"{value}%"
