"""The people the founding document names, as membership loads them."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID
from zoneinfo import ZoneInfo

import pytest

DATA = Path(__file__).parents[3] / "services" / "membership" / "data"
FILE = DATA / "people.json"
PEOPLE: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["people"]

# As the document prints them, spaces of typesetting and all: the officers, then body after body.
PRINTED = """
左德志 薛亥申 郭紫燕 刘永斌 李贵祯 宁凤莲 冯德华
薛亥申、常军秀
赵 进、陈 芳、郝素萍、张华焰、胡 凤、张 进
卢勇宏、苏 伟
张华焰
沈 杰
郝丹青、赵 进
韩文平、郭建华
张 进
常军秀、李军
陈 芳、赵 进
郭紫燕
胡凤
"""
OFFICERS, ROSTERS = PRINTED.strip().split("\n", 1)
SPELLINGS = set(OFFICERS.split()) | set(re.split("[、\n]", ROSTERS))


def test_every_spelling_of_the_document_is_kept_and_no_other() -> None:
    assert {spelling for person in PEOPLE for spelling in person["printed"]} == SPELLINGS


def test_sixteen_people_work_in_the_bodies_and_five_stand_beside_them() -> None:
    in_bodies = {spelling.replace(" ", "") for spelling in re.split("[、\n]", ROSTERS)}
    assert len(in_bodies) == 16
    assert {p["name"] for p in PEOPLE} - in_bodies == {"左德志", "刘永斌", "李贵祯", "宁凤莲", "冯德华"}


@pytest.mark.rule(id="X5")
def test_a_name_is_its_printed_form_without_the_spaces_of_typesetting() -> None:
    for person in PEOPLE:
        assert {spelling.replace(" ", "") for spelling in person["printed"]} == {person["name"]}


@pytest.mark.rule(id="X5")
def test_two_people_whose_names_look_alike_are_two_people() -> None:
    ids = {person["name"]: person["id"] for person in PEOPLE}
    assert ids["赵进"] != ids["张进"]


@pytest.mark.rule(id="X5")
def test_no_telephone_and_no_mail_address_is_loaded() -> None:
    for file in (FILE, DATA / "units.json"):
        text = re.sub(r'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', '""', file.read_text(encoding="utf-8"))
        assert "@" not in text, file.name
        assert not re.search(r"\d{7}", text), file.name


def test_a_person_carries_nothing_but_name_and_source() -> None:
    for person in PEOPLE:
        assert set(person) == {"id", "name", "printed", "sources", "note"}
        assert person["sources"]
        assert all(source["zh"] and source["en"] for source in person["sources"])


def test_ids_are_unique_and_dated_by_the_document() -> None:
    ids = [UUID(person["id"]) for person in PEOPLE]
    assert len(set(ids)) == len(PEOPLE) == 21
    for id_ in ids:
        assert (id_.version, id_.variant) == (7, RFC_4122)
        made = datetime.fromtimestamp((id_.int >> 80) / 1000, ZoneInfo("Asia/Shanghai"))
        assert made.date().isoformat() == "2021-01-18"
