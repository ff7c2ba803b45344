"""The matrix of bodies and matters, the terms of dues and the deputies, as the files give them."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import pytest

from services.governance.data.matrix import deputyships, dues_terms, matters, tier_labels
from services.membership.units.rules import Tier

DATA = Path(__file__).parents[3] / "services" / "governance" / "data"


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return content


FILE = read("matters.json")
MATTERS: dict[str, dict[str, Any]] = {matter["code"]: matter for matter in FILE["matters"]}
BODIES: dict[str, dict[str, Any]] = {body["code"]: body for body in read("bodies.json")["bodies"]}


@pytest.mark.rule(id="G1")
@pytest.mark.parametrize(("body", "powers"), [("assembly", 8), ("council", 9), ("supervisory-board", 7)])
def test_every_power_of_a_body_is_a_matter_it_decides(body: str, powers: int) -> None:
    clauses = {item["clause"]["zh"]: item["clause"] for item in BODIES[body]["duties"]["items"]}
    assert len(clauses) == powers
    covered = {
        matter["clause"]["zh"]
        for matter in MATTERS.values()
        if body in matter["decided_by"] and matter["clause"] == clauses.get(matter["clause"]["zh"])
    }
    assert covered == set(clauses)


@pytest.mark.rule(id="G1")
def test_what_the_supervisory_board_meets_by_is_no_matter_of_its_own() -> None:
    assert not any(matter["clause"]["en"].endswith("board, item 7") for matter in MATTERS.values())


@pytest.mark.rule(id="G1")
def test_only_bodies_that_vote_decide() -> None:
    voting = {code for code, body in BODIES.items() if body["decision_rule"]}
    assert {body for matter in MATTERS.values() for body in matter["decided_by"]} == voting
    counted = Counter(body for matter in MATTERS.values() for body in matter["decided_by"])
    assert counted == {"assembly": 9, "council": 17, "standing-council": 5, "supervisory-board": 7}


@pytest.mark.rule(id="G2")
def test_only_the_dues_standard_must_be_secret() -> None:
    assert {code: m["secret_by"] for code, m in MATTERS.items() if m["secret_by"]} == {"dues-standard": "G2"}


@pytest.mark.rule(id="G1")
def test_three_matters_carry_something_to_act_on() -> None:
    assert {code: m["payload"] for code, m in MATTERS.items() if m["payload"] != "none"} == {
        "dues-standard": "dues_standard",
        "large-expenditure": "expenditure",
        "presidents-expenditure": "expenditure",
    }


@pytest.mark.rule(id="F4")
@pytest.mark.rule(id="M1")
def test_what_another_service_acts_on_names_its_thing() -> None:
    assert {code: m["subject"] for code, m in MATTERS.items() if m["subject"]} == {
        "large-expenditure": "expenditure",
        "presidents-expenditure": "expenditure",
        "unit-admission": "application",
        "unit-removal": "unit",
    }


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("code", ["unit-admission", "unit-removal"])
def test_members_are_admitted_and_removed_by_the_councils_as_assumed(code: str) -> None:
    assert MATTERS[code]["decided_by"] == ["council", "standing-council"]
    assert MATTERS[code]["assumption"] == "members-by-council"


@pytest.mark.rule(id="X9")
def test_what_holds_before_annex_2_says_on_what_it_rests() -> None:
    earlier = {code: m["in_force_from"] for code, m in MATTERS.items() if m["in_force_from"] != "2021-03-01"}
    assert earlier == {
        "charter": None,
        "dues-standard": "2014-07-25",
        "change-of-term": None,
        "unit-admission": None,
        "unit-removal": None,
    }
    assert all(MATTERS[code]["basis"] for code in earlier)


@pytest.mark.rule(id="X9")
def test_what_begins_with_annex_2_is_marked_as_assumed() -> None:
    for matter in MATTERS.values():
        if matter["in_force_from"] == "2021-03-01":
            assert matter["assumption"] in ("annex-2-adopted", "presidents-own")


def test_every_assumption_of_a_matter_is_used_and_every_one_used_is_explained() -> None:
    assert {m["assumption"] for m in MATTERS.values() if m["assumption"]} == set(FILE["assumptions"])


def test_every_matter_reads_in_both_languages_and_has_a_code_of_its_own() -> None:
    assert len(MATTERS) == len(FILE["matters"]) == len(matters()) == 35
    for matter in MATTERS.values():
        assert all(matter[text][language] for text in ("label", "clause") for language in ("zh", "en"))


@pytest.mark.rule(id="X4")
def test_ids_of_versions_are_unique_and_of_version_seven() -> None:
    ids = [matter["id"] for matter in FILE["matters"]]
    ids += [version["id"] for name in ("dues_terms.json", "deputies.json") for version in read(name)["versions"]]
    ids += [body["id"] for body in BODIES.values()]
    assert len(set(ids)) == len(ids)
    assert all((UUID(id_).version, UUID(id_).variant) == (7, RFC_4122) for id_ in ids)


@pytest.mark.rule(id="M3")
def test_a_dues_standard_has_at_most_four_tiers() -> None:
    (terms,) = dues_terms()
    assert terms.tiers_at_most == 4
    assert terms.effective_from == date.min


@pytest.mark.rule(id="M2")
def test_the_tiers_are_those_that_membership_keeps() -> None:
    assert tier_labels() == {tier.code: tier.label for tier in Tier}
    assert set(dues_terms()[0].tiers) == set(tier_labels())


@pytest.mark.rule(id="G11")
def test_the_deputy_acts_for_the_secretary_general() -> None:
    posts = {post["id"]: post["code"] for post in read("posts.json")["posts"]}
    (deputyship,) = deputyships()
    assert posts[str(deputyship.post)] == "secretary-general"
    assert posts[str(deputyship.deputy)] == "deputy-secretary-general"
    assert deputyship.effective_from == date(2021, 3, 1)
    (version,) = read("deputies.json")["versions"]
    assert [version[role]["code"] for role in ("post", "deputy")] == ["secretary-general", "deputy-secretary-general"]
