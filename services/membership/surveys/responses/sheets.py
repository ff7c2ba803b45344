"""Sheets of responses 答卷表: what columns they have, and what their rows say (M8)."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.membership.surveys.plans.models import Survey
from services.membership.surveys.questionnaires.rules import Question
from services.membership.surveys.responses import rules
from services.membership.surveys.responses.taking import Asking, Filled
from services.membership.surveys.results.counting import Named
from shared.documents.rows import Column, Row, RowErrors
from shared.documents.spreadsheets import Table, write_rows
from shared.errors import Refused
from shared.offload import off_hub
from shared.text import Text

KEY = "operator"
OPERATOR = Column(KEY, Text("企业序号", "Operator no."), required=True)
SHEET = "答卷"
_WHOLE = frozenset("0123456789")


def columns_of(survey: Survey) -> list[Column]:
    """The operator's number in the plan, then a column for each question under the id of it."""
    assert survey.questionnaire is not None
    return [
        OPERATOR,
        *(
            Column(str(question.id), Text(f"题{place}", f"Q{place}"))
            for place, question in survey.questionnaire.questions.items()
        ),
    ]


def blank_sheet(survey: Survey, operators: Sequence[Named]) -> bytes:
    """An .xlsx file to fill in: an empty table, the operators by number, and what each column asks."""
    assert survey.questionnaire is not None
    asked = {place: question.as_ruled() for place, question in survey.questionnaire.questions.items()}
    legend = Column("number", Text("序号", "No.")), Column("text", Text("内容", "What it is"))
    tables = [
        Table(SHEET, columns_of(survey), []),
        Table("企业", legend, ({"number": place, "text": each.short_name} for place, each in enumerate(operators, 1))),
        Table("题目", legend, [{"number": f"题{at}", "text": _explained(each)} for at, each in asked.items()]),
    ]
    return off_hub(write_rows, tables)


def filled_rows(rows: Iterable[Row], errors: RowErrors, asking: Asking) -> Iterator[Filled]:
    """What each row says; what is wrong in it is added to ``errors`` by row and column, and quotes no cell."""
    for row in rows:
        if row.number in errors.rows:
            continue
        operator = _operator(row, asking.survey.operator_ids, errors)
        answers = list(_answers(row, asking.asked, asking, errors))
        if not answers:
            errors.add(row.number, "", Text("至少回答一题", "Answer at least one question"))
        if operator is not None and row.number not in errors.rows:
            yield Filled(operator, answers)


def _operator(row: Row, operators: Sequence[uuid.UUID], errors: RowErrors) -> uuid.UUID | None:
    typed = (row.text(KEY) or "").strip()
    number = int(typed) if typed and len(typed) < 4 and set(typed) <= _WHOLE else 0
    if not 1 <= number <= len(operators):
        most = len(operators)
        errors.add(row.number, KEY, Text(f"须为1至{most}", f"must be a number from 1 to {most}"))
        return None
    return operators[number - 1]


def _answers(row: Row, asked: Mapping[uuid.UUID, Question], asking: Asking, errors: RowErrors) -> Iterator[rules.Given]:
    for id, question in asked.items():
        typed = row.text(str(id))
        if typed is None or not typed.strip():
            continue
        try:
            yield rules.from_cell(question, id, typed, asking.terms)
        except Refused as refused:
            errors.add(row.number, str(id), refused.detail)


def _explained(question: Question) -> str:
    options = "；".join(f"{place} {text}" for place, text in enumerate(question.options, 1))
    return f"{question.text}（{question.kind.label.zh}{'：' + options if options else ''}）"
