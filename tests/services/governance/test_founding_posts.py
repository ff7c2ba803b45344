"""The posts of the founding document and their holders, as governance loads them."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import pytest

from services.governance.posts.rules import (
    Post,
    Tenure,
    check_take_up,
    conflicts,
    holders_on,
    is_vacant,
    recused_from,
    voters_of,
)
from shared.text import Text

SERVICES = Path(__file__).parents[3] / "services"


def load(path: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SERVICES / path).read_text(encoding="utf-8"))
    return data


FILE = load("governance/data/posts.json")
POSTS: dict[str, dict[str, Any]] = {post["code"]: post for post in FILE["posts"]}
BODIES = {body["code"]: body for body in load("governance/data/bodies.json")["bodies"]}
PEOPLE = {person["id"]: person for person in load("membership/data/people.json")["people"]}
SPRING_2021 = date(2021, 3, 1)

# The heads and members of each body, as printed.
ROSTERS = {
    "secretariat": ("薛亥申、常军秀", "赵 进、陈 芳、郝素萍、张华焰、胡 凤、张 进"),
    "construction-and-operations": ("卢勇宏、苏 伟", "张华焰"),
    "service-management": ("沈 杰", "郝丹青、赵 进"),
    "legal-affairs": ("韩文平、郭建华", "张 进"),
    "cultural-activities": ("常军秀、李军", "陈 芳、赵 进"),
    "certification-centre": ("郭紫燕", "胡凤"),
}


def names(code: str) -> list[str]:
    return [PEOPLE[tenure["person_id"]]["name"] for tenure in POSTS[code]["tenures"]]


def posts() -> list[Post]:
    return [
        Post(
            id=UUID(post["id"]),
            code=post["code"],
            title=Text(**post["title"]),
            body=UUID(post["body_id"]) if post["body_id"] else None,
            seats=post["seats"],
            votes_in=frozenset(map(UUID, post["votes_in"])),
            honorary=post["kind"] == "honorary",
        )
        for post in FILE["posts"]
    ]


def tenures() -> list[Tenure]:
    return [
        Tenure(UUID(post["id"]), UUID(held["person_id"]), date.fromisoformat(held["since"]), held["until"])
        for post in FILE["posts"]
        for held in post["tenures"]
    ]


def post_id(code: str) -> UUID:
    return UUID(POSTS[code]["id"])


def body_id(code: str) -> UUID:
    return UUID(BODIES[code]["id"])


@pytest.mark.parametrize(
    ("code", "holders"),
    [
        ("president", ["左德志"]),
        ("executive-vice-president", ["薛亥申"]),
        ("secretary-general", ["薛亥申"]),
        ("supervisory-chair", ["郭紫燕"]),
        ("senior-adviser", ["刘永斌", "李贵祯", "宁凤莲", "冯德华"]),
    ],
)
def test_the_officers_named_by_the_work_report(code: str, holders: list[str]) -> None:
    assert names(code) == holders


@pytest.mark.parametrize("body", ROSTERS)
def test_heads_and_members_are_those_printed_in_the_order_printed(body: str) -> None:
    heads, members = ROSTERS[body]
    for kind, printed in (("head", heads), ("member", members)):
        code = f"{body}-{kind}"
        assert POSTS[code]["kind"] == kind
        assert POSTS[code]["body_id"] == BODIES[body]["id"]
        assert names(code) == printed.replace(" ", "").split("、")


def test_sixteen_people_hold_twenty_three_assignments_in_six_bodies() -> None:
    held = [
        (post["body_id"], tenure["person_id"])
        for post in FILE["posts"]
        if post["kind"] in ("head", "member")
        for tenure in post["tenures"]
    ]
    assert len(held) == len(set(held)) == 23
    assert len({person for _, person in held}) == 16
    assert len({body for body, _ in held}) == 6


def test_every_holder_and_every_body_is_known() -> None:
    body_ids = {body["id"] for body in BODIES.values()}
    for post in FILE["posts"]:
        assert post["body_id"] in body_ids or post["code"] == "legal-representative"
        assert set(post["votes_in"]) <= body_ids
        assert all(tenure["person_id"] in PEOPLE for tenure in post["tenures"])


def test_everybody_loaded_holds_a_post() -> None:
    assert {tenure["person_id"] for post in FILE["posts"] for tenure in post["tenures"]} == set(PEOPLE)


@pytest.mark.rule(id="F2")
@pytest.mark.parametrize("code", ["deputy-secretary-general", "legal-representative"])
def test_a_post_that_nobody_is_named_for_is_vacant(code: str) -> None:
    assert POSTS[code]["unfilled"] == "vacant"
    assert POSTS[code]["seats"] == 1
    assert is_vacant(post_id(code), tenures(), SPRING_2021)


def test_a_post_says_that_it_is_unfilled_exactly_where_nobody_holds_it() -> None:
    for post in FILE["posts"]:
        assert (post["unfilled"] is None) == bool(post["tenures"]), post["code"]
        assert post["unfilled"] in (None, "vacant", "unnamed")


@pytest.mark.rule(id="M10")
def test_advisers_are_honorary_and_have_no_vote() -> None:
    assert POSTS["senior-adviser"]["kind"] == "honorary"
    assert POSTS["senior-adviser"]["votes_in"] == []
    for code in BODIES:
        voters = voters_of(body_id(code), posts(), tenures(), SPRING_2021)
        assert voters.isdisjoint(holders_on(post_id("senior-adviser"), tenures(), SPRING_2021))


@pytest.mark.rule(id="X1")
def test_one_person_in_two_posts_is_entitled_once() -> None:
    for code in ("council", "standing-council"):
        voters = voters_of(body_id(code), posts(), tenures(), SPRING_2021)
        assert {PEOPLE[str(person)]["name"] for person in voters} == {"左德志", "薛亥申"}


@pytest.mark.rule(id="G3")
def test_officers_of_2020_are_dated_by_the_year_alone() -> None:
    for code in ("president", "secretary-general", "supervisory-chair", "senior-adviser"):
        for tenure in POSTS[code]["tenures"]:
            assert (tenure["since"], tenure["since_precision"], tenure["until"]) == (
                "2020-01-01",
                "year",
                None,
            )
            assert FILE["assumptions"][tenure["assumption"]]["rule"] == "G3"


@pytest.mark.rule(id="X9")
def test_heads_and_members_count_from_the_assumed_adoption_of_annex_two() -> None:
    for post in FILE["posts"]:
        if post["kind"] in ("head", "member"):
            assert {tenure["since"] for tenure in post["tenures"]} == {"2021-03-01"}
            assert is_vacant(UUID(post["id"]), tenures(), date(2021, 2, 28))
            assert not is_vacant(UUID(post["id"]), tenures(), SPRING_2021)


@pytest.mark.rule(id="G10")
def test_the_only_conflict_of_posts_is_the_supervisory_chair_heading_the_evaluation_centre() -> None:
    supervises = {UUID(b["id"]): frozenset(map(UUID, b["supervises"])) for b in BODIES.values()}
    [conflict] = conflicts(posts(), tenures(), supervises, SPRING_2021)
    assert PEOPLE[str(conflict.person)]["name"] == "郭紫燕"
    assert (conflict.supervising.code, conflict.supervised.code) == (
        "supervisory-chair",
        "certification-centre-head",
    )
    assert recused_from(conflict.person, [conflict]) == {body_id("certification-centre")}
    assert conflicts(posts(), tenures(), supervises, date(2021, 2, 28)) == []


@pytest.mark.rule(id="G10")
def test_every_founding_tenure_could_have_been_taken_up_by_the_rules() -> None:
    taken: list[Tenure] = []
    by_id = {post.id: post for post in posts()}
    for tenure in tenures():
        check_take_up(by_id[tenure.post], taken, tenure)
        taken.append(tenure)


@pytest.mark.rule(id="G10")
def test_the_secretary_general_has_the_eight_powers_of_the_document() -> None:
    duties = POSTS["secretary-general"]["duties"]
    assert [item["clause"]["en"][-1] for item in duties["items"]] == list("12345678")
    assert duties["in_force_from"] == "2021-03-01"


def test_every_assumption_is_used_and_every_one_used_is_explained() -> None:
    dated = [holder for post in FILE["posts"] for holder in (post, post["duties"], *post["tenures"]) if holder]
    assert {holder["assumption"] for holder in dated} - {None} == set(FILE["assumptions"])


def test_codes_are_stable_slugs_and_titles_stand_in_both_languages() -> None:
    assert len(POSTS) == len(FILE["posts"])
    for code, post in POSTS.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert post["title"]["zh"]
        assert post["title"]["en"]


def test_ids_are_unique_across_services_and_of_version_seven() -> None:
    ids = [post["id"] for post in FILE["posts"]]
    ids += [tenure["id"] for post in FILE["posts"] for tenure in post["tenures"]]
    ids += [body["id"] for body in BODIES.values()]
    ids += list(PEOPLE)
    ids += [unit["id"] for unit in load("membership/data/units.json")["units"]]
    assert len(set(ids)) == len(ids)
    assert all((UUID(id_).version, UUID(id_).variant) == (7, RFC_4122) for id_ in ids)


@pytest.mark.rule(id="X5")
def test_no_telephone_and_no_mail_address_is_loaded() -> None:
    for file in (SERVICES / "governance" / "data").glob("*.json"):
        text = re.sub(r'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', '""', file.read_text(encoding="utf-8"))
        assert "@" not in text, file.name
        assert not re.search(r"\d{7}", text), file.name
