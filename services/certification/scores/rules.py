"""The sheet of scores (C5, X5): each row finds its candidate by identity number and occupation.

The name in the sheet is there for people to read; nothing is looked up by it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from services.certification.batches.rules import STATE_NAMES, BatchState
from services.certification.candidates.rules import PersonInOccupation, check_identity_number
from services.certification.catalogue.rules import Catalogue, find_occupation
from services.certification.examinations.rules import PART_NAMES, Mark, Part, parse_mark
from shared.documents.rows import Cell, Column, Row, RowErrors
from shared.documents.rule_reader import RuleReader
from shared.errors import Refused
from shared.identity.duties import Bond, own_unit
from shared.text import Text

COLUMNS: Final = (
    Column("name", Text("姓名", "Name")),
    Column("identity_number", Text("身份证号", "Identity number"), required=True),
    Column("occupation", Text("职业", "Occupation"), required=True),
    Column(Part.THEORY.value, Text("理论成绩", "Theory")),
    Column(Part.PRACTICAL.value, Text("实操成绩", "Practical")),
    Column(Part.REVIEW.value, Text("综合评审成绩", "Review")),
)


@dataclass(frozen=True)
class Scored:
    """A row in order: the marks of one person in one occupation. ``row`` is its number in the sheet."""

    row: int
    key: PersonInOccupation
    marks: Mapping[Part, Mark]


class Due(Protocol):
    """For each candidate of a batch, the parts to be scored. A mapping is one."""

    def __contains__(self, key: object, /) -> bool: ...

    def __getitem__(self, key: PersonInOccupation, /) -> Collection[Part]: ...


def whose_scores(units: Iterable[UUID | None]) -> tuple[Bond, ...]:
    """Who enters no score (X8): anybody whose unit sent the candidate."""
    return (own_unit(Text("考生", "candidates"), units),)


def check_scoring(state: BatchState) -> None:
    """Refuse by C2 to enter or correct a score before the examination and after the review."""
    if state not in (BatchState.EXAMINED, BatchState.SCORED):
        here = STATE_NAMES[state]
        raise Refused(
            "C2",
            f"批次现为“{here.zh}”，成绩只能在考试之后、审核之前登记或更正",
            f"The batch is {here.en}; scores are entered after the examination and before the review",
            code="not-scoring",
        )


def read_marks(values: Mapping[Part, object], due: Collection[Part]) -> dict[Part, Mark]:
    """The marks typed for one candidate; what is None was not typed.

    Refused by C5 without any, for a part that is not ``due``, and as ``parse_mark`` does.
    """
    typed = {part: value for part, value in values.items() if value is not None}
    if not typed:
        raise Refused("C5", "至少填写一项成绩", "At least one score is wanted", code="score-required")
    for part in typed:
        if part not in due:
            name = PART_NAMES[part]
            raise Refused(
                "C5",
                f"该等级不设{name.zh}",
                f"This level has no {name.en}",
                code="part-not-due",
                field=part.value,
            )
    return {part: parse_mark(value, part.value) for part, value in typed.items()}


def changed(standing: Mapping[Part, Mark], entered: Mapping[Part, Mark], reason: str) -> dict[Part, Mark]:
    """Those of the marks ``entered`` that differ from what stands; the others are no news.

    Refused by X7 where one that stands is changed without a reason.
    """
    news = {part: mark for part, mark in entered.items() if part not in standing or standing[part] != mark}
    if not reason.strip() and any(part in standing for part in news):
        raise Refused(
            "X7",
            "更正已登记的成绩须说明理由",
            "Say why a score that stands is changed",
            code="reason-required",
            field="reason",
        )
    return news


def check_complete(unscored: int) -> None:
    """Refuse by C5 to close the scoring while somebody lacks a mark; who was absent is marked so."""
    if unscored:
        raise Refused(
            "C5",
            f"还有{unscored}名考生成绩不全（缺考须注明）",
            f"{unscored} of the candidates lack a score; absence is a mark of its own",
            code="scores-missing",
        )


def check_rows(
    rows: Iterable[Row],
    errors: RowErrors,
    *,
    catalogue: Catalogue,
    due: Due,
    today: date,
    take_rest: bool = False,
) -> list[Scored]:
    """The rows that are taken; every problem of the others is added to ``errors``.

    ``due`` names, for each candidate of the batch, the parts to be scored: each needs a score or 缺考, every
    other cell is blank. Somebody who is no candidate, and a second row for one, are errors. With one error,
    also one of reading the file, ``Invalid`` names them all and nothing is taken, unless ``take_rest`` (X6).
    """
    reader = RuleReader(errors)
    row_of: dict[PersonInOccupation, int] = {}
    taken: list[Scored] = []
    for row in rows:
        key = _candidate(reader, row, catalogue, due, row_of, today)
        if key is None:
            continue
        marks = _marks(reader, row, due[key])
        if reader.in_order(row):
            taken.append(Scored(row.number, key, marks))
    if not take_rest:
        errors.refuse_if_any()
    return taken


def _candidate(
    reader: RuleReader,
    row: Row,
    catalogue: Catalogue,
    due: Due,
    row_of: dict[PersonInOccupation, int],
    today: date,
) -> PersonInOccupation | None:
    number = reader.read(row, "identity_number", lambda: check_identity_number(row.values["identity_number"], today))
    occupation = reader.read(row, "occupation", lambda: find_occupation(catalogue, row.values["occupation"]))
    if number is None or occupation is None:
        return None
    key = number, occupation.code
    return reader.read(row, "identity_number", lambda: _known_once(key, row.number, due, row_of))


def _known_once(
    key: PersonInOccupation,
    row: int,
    due: Due,
    row_of: dict[PersonInOccupation, int],
) -> PersonInOccupation:
    if key not in due:
        raise Refused(
            "C5",
            "本批次没有该考生",
            "No such candidate in this batch",
            code="candidate-unknown",
            field="identity_number",
        )
    first_row = row_of.setdefault(key, row)
    if first_row != row:
        raise Refused(
            "C5",
            f"与第{first_row}行是同一考生",
            f"The same candidate as in row {first_row}",
            code="scored-twice",
            field="identity_number",
        )
    return key


def _marks(reader: RuleReader, row: Row, due: Collection[Part]) -> dict[Part, Mark]:
    marks: dict[Part, Mark] = {}
    for part in Part:
        mark = _mark(reader, row, part, part in due)
        if mark is not None:
            marks[part] = mark
    return marks


def _mark(reader: RuleReader, row: Row, part: Part, due: bool) -> Mark | None:
    cell = row.values.get(part.value)
    return reader.read(row, part.value, lambda: _due_mark(cell) if due else _no_mark(cell))


def _due_mark(cell: Cell) -> Mark:
    if cell is None:
        raise Refused(
            "C5",
            "成绩不能为空，缺考请填“缺考”",
            "A score is required; write 缺考 for absent",
            code="score-required",
        )
    return parse_mark(cell)


def _no_mark(cell: Cell) -> None:
    if cell is not None:
        raise Refused("C5", "该考生无须考此项", "This candidate does not sit this part", code="part-not-due")
