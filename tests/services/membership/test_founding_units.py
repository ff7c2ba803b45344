"""The units the founding document names, as membership loads them."""

import json
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import pytest

FILE = Path(__file__).parents[3] / "services" / "membership" / "data" / "units.json"
DATA: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
UNITS: list[dict[str, Any]] = DATA["units"]

# Every form in which the document prints a unit, by the unit it means.
PRINTED = {
    "山西联通公司": {"山西联通", "山西联通公司"},
    "山西移动公司": {"山西移动", "山西移动公司"},
    "山西电信公司": {"山西电信", "山西电信公司"},
    "山西铁塔公司": {"山西铁塔公司"},
    "中移铁通山西分公司": {"中移铁通公司", "中移铁通山西分公司"},
    "海纳通讯公司": {"海纳通讯公司"},
    "山西信息规划设计院": {"信息规划设计院", "山西信息规划设计院"},
    "长风信联科技有限公司": {"长风信联科技公司", "长风信联科技有限公司"},
    "微波通达公司": {"微波通达公司"},
    "山西邮电工程公司": {"山西邮电工程公司"},
    "博浩公司": {"博浩公司"},
}


def test_the_units_are_those_printed_in_every_form_printed() -> None:
    assert {unit["name"]: set(unit["printed"]) for unit in UNITS} == PRINTED


@pytest.mark.rule(id="M1")
def test_what_the_document_does_not_say_is_left_open() -> None:
    assert all(unit["credit_code"] is None and unit["tier"] is None for unit in UNITS)


@pytest.mark.rule(id="M1")
def test_a_membership_that_is_only_inferred_says_why() -> None:
    inferred = {unit["name"] for unit in UNITS if unit["membership"] == "inferred"}
    assert inferred == {"山西铁塔公司", "中移铁通山西分公司"}
    assert {unit["membership"] for unit in UNITS} == {"stated", "inferred"}
    assert all(unit["note"]["zh"] and unit["note"]["en"] for unit in UNITS)


@pytest.mark.rule(id="M1")
def test_authorities_and_other_associations_are_no_member_units() -> None:
    others = {other["name"] for other in DATA["not_members"]}
    assert {"山西省通信管理局", "山西省民政厅", "中国通信企业协会"} <= others
    assert others.isdisjoint(spelling for unit in UNITS for spelling in unit["printed"])


def test_ids_are_unique_and_of_version_seven() -> None:
    ids = [UUID(unit["id"]) for unit in UNITS]
    assert len(set(ids)) == len(UNITS) == 11
    assert all((id_.version, id_.variant) == (7, RFC_4122) for id_ in ids)


def test_short_names_tell_units_apart() -> None:
    assert len({unit["short_name"] for unit in UNITS}) == len(UNITS)
    assert all(unit["short_name"] in unit["name"] for unit in UNITS)
