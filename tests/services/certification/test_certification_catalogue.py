from dataclasses import replace
from datetime import date

import pytest

from services.certification.catalogue import rules
from services.certification.catalogue.rules import Qualification
from services.certification.data import ACCREDITATIONS, BATCH_2020, CATALOGUES, accreditation
from shared.errors import Refused

pytestmark = pytest.mark.rule(id="C1")

CATALOGUE = CATALOGUES[0]
ACCREDITATION = ACCREDITATIONS[0]
GRANTED = date(2020, 9, 16)
SIX = [
    "信息通信网络运行管理员",
    "信息通信网络线务员",
    "信息通信网络机务员",
    "信息通信营业员",
    "信息通信业务员",
    "呼叫中心服务员",
]


def code_of_refusal(rule, *arguments):
    with pytest.raises(Refused) as caught:
        rule(*arguments)
    assert caught.value.rule == "C1"
    return caught.value.code


def test_the_catalogue_is_that_of_the_document():
    assert [occupation.name.zh for occupation in CATALOGUE.occupations] == SIX
    assert [level.name.zh for level in CATALOGUE.levels] == [
        "五级/初级工",
        "四级/中级工",
        "三级/高级工",
        "二级/技师",
        "一级/高级技师",
    ]
    named = [branch.name.zh for each in CATALOGUE.occupations for branch in each.work_types]
    assert sorted(named) == sorted(["光缆线务员", "天线线务员", "呼叫中心服务员"])
    assert CATALOGUE.work_types_stated == 11


def test_a_line_worker_is_found_by_the_names_people_write():
    expected = Qualification("line-worker", "optical-cable-line-worker", 3)
    for occupation in ("信息通信网络线务员", " 线务员 ", "line-worker"):
        for level in ("三级/高级工", "三级", "高级工", "3", 3):
            assert rules.find(CATALOGUE, occupation, "光缆线务员", level) == expected


def test_the_call_centre_agent_is_an_occupation_and_its_own_work_type():
    expected = Qualification("call-centre-agent", "call-centre-agent", 4)
    assert rules.find(CATALOGUE, "呼叫中心服务员", None, "四级/中级工") == expected
    assert rules.find(CATALOGUE, "呼叫中心服务员", "呼叫中心服务员", "四级/中级工") == expected


def test_an_occupation_without_named_work_types_is_examined_as_a_whole():
    assert rules.find(CATALOGUE, "信息通信营业员", "", "五级") == Qualification("service-clerk", None, 5)
    assert code_of_refusal(rules.find, CATALOGUE, "信息通信营业员", "话务员", "五级") == "work-type-unknown"


@pytest.mark.parametrize(
    ("occupation", "work_type", "level", "code"),
    [
        ("电工", "", "三级", "occupation-unknown"),
        ("", "", "三级", "occupation-unknown"),
        (None, None, "三级", "occupation-unknown"),
        (7, None, "三级", "occupation-unknown"),
        ("线务员", "", "三级", "work-type-required"),
        ("线务员", "机务员", "三级", "work-type-unknown"),
        ("呼叫中心服务员", "光缆线务员", "三级", "work-type-unknown"),
        ("呼叫中心服务员", "", "六级", "level-unknown"),
        ("呼叫中心服务员", "", "０", "level-unknown"),
        ("呼叫中心服务员", "", 0, "level-unknown"),
        ("呼叫中心服务员", "", 6, "level-unknown"),
        ("呼叫中心服务员", "", True, "level-unknown"),
        ("呼叫中心服务员", "", "", "level-unknown"),
    ],
)
def test_what_is_outside_the_catalogue_is_refused(occupation, work_type, level, code):
    assert code_of_refusal(rules.find, CATALOGUE, occupation, work_type, level) == code


def test_the_accreditation_begins_on_its_first_day():
    qualification = Qualification("line-worker", "antenna-line-worker", 3)
    rules.check_accredited(ACCREDITATION, qualification, GRANTED)
    code = code_of_refusal(rules.check_accredited, ACCREDITATION, qualification, date(2020, 9, 15))
    assert code == "not-yet-accredited"


def test_the_accreditation_holds_through_its_last_day():
    ending = replace(ACCREDITATION, expires_on=date(2023, 9, 15))
    qualification = Qualification("call-centre-agent", "call-centre-agent", 3)
    rules.check_accredited(ending, qualification, date(2023, 9, 15))
    code = code_of_refusal(rules.check_accredited, ending, qualification, date(2023, 9, 16))
    assert code == "accreditation-expired"


def test_the_accreditation_covers_its_scope_only():
    narrow = replace(ACCREDITATION, occupations=frozenset({"line-worker"}), levels=frozenset({5, 4, 3}))
    line_worker = Qualification("line-worker", "antenna-line-worker", 3)
    rules.check_accredited(narrow, line_worker, GRANTED)
    clerk = Qualification("service-clerk", None, 3)
    assert code_of_refusal(rules.check_accredited, narrow, clerk, GRANTED) == "occupation-not-accredited"
    technician = line_worker._replace(level=2)
    assert code_of_refusal(rules.check_accredited, narrow, technician, GRANTED) == "level-not-accredited"


def test_the_batch_of_2020_lies_within_catalogue_and_accreditation():
    assert len(BATCH_2020.scope) == 6
    for qualification in BATCH_2020.scope:
        assert rules.find(CATALOGUE, *qualification) == qualification
        for day in BATCH_2020.examination_days:
            rules.check_accredited(accreditation(day), qualification, day)


@pytest.mark.parametrize(
    ("qualification", "names"),
    [
        (
            Qualification("line-worker", "optical-cable-line-worker", 3),
            ("信息通信网络线务员", "光缆线务员", "三级/高级工"),
        ),
        (
            Qualification("call-centre-agent", "call-centre-agent", 4),
            ("呼叫中心服务员", "呼叫中心服务员", "四级/中级工"),
        ),
        (Qualification("service-clerk", None, 5), ("信息通信营业员", None, "五级/初级工")),
    ],
)
def test_a_qualification_has_its_names(qualification, names):
    found = rules.names(CATALOGUE, qualification)
    assert (found.occupation.zh, found.work_type and found.work_type.zh, found.level.zh) == names
