from datetime import UTC, datetime, timedelta

import pytest
import structlog

from shared import clock

AT = "2020-12-17T09:00:00+08:00"


def test_a_process_that_answers_is_alive_whatever_else_is_down(empty):
    empty.services.reachable = False
    answer = empty.http.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_means_the_bus_is_there_and_somebody_has_been_heard(front):
    answer = front.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "bus": "up", "services": {"certification": "up"}}


def test_a_service_that_is_away_is_named_and_stops_nothing(front):
    front.hear("certification", state="leaving")
    answer = front.http.get("/readyz")
    assert (answer.status_code, answer.json["services"]) == (200, {"certification": "away"})


def test_without_the_bus_it_is_not_ready(front):
    front.services.reachable = False
    answer = front.http.get("/readyz")
    assert (answer.status_code, answer.json["bus"]) == (503, "away")


def test_nobody_heard_is_not_ready(empty):
    answer = empty.http.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "bus": "up", "services": {}})


def counted(front, line):
    found = [text for text in front.http.get("/metrics").text.splitlines() if text.startswith(line + " ")]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


def test_requests_are_counted_by_operation_never_by_address(front):
    line = 'xiehui_requests_total{operation="get_batch",service="certification",status="200"}'
    seconds = 'xiehui_request_seconds_count{operation="get_batch",service="certification"}'
    before, timed = counted(front, line), counted(front, seconds)
    for number in (1, 2):
        front.http.get(f"/v1/certification/batches/{number}")
    front.http.get("/v1/certification/secret-place")
    assert counted(front, line) == before + 2
    assert counted(front, seconds) == timed + 2
    assert counted(front, 'xiehui_requests_total{operation="unmatched",service="gateway",status="404"}') >= 1
    assert "secret-place" not in front.http.get("/metrics").text


@pytest.mark.rule(id="X5")
def test_every_request_leaves_one_line_without_its_address(front):
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        front.http.get("/v1/certification/checks/330102199001011234", headers={"X-Correlation-Id": "c-5"})
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["operation"], line["status"], line["correlation_id"]) == ("check_certificate", 200, "c-5")
    assert line["ms"] >= 0
    assert "330102199001011234" not in str(lines)


@pytest.fixture
def settable():
    before = clock._clock
    clock.use(clock.SettableClock(datetime(2020, 1, 1, tzinfo=UTC)))
    yield
    clock.use(before)


@pytest.mark.usefixtures("settable")
def test_a_clock_that_can_be_set_is_set(empty):
    answer = empty.http.put("/testing/clock", json={"now": AT})
    assert answer.status_code == 200
    for now in (datetime.fromisoformat(empty.http.get("/testing/clock").json["now"]), clock.now()):
        assert timedelta() <= now - datetime.fromisoformat(AT) < timedelta(seconds=10)


@pytest.mark.usefixtures("settable")
@pytest.mark.parametrize("now", ["2020-12-17T09:00:00", "yesterday", 5, None])
def test_a_moment_without_an_offset_sets_nothing(empty, now):
    answer = empty.http.put("/testing/clock", json={"now": now})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert clock.now().year == 2020
    assert clock.now().month == 1


def test_a_real_clock_cannot_be_reached(empty):
    assert empty.http.get("/testing/clock").status_code == 404
    assert empty.http.put("/testing/clock", json={"now": AT}).status_code == 404
