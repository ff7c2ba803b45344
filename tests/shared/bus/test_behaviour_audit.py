"""The audit trail as it is read, on both buses: found by what is asked for, page by page, by those who may."""

from datetime import timedelta
from typing import Any

import pytest

from shared.clock import wall_now
from shared.store.base import new_id
from shared.testing.association import Answer, eventually
from shared.testing.telling import Pair

SHOWN = {"id", "at", "principal", "operation", "target", "correlation_id", "digest", "seal_no", "sealed"}
SHOWN |= {"address", "changed", "more_changed"}


def trail(pair: Pair, **asked: Any) -> Answer:
    return pair.call("teller", "list_audit", as_=pair.person("operator"), **asked)


def did(pair: Pair, **asked: Any) -> list[tuple[str, str | None]]:
    """What was done, and on what."""
    return [(row["operation"], row["target"]) for row in trail(pair, **asked)["items"]]


@pytest.mark.rule(id="X7")
def test_it_is_found_by_who_did_what_on_what(pair: Pair) -> None:
    teller, other = pair.person("teller"), pair.person("teller")
    mine, correlation = f"account:{teller.account}", f"audit {new_id()}"
    topic = str(pair.call("teller", "open_topic", as_=teller, name=f"topic {new_id()}")["id"])
    headers = {"correlation-id": correlation}
    pair.call("teller", "tell", as_=teller, id=topic, texts=["a"], headers=headers)
    pair.call("teller", "tell", as_=other, id=topic, texts=["b"])
    assert did(pair, principal=mine) == [("tell", topic), ("open_topic", None)]
    assert did(pair, principal=mine, operation="open_topic") == [("open_topic", None)]
    assert did(pair, target=topic) == [("tell", topic)] * 2
    assert did(pair, correlation_id=correlation) == [("tell", topic)]
    assert did(pair, principal=mine, correlation_id="another") == []


def test_it_is_found_by_when_it_was_done(pair: Pair) -> None:
    topic = pair.topic()
    pair.tell(topic, "a")
    pair.tell(topic, "b")
    second, first = (row["at"] for row in trail(pair, target=topic)["items"])
    assert first < second
    by = {"target": topic}
    assert [row["at"] for row in trail(pair, **by, **{"from": second})["items"]] == [second]
    assert [row["at"] for row in trail(pair, **by, to=second)["items"]] == [first]
    assert trail(pair, **by, **{"from": (wall_now() + timedelta(days=1)).isoformat()})["items"] == []


@pytest.mark.parametrize("sort", [None, "-id", "at", "-at"])
def test_its_pages_show_each_row_once_while_others_come(pair: Pair, sort: str | None) -> None:
    topic = pair.topic()
    for text in "abcde":
        pair.tell(topic, text)
    wanted = [row["id"] for row in trail(pair, target=topic)["items"]]
    assert wanted == sorted(wanted, reverse=True)
    seen: list[int] = []
    cursor = None
    while True:
        shown = trail(pair, target=topic, limit=2, cursor=cursor, sort=sort)
        seen.extend(row["id"] for row in shown["items"])
        cursor = shown["next"]
        if cursor is None:
            break
        pair.topic()
    assert seen == (wanted[::-1] if sort == "at" else wanted)


@pytest.mark.rule(id="X5")
def test_it_names_nobody_and_of_what_was_sent_shows_what_it_changed(pair: Pair) -> None:
    teller = pair.person("teller")
    topic = pair.call("teller", "open_topic", as_=teller, name=f"topic {new_id()}")
    (row,) = trail(pair, principal=f"account:{teller.account}")["items"]
    assert row.keys() == SHOWN
    assert teller.person not in str(row)
    named = {"name": topic["name"], "told": 0}
    assert row["changed"] == [{"table": "topics", "id": topic["id"], "before": None, "after": named}]
    assert row["more_changed"] == 0
    eventually(lambda: trail(pair, principal=f"account:{teller.account}")["items"][0]["sealed"])


@pytest.mark.rule(id="X7")
def test_it_shows_what_was_before_and_what_is_after(pair: Pair) -> None:
    teller = pair.person("teller")
    topic, name = pair.topic(), f"topic {new_id()}"
    before = pair.call("teller", "get_topic", id=topic)["name"]
    pair.call("teller", "rename_topic", as_=teller, if_match="*", id=topic, name=name)
    pair.call("teller", "tell", as_=teller, id=topic, texts=["a", "b"])
    told, renamed = trail(pair, principal=f"account:{teller.account}")["items"]
    assert [(row["before"], row["after"]) for row in renamed["changed"]] == [({"name": before}, {"name": name})]
    assert [(row["before"], row["after"]) for row in told["changed"]] == [({"told": 0}, {"told": 2})]


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("operation", ["list_audit", "get_audit_verdict"])
def test_only_who_may_reads_it(pair: Pair, operation: str) -> None:
    assert pair.call("teller", operation, as_=pair.person("operator")).status == 200
    assert pair.call("teller", operation, as_=pair.person("teller")).status == 403
    assert pair.call("teller", operation).status == 401


@pytest.mark.rule(id="X7")
def test_its_verdict_is_that_of_the_whole_chain(pair: Pair) -> None:
    pair.topic()
    operator = pair.person("operator")
    verdict = eventually(
        lambda: (found := pair.call("teller", "get_audit_verdict", as_=operator).body)["unsealed"] == 0 and found
    )
    assert (verdict["holds"], verdict["broken"], verdict["missing"]) == (True, [], [])
    assert verdict["sealed"] >= 1
