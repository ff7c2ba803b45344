"""Enrolment sheets (C1, C2, X5): which rows are in order, what is wrong with the others.

A person is known by the identity number and never by the name: two people may share a name.
"""

from collections.abc import Container, Iterable, Set
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.certification.batches.rules import check_scope
from services.certification.catalogue.rules import (
    Catalogue,
    Qualification,
    find_level,
    find_occupation,
    find_work_type,
)
from shared.documents.rows import Cell, Column, Row, RowErrors
from shared.documents.rule_reader import RuleReader
from shared.errors import Refused
from shared.standards.identity_number import IdentityNumber
from shared.standards.person_name import same_name, tidy
from shared.text import Text

NAME_LIMIT: Final = 50
COLUMNS: Final = (
    Column("name", Text("姓名", "Name"), required=True),
    Column("identity_number", Text("身份证号", "Identity number"), required=True),
    Column("occupation", Text("职业", "Occupation"), required=True),
    Column("work_type", Text("工种", "Work type")),
    Column("level", Text("级别", "Level"), required=True),
)

PersonInOccupation = tuple[IdentityNumber, str]
"""Who is examined, and the code of the occupation: a batch has each such pair once (C2)."""


@dataclass(frozen=True)
class Enrolment:
    """A row in order: who wants to be examined in what. ``row`` is its number in the sheet."""

    row: int
    name: str
    identity_number: IdentityNumber
    qualification: Qualification

    @property
    def key(self) -> PersonInOccupation:
        return self.identity_number, self.qualification.occupation


def check_name(text: object) -> str:
    """The name as it is kept. Refused by X5 when blank, over 50 characters or with invisible characters."""
    name = tidy(text) if isinstance(text, str) else ""
    if not name:
        raise Refused("X5", "姓名不能为空", "A name is required", code="name-required", field="name")
    if len(name) > NAME_LIMIT:
        raise Refused(
            "X5",
            f"姓名不得超过{NAME_LIMIT}个字符",
            f"A name has at most {NAME_LIMIT} characters",
            code="name-too-long",
            field="name",
        )
    if not name.isprintable():
        raise Refused(
            "X5",
            "姓名含有不可见字符",
            "The name has invisible characters",
            code="name-invisible-characters",
            field="name",
        )
    return name


def check_consent(consented: bool) -> None:
    """Refuse to take identity numbers without the candidates' separate consent (X10)."""
    if not consented:
        raise Refused(
            "X10",
            "登记身份证号须另行取得考生本人同意",
            "Identity numbers are kept only with the separate consent of the candidates",
            code="consent-needed",
            field="identity_consent",
        )


def check_identity_number(cell: Cell, today: date) -> IdentityNumber:
    """The identity number of a cell, space around it aside; refused as ``IdentityNumber.parse`` does (X5)."""
    return IdentityNumber.parse(cell.strip() if isinstance(cell, str) else cell, today)


def check_rows(
    rows: Iterable[Row],
    errors: RowErrors,
    *,
    catalogue: Catalogue,
    scope: Set[Qualification],
    today: date,
    already_enrolled: Container[PersonInOccupation] = frozenset(),
    take_rest: bool = False,
) -> list[Enrolment]:
    """The rows that are taken; every problem of the others is added to ``errors``.

    ``scope`` is what the batch examines, ``today`` the business date. Of rows that repeat a person and an
    occupation the first stands. With one error, also one of reading the file, ``Invalid`` names them all and
    nothing is taken, unless ``take_rest`` (X6).
    """
    sheet = _Sheet(errors, catalogue, scope, today, already_enrolled)
    taken = [enrolment for row in rows if (enrolment := sheet.read(row))]
    if not take_rest:
        errors.refuse_if_any()
    return taken


class _Sheet:
    """What is known of a sheet while its rows are read one after the other."""

    def __init__(
        self,
        errors: RowErrors,
        catalogue: Catalogue,
        scope: Set[Qualification],
        today: date,
        already_enrolled: Container[PersonInOccupation],
    ) -> None:
        self._reader = RuleReader(errors)
        self._catalogue = catalogue
        self._scope = scope
        self._today = today
        self._already_enrolled = already_enrolled
        self._row_of: dict[PersonInOccupation, int] = {}
        self._name_of: dict[IdentityNumber, tuple[str, int]] = {}

    def read(self, row: Row) -> Enrolment | None:
        reader, cells = self._reader, row.values
        name = reader.read(row, "name", lambda: check_name(cells["name"]))
        number = reader.read(
            row, "identity_number", lambda: check_identity_number(cells["identity_number"], self._today)
        )
        qualification = self._qualification(row)
        if number is not None and name is not None:
            reader.read(row, "name", lambda: self._check_one_name(row.number, number, name))
        if number is not None and qualification is not None:
            key = number, qualification.occupation
            reader.read(row, "identity_number", lambda: self._check_once(row.number, key))
        if name is None or number is None or qualification is None or not reader.in_order(row):
            return None
        return Enrolment(row.number, name, number, qualification)

    def _qualification(self, row: Row) -> Qualification | None:
        reader = self._reader
        occupation = reader.read(row, "occupation", lambda: find_occupation(self._catalogue, row.values["occupation"]))
        level = reader.read(row, "level", lambda: find_level(self._catalogue, row.text("level")))
        if occupation is None:
            return None
        branch = reader.read(row, "work_type", lambda: find_work_type(occupation, row.values["work_type"]))
        if level is None or reader.refused(row, "work_type"):
            return None
        found = Qualification(occupation.code, branch.code if branch else None, level.number)
        reader.read(row, "occupation", lambda: check_scope(self._scope, found))
        return found

    def _check_one_name(self, row: int, number: IdentityNumber, name: str) -> None:
        first_name, first_row = self._name_of.setdefault(number, (name, row))
        if not same_name(first_name, name):
            raise Refused(
                "X5",
                f"身份证号与第{first_row}行相同而姓名不同",
                f"The same identity number as in row {first_row} with another name",
                code="name-differs",
                field="name",
            )

    def _check_once(self, row: int, key: PersonInOccupation) -> None:
        first_row = self._row_of.setdefault(key, row)
        if key in self._already_enrolled:
            raise Refused(
                "C2",
                "此人已在本批次报考该职业",
                "This person is already enrolled in this occupation in the batch",
                code="already-enrolled",
                field="identity_number",
            )
        if first_row != row:
            raise Refused(
                "C2",
                f"与第{first_row}行是同一人报考同一职业",
                f"The same person and occupation as in row {first_row}",
                code="enrolled-twice",
                field="identity_number",
            )
