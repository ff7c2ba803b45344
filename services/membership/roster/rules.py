"""A sheet of the roster that comes in (M1, M2, X6): what each row is, and what is wrong with the others.

A unit is known by its id or its credit code and never by its name: two units may share one. A name that two share says
that somebody should look, so such a row is refused until it says which unit it is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from uuid import UUID

from services.membership.roster.columns import ANOTHER, COLUMNS, OnRecord, Places, place_words, tier_words
from services.membership.units.rules import (
    Change,
    changes,
    check_admission,
    check_code_free,
    check_member,
    credit_code,
    unit_name,
    whose_change,
)
from shared.documents.rows import Row, RowErrors, folded
from shared.documents.rule_reader import RuleReader
from shared.errors import Refused
from shared.identity.duties import Bond
from shared.standards.written_days import day_written
from shared.text import Text

Fields = Mapping[str, str | date | None]
"""Field of a unit → value as it is kept."""

NEEDED = ("credit_code", "tier", "admitted_on")
"""What must be known of a unit that is recorded by a sheet, beside its name."""
_HEADERS = {column.key: column.header for column in COLUMNS}


class Outcome(StrEnum):
    """What a row in order comes to."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Line:
    """A row in order: the unit on record that it is about, or None for a new one, what the sheet says of it (an empty
    cell says nothing) and what of that is news."""

    row: int
    unit: UUID | None
    says: Fields
    changes: tuple[Change, ...] = ()

    @property
    def outcome(self) -> Outcome:
        if self.unit is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


class Register:
    """The units on record, found by id, by credit code and by what they are called."""

    def __init__(self, units: Iterable[OnRecord]) -> None:
        self.by_id: dict[UUID, OnRecord] = {}
        self.by_code: dict[str, OnRecord] = {}
        self._by_name: dict[str, OnRecord] = {}
        for unit in units:
            self.by_id[unit.id] = unit
            if unit.credit_code:
                self.by_code[unit.credit_code] = unit
            for name in called(unit.name, unit.short_name):
                self._by_name.setdefault(name, unit)

    def with_id(self, text: str | None) -> OnRecord | None:
        """The unit whose id somebody wrote as ``text``."""
        try:
            return self.by_id.get(UUID((text or "").strip()))
        except ValueError:
            return None

    def called_like(self, names: Iterable[str]) -> OnRecord | None:
        """A unit that has one of these names, as ``called`` gives them."""
        return next((self._by_name[name] for name in names if name in self._by_name), None)


def called(*names: object) -> tuple[str, ...]:
    """What a unit is called, its name and short name, for comparing: whatever the spacing, width and case."""
    return tuple(folded(str(each)) for each in names if each)


def whose_sheet(rows: Iterable[Row], own: Iterable[OnRecord]) -> tuple[Bond, ...]:
    """Who does not bring in a sheet (X8): where it sets the tier of one of these units, whoever represents that."""
    register, tiers = Register(own), tier_words()
    bonds: list[Bond] = []
    for row in rows if register.by_id else ():
        wanted = tiers.get(folded(row.text("tier") or ""))
        named = register.with_id(row.text("id")), register.by_code.get((row.text("credit_code") or "").strip().upper())
        for unit in named:
            if unit is not None and wanted not in (None, unit.tier):
                bonds += whose_change(unit.id, ["tier"])
    return tuple(bonds)


def check_rows(
    rows: Iterable[Row],
    errors: RowErrors,
    *,
    register: Register,
    places: Places,
    today: date,
    take_rest: bool = False,
) -> list[Line]:
    """The rows in order; every problem of the others is added to ``errors``.

    Of rows about one unit the first stands. With one error, also one of reading the file, ``Invalid`` names them all
    and nothing is taken, unless ``take_rest`` (X6).
    """
    sheet = _Sheet(errors, register, places, today)
    taken = [line for row in rows if (line := sheet.read(row))]
    if not take_rest:
        errors.refuse_if_any()
    return taken


class _Sheet:
    """What is known of a sheet while its rows are read one after the other."""

    def __init__(self, errors: RowErrors, register: Register, places: Places, today: date) -> None:
        self._reader = RuleReader(errors)
        self._register = register
        self._tiers, self._places = tier_words(), place_words(places)
        self._today = today
        self._row_of: dict[UUID | str, int] = {}
        self._row_called: dict[str, int] = {}

    def read(self, row: Row) -> Line | None:
        says = self._fields(row)
        reader = self._reader
        named = reader.read(row, "id", lambda: self._named(row))
        if not reader.in_order(row):
            return None
        unit = reader.read(row, "credit_code", lambda: self._unit(says, named))
        if reader.in_order(row) and unit is None:
            self._check_new(row, says, another=named is ANOTHER)
        if unit is not None:
            reader.read(row, "admitted_on", lambda: _check_same_day(unit, says))
        if not reader.in_order(row):
            return None
        reader.read(row, "credit_code", lambda: self._check_once(row, unit, says))
        news = changes({field: getattr(unit, field) for field in says}, says) if unit else ()
        if unit is not None and news:
            reader.read(row, "name", lambda: check_member(unit.left_on, self._today))
        if not reader.in_order(row):
            return None
        return Line(row.number, unit.id if unit else None, says, news)

    def _fields(self, row: Row) -> Fields:
        """What the row says, each cell by its own rule; empty cells left out, and those that are refused."""
        read: dict[str, Callable[[str], str | date]] = {
            "name": unit_name,
            "short_name": lambda text: unit_name(text, "short_name"),
            "credit_code": lambda text: credit_code(text.strip()),
            "tier": lambda text: _word(text, self._tiers, "M2", "tier"),
            "place": lambda text: _word(text, self._places, "M1", "place"),
            "admitted_on": lambda _: self._admitted_on(row),
        }
        found = {
            field: self._reader.read(row, field, partial(rule, text))
            for field, rule in read.items()
            if (text := row.text(field)) is not None
        }
        return {field: value for field, value in found.items() if value is not None}

    def _admitted_on(self, row: Row) -> date:
        day = day_written(row.values["admitted_on"])
        if day is None:
            raise Refused(
                "M1",
                "日期请写成2021-02-01、2021/2/1或2021年2月1日",
                "Write a day as 2021-02-01, 2021/2/1 or 2021年2月1日",
                code="no-day",
                field="admitted_on",
            )
        check_admission(day, self._today)
        return day

    def _named(self, row: Row) -> OnRecord | Text | None:
        """The unit whose id the row gives, ANOTHER where it says that it is none of them, or None."""
        text = row.text("id")
        if text is None:
            return None
        if folded(text) in map(folded, ANOTHER):
            return ANOTHER
        unit = self._register.with_id(text)
        if unit is None:
            raise Refused(
                "M1",
                f"没有这一会员编号；新单位请留空，或写“{ANOTHER.zh}”",
                f"No unit has this id; leave it empty for a new one, or write “{ANOTHER.en}”",
                code="unit-unknown",
                field="id",
            )
        return unit

    def _unit(self, says: Fields, named: OnRecord | Text | None) -> OnRecord | None:
        """The unit on record that a row is about."""
        code = says.get("credit_code")
        holder = self._register.by_code.get(str(code)) if code else None
        if named is None:
            return holder
        if isinstance(named, Text):
            check_code_free(holder.id if holder else None)
            return None
        if holder is not None and holder is not named:
            check_code_free(holder.id)
        if code and named.credit_code and code != named.credit_code:
            raise Refused(
                "M1",
                "与该会员编号已登记的统一社会信用代码不同；更正代码请到该单位页面办理",
                "The unit of this id has another credit code on record; correct a code at the unit itself",
                code="code-differs",
                field="credit_code",
            )
        return named

    def _check_new(self, row: Row, says: Fields, *, another: bool) -> None:
        if not another:
            self._reader.read(row, "name", lambda: self._check_unlike(row, says))
        if not self._reader.in_order(row):
            return
        for field in NEEDED:
            if field not in says:
                self._reader.read(row, field, partial(_missing, field))

    def _check_unlike(self, row: Row, says: Fields) -> None:
        """Refuse a row that is perhaps about a unit on record, or about that of an earlier row."""
        names = called(says["name"], says.get("short_name"))
        unit = self._register.called_like(names)
        if unit is not None:
            raise Refused(
                "M1",
                f"可能就是已登记的“{unit.name}”；如是，请在“会员编号”列填{unit.id}，如确为另一单位，请填“{ANOTHER.zh}”",
                f"Perhaps the same as “{unit.name}” on record: if so, give {unit.id} as its id, and if it is another "
                f"unit, “{ANOTHER.en}”",
                code="perhaps-the-same",
                field="name",
            )
        first = next((self._row_called[name] for name in names if name in self._row_called), row.number)
        if first != row.number:
            raise Refused(
                "M1",
                f"可能与第{first}行是同一单位；如确为另一单位，请在“会员编号”列填“{ANOTHER.zh}”",
                f"Perhaps the same as row {first}: if it is another unit, give “{ANOTHER.en}” as its id",
                code="perhaps-the-same",
                field="name",
            )

    def _check_once(self, row: Row, unit: OnRecord | None, says: Fields) -> None:
        first = self._row_of.setdefault(unit.id if unit else str(says["credit_code"]), row.number)
        if first != row.number:
            raise Refused(
                "M1",
                f"与第{first}行是同一单位",
                f"The same unit as in row {first}",
                code="unit-twice",
                field="credit_code",
            )
        if unit is None:
            for name in called(says["name"], says.get("short_name")):
                self._row_called.setdefault(name, row.number)


def _check_same_day(unit: OnRecord, says: Fields) -> None:
    """Refuse another day of admission than the one on record: it was decided, and a sheet does not decide anew."""
    day = says.get("admitted_on")
    if day is not None and unit.admitted_on is not None and day != unit.admitted_on:
        raise Refused(
            "M1",
            f"与已登记的入会日期{unit.admitted_on}不同",
            f"On record the unit was admitted on {unit.admitted_on}",
            code="admitted-differently",
            field="admitted_on",
        )


def _missing(field: str) -> None:
    header = _HEADERS[field]
    raise Refused(
        "M1", f"新单位须填{header.zh}", f"A new unit needs its {header.en.lower()}", code="field-needed", field=field
    )


def _word(text: str, words: Mapping[str, str], rule: str, field: str) -> str:
    """The code that people mean with ``text``."""
    code = words.get(folded(text))
    if code is None:
        zh, en = _HEADERS[field]
        raise Refused(rule, f"没有这一{zh}", f"There is no such {en.lower()}", code=f"unknown-{field}", field=field)
    return code
