"""A sheet of the roster: what each row is, and which rows are refused (M1, M2, X6, X8)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.membership.data import places
from services.membership.roster.columns import COLUMNS, line
from services.membership.roster.rules import Line, Outcome, Register, check_rows, whose_sheet
from services.membership.units.rules import Basis, Tier, check_character
from shared.documents.csv_tables import write_csv
from shared.documents.rows import Cell, Row, RowErrors
from shared.documents.spreadsheets import Table, write_rows
from shared.documents.uploads import read_upload
from shared.errors import Invalid, Refused
from shared.identity.duties import Act, Caller, keep_apart
from shared.text import Language

TODAY = date(2021, 2, 1)


def code_of(number: int) -> str:
    first17 = f"91140000M{number:08d}"
    return first17 + check_character(first17)


@dataclass(frozen=True)
class Unit:
    id: uuid.UUID
    name: str
    short_name: str | None = None
    credit_code: str | None = None
    tier: str | None = "member"
    place: str | None = None
    admitted_on: date | None = None
    basis: str = Basis.ADMITTED
    standing: str = "good"
    left_on: date | None = None


UNICOM = Unit(uuid.UUID(int=1), "山西联通公司", "山西联通", tier=None, basis=Basis.STATED)
FENHE = Unit(uuid.UUID(int=2), "汾河信息公司", "汾河", code_of(2), "director", "140100", date(2020, 5, 1))
GONE = Unit(uuid.UUID(int=3), "桑干河信息公司", None, code_of(3), left_on=TODAY)
ON_RECORD = (UNICOM, FENHE, GONE)
NEW = {"name": "滹沱河信息公司", "credit_code": code_of(9), "tier": "会员单位", "admitted_on": "2021年1月4日"}


def sheet(*cells: Mapping[str, Cell]) -> list[Row]:
    empty = dict.fromkeys(column.key for column in COLUMNS)
    return [Row(number, {**empty, **each}) for number, each in enumerate(cells, 2)]


def check(*cells: Mapping[str, Cell], on_record: Sequence[Unit] = ON_RECORD) -> tuple[list[Line], dict[str, str]]:
    """The rows in order, and what is wrong with the others by "row.column"."""
    errors = RowErrors(COLUMNS)
    lines = check_rows(
        sheet(*cells), errors, register=Register(on_record), places=places(), today=TODAY, take_rest=True
    )
    assert all(error.message.zh != error.message.en for error in errors)
    return lines, {f"{error.row}.{error.column}": error.message.zh for error in errors}


def taken(*cells: Mapping[str, Cell]) -> Line:
    lines, wrong = check(*cells)
    assert wrong == {}
    return lines[0]


def refused(*cells: Mapping[str, Cell]) -> dict[str, str]:
    return check(*cells)[1]


# --- which unit a row is about -----------------------------------------------------------------------------


@pytest.mark.rule(id="M1")
def test_a_row_with_a_code_nobody_has_is_a_new_unit() -> None:
    new = taken(NEW)
    assert (new.outcome, new.unit) == (Outcome.NEW, None)
    assert new.says == {
        "name": "滹沱河信息公司",
        "credit_code": code_of(9),
        "tier": "member",
        "admitted_on": date(2021, 1, 4),
    }


@pytest.mark.rule(id="M1")
def test_a_row_is_about_the_unit_of_its_code_whatever_the_name() -> None:
    changed = taken({"name": "汾河数字公司", "credit_code": code_of(2).lower()})
    assert (changed.outcome, changed.unit) == (Outcome.CHANGED, FENHE.id)
    assert [(each.field, each.before, each.after) for each in changed.changes] == [
        ("name", "汾河信息公司", "汾河数字公司")
    ]


@pytest.mark.rule(id="M1")
def test_a_row_with_an_id_completes_that_unit() -> None:
    given = {
        "id": str(UNICOM.id).upper(),
        "name": "中国联通山西省分公司",
        "credit_code": code_of(1),
        "tier": "副理事长单位",
    }
    changed = taken(given | {"admitted_on": date(2005, 1, 1), "place": "太原"})
    assert changed.unit == UNICOM.id
    assert {each.field: each.after for each in changed.changes} == {
        "name": "中国联通山西省分公司",
        "credit_code": code_of(1),
        "tier": "vice_president",
        "place": "140100",
        "admitted_on": date(2005, 1, 1),
    }


@pytest.mark.rule(id="M1")
def test_what_a_row_says_as_it_is_on_record_and_what_it_leaves_empty_changes_nothing() -> None:
    same = taken({"name": "汾河信息公司", "credit_code": code_of(2), "tier": "director", "place": "太原市"})
    assert (same.outcome, same.changes) == (Outcome.UNCHANGED, ())
    assert taken({"id": str(FENHE.id), "name": "汾河信息公司"}).outcome is Outcome.UNCHANGED


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    "given",
    [
        {"name": "山西联通公司"},
        {"name": " 山西 联通公司"},
        {"name": "山西联通"},
        {"name": "联通", "short_name": "山西联通"},
        {"name": "联通", "short_name": "山西联通公司"},
        {"name": "汾河信息公司"},
        {"name": "桑干河信息公司"},
    ],
)
def test_what_is_called_like_a_unit_on_record_is_refused_until_it_says_which_it_is(given: dict[str, str]) -> None:
    (where,) = refused(NEW | given)
    assert where == "2.name"
    assert taken(NEW | given | {"id": "新增"}).outcome is Outcome.NEW
    assert taken(NEW | given | {"id": " NEW "}).outcome is Outcome.NEW


@pytest.mark.rule(id="M1")
def test_a_possible_duplicate_is_told_with_the_unit_it_may_be() -> None:
    said = refused(NEW | {"name": "山西联通"})["2.name"]
    assert "山西联通公司" in said
    assert str(UNICOM.id) in said


@pytest.mark.rule(id="M1")
def test_a_name_without_a_code_is_never_taken_for_the_unit_called_so() -> None:
    assert set(refused({"name": "山西联通公司"})) == {"2.name"}
    assert set(refused({"name": "新公司"})) == {"2.credit_code", "2.tier", "2.admitted_on"}


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"id": str(uuid.UUID(int=99))}, "2.id"),
        ({"id": "山西联通"}, "2.id"),
        ({"id": "新增", "credit_code": code_of(2)}, "2.credit_code"),
        ({"id": str(UNICOM.id), "credit_code": code_of(2)}, "2.credit_code"),
        ({"id": str(FENHE.id), "credit_code": code_of(8)}, "2.credit_code"),
        ({"credit_code": code_of(2), "admitted_on": "2020-05-02"}, "2.admitted_on"),
    ],
    ids=["unknown id", "no id", "new with a code of another", "code of another", "another code", "another day"],
)
def test_a_row_that_does_not_fit_what_is_on_record_is_refused(given: dict[str, str], where: str) -> None:
    assert set(refused({"name": "汾河信息公司", **given})) == {where}


@pytest.mark.rule(id="M1")
def test_a_unit_that_left_is_not_changed() -> None:
    assert set(refused({"name": "改名", "credit_code": code_of(3)})) == {"2.name"}
    assert taken({"name": "桑干河信息公司", "credit_code": code_of(3)}).outcome is Outcome.UNCHANGED


# --- twice in a sheet --------------------------------------------------------------------------------------


@pytest.mark.rule(id="M1")
def test_of_rows_about_one_unit_the_first_stands() -> None:
    by_code, by_id = {"name": "汾河一", "credit_code": code_of(2)}, {"name": "汾河二", "id": str(FENHE.id)}
    lines, wrong = check(by_code, by_id, NEW, NEW | {"name": "别名公司"})
    assert [each.row for each in lines] == [2, 4]
    assert set(wrong) == {"3.credit_code", "5.credit_code"}
    assert "第2行" in wrong["3.credit_code"]


@pytest.mark.rule(id="M1")
def test_two_new_rows_called_alike_are_one_unit_unless_the_second_says_otherwise() -> None:
    second = NEW | {"credit_code": code_of(10)}
    assert set(refused(NEW, second)) == {"3.name"}
    assert refused(NEW, second | {"id": "新增"}) == {}


# --- cells -------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"credit_code": code_of(9)[:17] + ("1" if code_of(9)[17] != "1" else "2")}, "2.credit_code"),
        ({"credit_code": "汾河"}, "2.credit_code"),
        ({"name": "汾\u200b河"}, "2.name"),
        ({"name": "汾" * 101}, "2.name"),
        ({"short_name": "汾\u200b河"}, "2.short_name"),
        ({"tier": "会长单位"}, "2.tier"),
        ({"place": "北京市"}, "2.place"),
        ({"place": "110000"}, "2.place"),
        ({"admitted_on": "2021年2月"}, "2.admitted_on"),
        ({"admitted_on": "2021-02-02"}, "2.admitted_on"),
    ],
)
def test_a_cell_that_breaks_its_rule_is_named(given: dict[str, str], where: str) -> None:
    assert set(refused(NEW | given)) == {where}


@pytest.mark.rule(id="X6")
def test_every_wrong_cell_of_a_row_is_named_at_once() -> None:
    wrong = refused(
        {"name": "汾\u200b河", "credit_code": "1", "tier": "会长单位", "place": "北京", "admitted_on": "昨天"}
    )
    assert set(wrong) == {f"2.{column}" for column in ("name", "credit_code", "tier", "place", "admitted_on")}


@pytest.mark.rule(id="M2")
@pytest.mark.parametrize("tier", Tier)
def test_a_tier_is_its_code_or_its_name_in_either_language(tier: Tier) -> None:
    for word in (tier.code, tier.label.zh, tier.label.en, f" {tier.label.zh} ", tier.label.en.upper()):
        assert taken(NEW | {"tier": word}).says["tier"] == tier.code


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("place", places())
def test_a_place_is_its_code_or_its_name(place: str) -> None:
    label = places()[place]
    for word in (place, label.zh, label.en, label.zh.removesuffix("市")):
        assert taken(NEW | {"place": word}).says["place"] == place


@pytest.mark.rule(id="X6")
def test_one_wrong_row_refuses_all_unless_the_rest_is_taken() -> None:
    rows, errors = sheet(NEW, {"name": "无代码公司"}), RowErrors(COLUMNS)
    given: dict[str, Any] = {"register": Register(ON_RECORD), "places": places(), "today": TODAY}
    with pytest.raises(Invalid) as caught:
        check_rows(rows, errors, **given)
    assert set(caught.value.errors or ()) == {"rows.3.credit_code", "rows.3.tier", "rows.3.admitted_on"}
    assert [each.row for each in check_rows(rows, RowErrors(COLUMNS), **given, take_rest=True)] == [2]


# --- whose tier --------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X8")
def test_who_represents_a_unit_brings_in_no_sheet_that_sets_its_tier() -> None:
    caller = Caller.of("somebody", units=[FENHE.id])
    for named in ({"credit_code": FENHE.credit_code}, {"id": str(FENHE.id)}):
        rows = sheet({"name": "汾河", "tier": "副理事长单位", **named})
        with pytest.raises(Refused) as refusal:
            keep_apart(Act.APPROVES, caller, whose_sheet(rows, [FENHE]))
        assert (refusal.value.rule, refusal.value.code) == ("X8", "own-unit")
    for harmless in ({"tier": "理事单位"}, {"name": "改名"}, {"tier": "nonsense"}):
        assert whose_sheet(sheet({"name": "汾河", "credit_code": FENHE.credit_code, **harmless}), [FENHE]) == ()
    assert whose_sheet(sheet(NEW), [FENHE]) == ()


# --- out and in again --------------------------------------------------------------------------------------

NAMES = st.text("山西联通信息公司（）()AZaz019 .,'\"=+-@＝％é_#", min_size=1, max_size=20).map(str.strip).filter(bool)


@st.composite
def rosters(draw: st.DrawFn) -> list[Unit]:
    """Units as they may be on record: those of the document without code, tier and day, some that left."""
    units = []
    for number in range(draw(st.integers(1, 6))):
        left = draw(st.none() | st.dates(date(2000, 1, 1), date(2022, 1, 1)))
        unit = Unit(
            uuid.UUID(int=100 + number),
            draw(NAMES),
            draw(st.none() | NAMES),
            draw(st.sampled_from([None, code_of(100 + number)])),
            draw(st.none() | st.sampled_from([tier.code for tier in Tier])),
            draw(st.none() | st.sampled_from(list(places()))),
            draw(st.none() | st.dates(date(1990, 1, 1), TODAY)),
            left_on=left,
        )
        units.append(unit)
    return units


def written(units: Sequence[Unit], language: Language, *, csv: bool) -> bytes:
    table = Table("会员名册", COLUMNS, [line(unit, places(), language) for unit in units])
    return write_csv(table, language=language) if csv else write_rows([table], language=language)


@pytest.mark.rule(id="M1")
@settings(max_examples=60, deadline=None)
@given(rosters(), st.sampled_from(["zh", "en"]), st.booleans())
def test_what_was_exported_changes_nothing_when_it_is_imported(
    units: list[Unit], language: Language, csv: bool
) -> None:
    read = read_upload(written(units, language, csv=csv), columns=COLUMNS)
    assert read.unknown_headers == ()
    lines = check_rows(read.rows, read.errors, register=Register(units), places=places(), today=TODAY)
    assert [(each.unit, each.outcome) for each in lines] == [(unit.id, Outcome.UNCHANGED) for unit in units]


@pytest.mark.rule(id="M1")
@settings(max_examples=60, deadline=None)
@given(rosters(), st.sampled_from(["zh", "en"]), st.booleans())
def test_what_was_exported_is_the_same_in_an_empty_roster(units: list[Unit], language: Language, csv: bool) -> None:
    whole = [
        replace(unit, credit_code=code_of(n), tier=unit.tier or "member", admitted_on=unit.admitted_on or TODAY)
        for n, unit in enumerate(units)
    ]
    read = read_upload(written(whole, language, csv=csv), columns=COLUMNS)
    rows = [Row(row.number, {**row.values, "id": "新增"}) for row in read.rows]
    lines = check_rows(rows, read.errors, register=Register(()), places=places(), today=TODAY)
    fields = ("name", "short_name", "credit_code", "tier", "place", "admitted_on")
    assert [{field: each.says.get(field) for field in fields} for each in lines] == [
        {field: getattr(unit, field) for field in fields} for unit in whole
    ]
