"""The bodies and terms of the founding document, as governance loads them."""

import json
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import pytest

DATA = Path(__file__).parents[3] / "services" / "governance" / "data"
FILE: dict[str, Any] = json.loads((DATA / "bodies.json").read_text(encoding="utf-8"))
BODIES: dict[str, dict[str, Any]] = {body["code"]: body for body in FILE["bodies"]}
TERMS: dict[str, Any] = json.loads((DATA / "terms.json").read_text(encoding="utf-8"))

WORKING = {
    "secretariat",
    "construction-and-operations",
    "service-management",
    "legal-affairs",
    "cultural-activities",
    "certification-centre",
}


def test_five_organs_and_six_working_bodies() -> None:
    assert len(FILE["bodies"]) == 11
    assert {code for code, body in BODIES.items() if body["kind"] == "working-body"} == WORKING
    assert set(BODIES) - WORKING == {
        "assembly",
        "council",
        "standing-council",
        "supervisory-board",
        "party-branch",
    }


@pytest.mark.rule(id="G1")
@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("assembly", 8),
        ("council", 9),
        ("supervisory-board", 7),
        ("party-branch", 7),
        ("secretariat", 9),
        ("construction-and-operations", 7),
        ("service-management", 6),
        ("legal-affairs", 6),
        ("cultural-activities", 6),
        ("certification-centre", 12),
    ],
)
def test_every_item_of_a_body_is_there_with_its_clause(code: str, count: int) -> None:
    items = BODIES[code]["duties"]["items"]
    assert len(items) == count
    assert len({item["clause"]["zh"] for item in items}) == len({item["clause"]["en"] for item in items}) == count
    assert all(item["zh"] and item["en"] for item in items)


@pytest.mark.rule(id="G1")
def test_article_seven_of_the_supervisory_board_is_its_meeting_rule_not_a_power() -> None:
    board = BODIES["supervisory-board"]
    assert [item["clause"]["en"][-1] for item in board["duties"]["items"]] == list("1234568")
    assert board["decision_rule"]["clause"]["en"].endswith("item 7")


@pytest.mark.rule(id="X9")
def test_duties_are_in_force_by_assumption_from_the_day_after_the_consultation() -> None:
    for body in BODIES.values():
        if body["duties"] is not None:
            assert body["duties"]["in_force_from"] == "2021-03-01"
            assert FILE["assumptions"][body["duties"]["assumption"]]["rule"] == "X9"


@pytest.mark.parametrize(
    ("code", "rule", "majority"),
    [
        pytest.param("assembly", "G2", [1, 2], marks=pytest.mark.rule(id="G2")),
        pytest.param("council", "G5", [2, 3], marks=pytest.mark.rule(id="G5")),
        pytest.param("supervisory-board", "G8", [2, 3], marks=pytest.mark.rule(id="G8")),
        pytest.param("standing-council", "G9", [2, 3], marks=pytest.mark.rule(id="G9")),
    ],
)
def test_how_each_body_decides(code: str, rule: str, majority: list[int]) -> None:
    decides = BODIES[code]["decision_rule"]
    assert (decides["rule"], decides["quorum"], decides["majority"]) == (rule, [2, 3], majority)


@pytest.mark.rule(id="X9")
def test_quorums_and_majorities_restate_the_charter_and_were_always_in_force() -> None:
    rules = [body["decision_rule"] for body in BODIES.values() if body["decision_rule"] is not None]
    assert len(rules) == 4
    assert all(rule["in_force_from"] is None for rule in rules)


@pytest.mark.rule(id="G9")
def test_only_the_rule_of_the_standing_council_is_assumed() -> None:
    assumed = {
        code: body["decision_rule"]["assumption"]
        for code, body in BODIES.items()
        if body["decision_rule"] is not None and body["decision_rule"]["assumption"] is not None
    }
    assert list(assumed) == ["standing-council"]
    assert FILE["assumptions"][assumed["standing-council"]]["rule"] == "G9"


@pytest.mark.rule(id="G8")
def test_the_supervisory_board_supervises_every_body_that_decides_or_works_but_not_the_assembly() -> None:
    supervised = set(BODIES["supervisory-board"]["supervises"])
    assert supervised == {BODIES[code]["id"] for code in WORKING | {"council", "standing-council"}}
    assert all(not body["supervises"] for code, body in BODIES.items() if code != "supervisory-board")


def test_the_evaluation_centre_stands_since_its_opening() -> None:
    centre = BODIES["certification-centre"]
    assert (centre["existing_from"], centre["assumption"]) == ("2020-11-06", None)


@pytest.mark.rule(id="G3")
def test_the_third_term_began_on_a_day_of_2020_that_is_not_stated() -> None:
    third, board = TERMS["terms"]
    assert third["number"] == 3
    assert third["body_ids"] == [BODIES[code]["id"] for code in ("assembly", "council", "standing-council")]
    assert (board["number"], board["body_ids"]) == (1, [BODIES["supervisory-board"]["id"]])
    for term in (third, board):
        assert term["began"] == {"precision": "year", "earliest": "2020-01-01", "latest": "2020-12-31"}
        assert term["years"] == 5
        assert term["until"] == {"earliest": "2025-01-01", "latest": "2025-12-31"}
        assert term["extension_years_at_most"] == 1
        assert TERMS["assumptions"][term["assumption"]]["rule"] == "G3"


def test_every_assumption_is_used_and_every_one_used_is_explained() -> None:
    used = {
        assumption
        for body in BODIES.values()
        for holder in (body, body["duties"], body["decision_rule"])
        if holder is not None and (assumption := holder["assumption"]) is not None
    }
    assert used == set(FILE["assumptions"])


def test_ids_are_unique_and_of_version_seven() -> None:
    ids = [body["id"] for body in BODIES.values()]
    ids += [body["decision_rule"]["id"] for body in BODIES.values() if body["decision_rule"] is not None]
    ids += [term["id"] for term in TERMS["terms"]]
    assert len(set(ids)) == len(ids) == 17
    assert all((UUID(id_).version, UUID(id_).variant) == (7, RFC_4122) for id_ in ids)
