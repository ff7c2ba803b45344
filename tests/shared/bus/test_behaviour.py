"""What a caller of an operation can rely on, on both buses: it is answered, and told what is wrong."""

import base64
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.bus.client import EXCHANGE
from shared.clock import wall_now
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.principals import issue_access
from shared.testing.association import Answer, eventually
from shared.testing.telling import Pair

TELL = {"account": "a", "person": "p", "session": "s", "roles": ["teller"]}


def opening(pair: Pair, authorization: str | None, name: str = "no topic") -> Answer:
    headers = {} if authorization is None else {"authorization": authorization}
    return pair.call("teller", "open_topic", headers=headers, name=name)


def unpadded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def opened(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# --- answers ------------------------------------------------------------------------------------------------


def test_an_operation_answers(pair: Pair) -> None:
    answer = pair.call("teller", "echo", text="你好")
    assert (answer.status, answer.body) == (200, {"text": "你好", "principal": "anonymous"})


def test_calls_at_once_each_get_their_own_answer(pair: Pair) -> None:
    texts = [f"text {number}" for number in range(60)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda text: pair.call("teller", "echo", text=text)["text"], texts))
    assert answers == texts


def test_three_megabytes_go_both_ways(pair: Pair) -> None:
    text = "大" * 500_000 + "x" * 1_500_000
    assert pair.call("teller", "echo", text=text)["text"] == text


def test_a_bug_is_answered_without_its_text(pair: Pair) -> None:
    for language, words in (("zh", "系统内部错误"), ("en", "Something broke")):
        headers = {"correlation-id": "a-bug", "accept-language": language}
        answer = pair.call("teller", "break_down", headers=headers)
        assert answer.status == 500
        assert answer.problem is not None
        assert answer.problem["correlation_id"] == "a-bug"
        assert words in answer.problem["detail"]
        assert "a-bug" in answer.problem["detail"]
        assert "110101199003074477" not in json.dumps(answer.problem)
        assert "RuntimeError" not in json.dumps(answer.problem)


def test_an_unknown_operation_is_not_found(pair: Pair) -> None:
    answer = pair.call("teller", "nothing")
    assert answer.status == 404
    assert answer.problem is not None
    assert answer.problem["code"] == "unknown-operation"


def test_an_unknown_service_is_known_at_once(pair: Pair) -> None:
    began = time.monotonic()
    answer = pair.call("nowhere", "nothing", deadline=60)
    assert time.monotonic() - began < 20
    assert answer.status == 503
    assert answer.problem is not None
    assert answer.problem["code"] == "service-away"


# --- who asks -----------------------------------------------------------------------------------------------


def test_nobody_is_asked_to_sign_in(pair: Pair) -> None:
    answer = opening(pair, None)
    assert answer.status == 401
    assert answer.problem is not None
    assert answer.problem["code"] == "unauthenticated"


def test_a_role_without_the_permission_is_refused(pair: Pair) -> None:
    answer = opening(pair, f"Bearer {pair.person('operator').token}")
    assert answer.status == 403
    assert answer.problem is not None
    assert answer.problem["code"] == "not-permitted"


def test_a_service_has_no_more_than_it_was_granted(pair: Pair) -> None:
    headers = pair.service_token(pair.keyring("listener"))
    assert pair.call("teller", "echo", text="x", headers=headers)["principal"] == "service:listener"
    assert pair.call("teller", "open_topic", headers=headers, name="x").status == 403


def expired(pair: Pair, _folder: Path) -> str:
    return issue_access(pair.issuer, **TELL, lifetime=timedelta(seconds=-1))


def with_another_signature(pair: Pair, _folder: Path) -> str:
    head, payload, signature = issue_access(pair.issuer, **TELL).split(".")
    return f"{head}.{payload}.{('A' if signature[0] != 'A' else 'B') + signature[1:]}"


def with_more_roles(pair: Pair, _folder: Path) -> str:
    head, payload, signature = issue_access(pair.issuer, **{**TELL, "roles": ["operator"]}).split(".")
    return f"{head}.{unpadded(json.dumps({**opened(payload), 'roles': ['teller']}).encode())}.{signature}"


def without_algorithm(pair: Pair, _folder: Path) -> str:
    head, payload, _ = issue_access(pair.issuer, **TELL).split(".")
    return f"{unpadded(json.dumps({**opened(head), 'alg': 'none'}).encode())}.{payload}."


def by_a_service_that_signs_nobody_in(pair: Pair, _folder: Path) -> str:
    return issue_access(pair.keyring("listener"), **TELL)


def by_a_stranger_under_our_name(_pair: Pair, folder: Path) -> str:
    make_keys(folder, {"teller": [TOKENS]})
    return issue_access(Keyring.load(folder, "teller"), **TELL)


def by_a_stranger_showing_our_identity(pair: Pair, folder: Path) -> str:
    make_keys(folder, {"teller": [TOKENS]})
    claims = {"roles": ["teller"], "sub": "a", "person": "p", "sid": "s", "units": [], "exp": 2**40}
    stranger = Keyring.load(folder, "teller")
    ours = opened(issue_access(pair.issuer, **TELL).split(".")[0])["idn"]
    stranger._identity = ours
    return stranger.sign("access", claims)


def of_another_kind(pair: Pair, _folder: Path) -> str:
    claims = opened(issue_access(pair.issuer, **TELL).split(".")[1])
    return pair.issuer.sign("manifest", claims)


def nested_too_deep(_pair: Pair, _folder: Path) -> str:
    return unpadded(b"[" * 60_000) + ".e30.e30"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (expired, "token-expired"),
        (with_another_signature, "bad-token"),
        (with_more_roles, "bad-token"),
        (without_algorithm, "bad-token"),
        (by_a_service_that_signs_nobody_in, "bad-token"),
        (by_a_stranger_under_our_name, "bad-token"),
        (by_a_stranger_showing_our_identity, "bad-token"),
        (of_another_kind, "bad-token"),
        (nested_too_deep, "bad-token"),
        (lambda _pair, _folder: "gibberish", "bad-token"),
        (lambda _pair, _folder: "a.b.c", "bad-token"),
        (lambda _pair, _folder: "不是.令.牌", "bad-token"),
    ],
)
def test_a_token_that_does_not_hold_is_nobody(
    pair: Pair, tmp_path: Path, make: Callable[[Pair, Path], str], code: str
) -> None:
    answer = opening(pair, f"Bearer {make(pair, tmp_path)}")
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (401, code)


def test_the_same_claims_in_a_good_token_pass(pair: Pair) -> None:
    token = issue_access(pair.issuer, **TELL)
    assert opening(pair, f"Bearer {token}", name=f"good {time.time_ns()}").status == 201


def test_what_is_no_bearer_token_is_no_token(pair: Pair) -> None:
    for authorization in ("Basic dTpw", "Bearer", "Bearer ", issue_access(pair.issuer, **TELL)):
        assert opening(pair, authorization).status == 401


# --- what is asked ------------------------------------------------------------------------------------------


def test_every_field_that_is_wrong_is_named(pair: Pair) -> None:
    answer = pair.call("teller", "start_counting", as_=pair.person("teller"), steps="many", fail_at=1.5, colour="red")
    assert answer.status == 422
    assert answer.problem is not None
    assert set(answer.problem["errors"]) == {"steps", "fail_at", "colour"}


def test_a_field_inside_a_list_is_named_with_its_place(pair: Pair) -> None:
    topic = pair.topic()
    answer = pair.call("teller", "tell", as_=pair.person("teller"), id=topic, texts=["a", 5, "c"])
    assert answer.status == 422
    assert answer.problem is not None
    assert set(answer.problem["errors"]) == {"texts.1"}
    assert pair.told(topic) == []


def test_a_field_that_is_missing_is_named(pair: Pair) -> None:
    answer = pair.call("teller", "echo")
    assert answer.status == 422
    assert answer.problem is not None
    assert set(answer.problem["errors"]) == {"text"}


def test_problems_are_in_the_language_asked_for(pair: Pair) -> None:
    for language, title in (("zh-CN, en;q=0.5", "填写有误"), ("en", "Some fields are wrong")):
        answer = pair.call("teller", "echo", headers={"accept-language": language})
        assert answer.problem is not None
        assert answer.problem["title"] == title


# --- deadlines ----------------------------------------------------------------------------------------------


def test_a_request_whose_time_is_over_is_not_carried_out(pair: Pair) -> None:
    name = f"too late {time.time_ns()}"
    body = json.dumps({"args": [], "kwargs": {"name": name}}).encode()
    headers = {**pair.person("teller").headers, "deadline": str(wall_now().timestamp() - 0.001)}
    reply = pair.ask("teller.open_topic", body, headers=headers)
    assert reply["result"]["problem"]["code"] == "deadline-exceeded"
    assert pair.rows("teller", f"SELECT * FROM topics WHERE name = '{name}'") == []


def test_a_request_that_waited_too_long_for_a_worker_is_not_carried_out(pair: Pair) -> None:
    name, key, workers = f"waited {time.time_ns()}", f"held {time.time_ns()}", 16
    claim = "INSERT INTO chassis.idempotency VALUES ('anonymous', %s, 'echo', '', NULL, now())"
    with pair.database("teller").connect() as holder, ThreadPoolExecutor(workers) as pool:
        # Whoever comes with the same key waits for this transaction.
        holder.exec_driver_sql(claim, (key,))
        held = [pool.submit(pair.call, "teller", "echo", text="x", key=key, deadline=60) for _ in range(workers)]
        eventually(lambda: waiting_for_locks(pair) == workers, within=30)
        late = pair.call("teller", "open_topic", as_=pair.person("teller"), name=name, deadline=0.3)
        holder.rollback()
        assert {answer.result().status for answer in held} == {200}
    assert late.status == 504
    assert pair.call("teller", "echo", text="free again").status == 200
    assert pair.rows("teller", f"SELECT * FROM topics WHERE name = '{name}'") == []


def waiting_for_locks(pair: Pair) -> int:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return len(pair.rows("teller", waiting))


# --- what cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe not JSON", "application/json"),
        (b"[1, 2]", "application/json"),
        (b'"text"', "application/json"),
        (b'{"args": []}', "application/json"),
        (b'{"args": [], "kwargs": [1]}', "application/json"),
        (b'{"args": 5, "kwargs": {}}', "application/json"),
        (b'{"args": ["x"], "kwargs": {}}', "application/json"),
        (b'{"args": [], "kwargs": {}}', None),
        (b'{"args": [], "kwargs": {}}', "application/x-unheard-of"),
        (b"cos\nsystem\n(S'true'\ntR.", "application/x-python-serialize"),
    ],
)
def test_a_request_that_cannot_be_read_is_answered(pair: Pair, body: bytes, content_type: str | None) -> None:
    reply = pair.ask("teller.echo", body, content_type=content_type)
    assert reply is not None, "no answer"
    assert reply["error"] is None
    assert reply["result"]["problem"]["code"] == "malformed"
    assert reply["result"]["status"] == 400
    assert pair.call("teller", "echo", text="still there").status == 200


@pytest.mark.parametrize("body", [b"\xff", b"[]", b'{"args": [], "kwargs": {"text": "x"}}'])
@pytest.mark.parametrize("content_type", ["application/json", None])
def test_a_request_that_says_not_where_to_answer_harms_nobody(
    pair: Pair, body: bytes, content_type: str | None
) -> None:
    pair.publish(EXCHANGE, "teller.echo", body, content_type=content_type)
    for _ in range(3):
        assert pair.call("teller", "echo", text="still there", deadline=10).status == 200


@pytest.mark.parametrize("deadline", ["soon", "nan", "", "1e999"])
def test_a_header_that_makes_no_sense_is_answered(pair: Pair, deadline: str) -> None:
    body = json.dumps({"args": [], "kwargs": {"text": "x"}}).encode()
    reply = pair.ask("teller.echo", body, headers={"deadline": deadline})
    assert reply["error"] is None
    assert reply["result"]["problem"]["code"] == "malformed"


# --- last, since it keeps a worker busy ------------------------------------------------------------------------


def test_no_answer_in_time_is_said_in_time(pair: Pair) -> None:
    began = time.monotonic()
    answer = pair.call("teller", "nap", seconds="5", deadline=0.4)
    assert time.monotonic() - began < 4.5
    assert answer.status == 504
    assert answer.problem is not None
    assert answer.problem["code"] == "deadline-exceeded"
