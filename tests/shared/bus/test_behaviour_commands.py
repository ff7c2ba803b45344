"""What a command does, on both buses: once, wholly or not at all, on the version that was seen."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from shared.testing.association import Answer, Person, eventually
from shared.testing.telling import Pair

_numbers = count(time.time_ns())


def fresh(what: str) -> str:
    """A name or key nobody has used."""
    return f"{what} {next(_numbers)}"


def code(answer: Answer) -> str:
    assert answer.problem is not None, answer.body
    return str(answer.problem["code"])


# --- all or nothing -----------------------------------------------------------------------------------------


def traces(pair: Pair) -> list[Any]:
    """Everything a command of teller's may leave behind."""
    questions = (
        "SELECT count(*) FROM topics",
        "SELECT coalesce(sum(told), 0) FROM topics",
        "SELECT series, last FROM chassis.counters WHERE series IN ('topics', 'refusals') ORDER BY series",
        "SELECT count(*) FROM chassis.outbox",
        "SELECT count(*) FROM chassis.audit",
        "SELECT count(*) FROM chassis.idempotency",
        "SELECT count(*) FROM chassis.jobs",
    )
    return [pair.rows("teller", question) for question in questions]


def test_a_refusal_leaves_nothing_behind(pair: Pair) -> None:
    topic, teller = pair.topic(), pair.person("teller")
    before = traces(pair)
    refused = pair.call("teller", "open_topic", as_=teller, name=fresh("forbidden"), key=fresh("key"))
    assert (refused.status, code(refused)) == (409, "forbidden-topic")
    assert refused.problem is not None
    assert refused.problem["rule"] == "X6"
    refused = pair.call("teller", "tell", as_=teller, id=topic, texts=["a", "forbidden"], key=fresh("key"))
    assert (refused.status, code(refused)) == (409, "forbidden-note")
    assert pair.call("teller", "break_down").status == 500
    assert traces(pair) == before


def test_numbers_have_no_gaps_whatever_is_refused_and_however_many_come_at_once(pair: Pair) -> None:
    def last() -> int:
        rows = pair.rows("teller", "SELECT last FROM chassis.counters WHERE series = 'topics'")
        return int(rows[0]["last"]) if rows else 0

    teller, before = pair.person("teller"), last()
    names = [fresh("forbidden" if number % 3 == 0 else "numbered") for number in range(24)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda name: pair.call("teller", "open_topic", as_=teller, name=name).status, names))
    assert answers.count(201) == 16
    assert last() == before + 16


def test_a_command_leaves_an_audit_row_that_names_of_its_arguments_only_what_they_changed(pair: Pair) -> None:
    teller, correlation, name = pair.person("teller"), fresh("audit"), fresh("secret name")
    topic = pair.call("teller", "open_topic", as_=teller, name=name, headers={"correlation-id": correlation})
    assert topic.status == 201
    rows = pair.rows("teller", f"SELECT * FROM chassis.audit WHERE correlation_id = '{correlation}'")
    assert len(rows) == 1
    assert (rows[0]["principal"], rows[0]["operation"]) == (f"account:{teller.account}", "open_topic")
    assert name in rows[0].pop("changes")
    assert name not in str(rows)
    sealed = f"SELECT 1 FROM chassis.audit WHERE correlation_id = '{correlation}' AND seal IS NOT NULL"
    eventually(lambda: pair.rows("teller", sealed))


# --- once ---------------------------------------------------------------------------------------------------


def opening(pair: Pair, as_: Person, name: str, key: str) -> Answer:
    return pair.call("teller", "open_topic", as_=as_, name=name, key=key)


def test_the_same_key_and_body_give_the_same_answer_and_one_effect(pair: Pair) -> None:
    teller, key, topic = pair.person("teller"), fresh("key"), pair.topic()
    answers = [pair.call("teller", "tell", as_=teller, id=topic, texts=["a", "b"], key=key) for _ in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    assert answers[1:] == answers[:1] * 2
    assert len(pair.told(topic)) == 2


def test_the_same_key_for_another_request_is_a_conflict(pair: Pair) -> None:
    teller, key, topic = pair.person("teller"), fresh("key"), pair.topic()
    assert opening(pair, teller, fresh("one"), key).status == 201
    for other in (
        opening(pair, teller, fresh("another"), key),
        pair.call("teller", "tell", as_=teller, id=topic, texts=["a"], key=key),
    ):
        assert (other.status, code(other)) == (409, "idempotency-conflict")
    assert pair.told(topic) == []


def test_the_same_key_at_once_has_one_effect(pair: Pair) -> None:
    teller, key, topic = pair.person("teller"), fresh("key"), pair.topic()
    with ThreadPoolExecutor(12) as pool:
        calls = [
            pool.submit(pair.call, "teller", "tell", as_=teller, id=topic, texts=["a"], key=key) for _ in range(12)
        ]
        answers = [call.result() for call in calls]
    assert {answer.status for answer in answers} == {200}
    assert all(answer == answers[0] for answer in answers)
    assert len(pair.told(topic)) == 1


def test_anothers_same_key_is_another_key(pair: Pair) -> None:
    key = fresh("key")
    one, other = (opening(pair, pair.person("teller"), fresh("topic"), key) for _ in range(2))
    assert (one.status, other.status) == (201, 201)
    assert one["id"] != other["id"]


def test_a_refused_command_gives_its_key_back(pair: Pair) -> None:
    teller, key = pair.person("teller"), fresh("key")
    assert opening(pair, teller, fresh("forbidden"), key).status == 409
    assert pair.call("teller", "open_topic", as_=teller, key=key).status == 422
    assert opening(pair, teller, fresh("allowed"), key).status == 201


@pytest.mark.parametrize("key", ["x" * 201, "nul \x00", "line\nbreak"])
def test_a_key_that_cannot_be_kept_is_refused(pair: Pair, key: str) -> None:
    answer = opening(pair, pair.person("teller"), fresh("topic"), key)
    assert (answer.status, code(answer)) == (400, "malformed")


# --- the version that was seen ------------------------------------------------------------------------------


def renaming(pair: Pair, topic: str, if_match: str | None) -> Answer:
    return pair.call(
        "teller", "rename_topic", as_=pair.person("teller"), id=topic, name=fresh("renamed"), if_match=if_match
    )


def test_a_change_names_the_version_it_changes(pair: Pair) -> None:
    topic = pair.topic()
    seen = pair.call("teller", "get_topic", id=topic).etag
    unnamed = renaming(pair, topic, None)
    assert (unnamed.status, code(unnamed)) == (428, "version-required")
    changed = renaming(pair, topic, seen)
    assert changed.status == 200
    assert changed.etag not in (None, seen)
    stale = renaming(pair, topic, seen)
    assert (stale.status, code(stale)) == (412, "stale-version")
    assert renaming(pair, topic, changed.etag).status == 200


def test_of_two_changes_at_once_one_wins(pair: Pair) -> None:
    topic = pair.topic()
    seen = pair.call("teller", "get_topic", id=topic).etag
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: renaming(pair, topic, seen).status, range(8)))
    assert sorted(answers) == [200] + [412] * 7


# --- page by page -------------------------------------------------------------------------------------------


def page(pair: Pair, **asked: Any) -> Answer:
    return pair.call("teller", "list_topics", **asked)


@pytest.mark.parametrize("sort", ["name", "-name", "told", "-told", None])
def test_pages_show_each_row_once_while_others_come(pair: Pair, sort: str | None) -> None:
    stem = fresh("page")
    mine = {pair.topic(f"{stem} {number}") for number in range(7)}
    seen: list[str] = []
    keys: list[Any] = []
    cursor = None
    for turn in count():
        shown = page(pair, limit=4, cursor=cursor, sort=sort)
        assert len(shown["items"]) <= 4
        seen.extend(item["id"] for item in shown["items"])
        keys.extend(item["told" if sort and "told" in sort else "name"] for item in shown["items"])
        cursor = shown["next"]
        if cursor is None:
            break
        # One before and one after wherever the page ended.
        if turn < 4:
            pair.topic(f"  {fresh('first')}")
            pair.topic(f"~ {fresh('last')}")
    assert len(seen) == len(set(seen))
    assert mine <= set(seen)
    assert keys == sorted(keys, reverse=bool(sort and sort.startswith("-")))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"sort": "size"}, "sort"),
        ({"sort": "--name"}, "sort"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "不"}, "cursor"),
        ({"cursor": "x" * 601}, "cursor"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_page_that_cannot_be_shown_says_which_field_is_wrong(pair: Pair, asked: dict[str, Any], field: str) -> None:
    answer = page(pair, **asked)
    assert (answer.status, code(answer)) == (422, "invalid")
    assert answer.problem is not None
    assert list(answer.problem["errors"]) == [field]


def test_a_cursor_of_another_order_is_refused(pair: Pair) -> None:
    for number in range(2):
        pair.topic(f"{fresh('cursor')} {number}")
    cursor = page(pair, limit=1, sort="name")["next"]
    answer = page(pair, limit=1, sort="told", cursor=cursor)
    assert answer.problem is not None
    assert list(answer.problem["errors"]) == ["cursor"]


# --- jobs ---------------------------------------------------------------------------------------------------


def counting(pair: Pair, as_: Person, **arguments: Any) -> str:
    started = pair.call("teller", "start_counting", as_=as_, **arguments)
    assert started.status == 202
    return str(started["id"])


def state_of(pair: Pair, job: str, as_: Person) -> dict[str, Any]:
    body: dict[str, Any] = pair.call("teller", "get_job", as_=as_, id=job).body
    return body


def test_a_job_shows_how_far_it_is_and_ends(pair: Pair) -> None:
    teller = pair.person("teller")
    job = counting(pair, teller, steps=80)
    eventually(
        lambda: 0 < state_of(pair, job, teller)["done"] < 80 and state_of(pair, job, teller)["state"] == "running"
    )
    ended = eventually(lambda: (found := state_of(pair, job, teller))["state"] == "done" and found, within=60)
    assert (ended["done"], ended["total"], ended["result"]) == (80, 80, {"counted": 80})
    assert ended["started_at"] <= ended["ended_at"]


def test_a_job_that_is_refused_ends_failed_with_the_reason_in_both_languages(pair: Pair) -> None:
    teller = pair.person("teller")
    job = counting(pair, teller, steps=5, fail_at=2)
    failed = eventually(lambda: (found := state_of(pair, job, teller))["state"] == "failed" and found, within=30)
    assert failed["problem"]["zh"]["detail"] == "数到此处不予继续"
    assert failed["problem"]["en"]["detail"] == "Refused here"
    assert failed["problem"]["zh"]["code"] == "count-stopped"
    assert failed["result"] is None
    assert failed["done"] == 2


def test_a_job_is_shown_to_whoever_started_it_and_to_operators(pair: Pair) -> None:
    teller = pair.person("teller")
    job = counting(pair, teller, steps=1)
    assert pair.call("teller", "get_job", as_=teller, id=job).status == 200
    assert pair.call("teller", "get_job", as_=pair.person("operator"), id=job).status == 200
    assert pair.call("teller", "get_job", as_=pair.person("teller"), id=job).status == 404
    assert pair.call("teller", "get_job", id=job).status == 401
