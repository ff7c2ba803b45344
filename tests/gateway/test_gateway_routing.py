import pytest

from gateway.routing import RoutingTable
from shared.errors import DeadlineExceeded, NotFound


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def kept():
    return []


@pytest.fixture
def table(time, kept):
    return RoutingTable(keep=kept.append, monotonic=time)


def names(table):
    return {route.name for route in table.current.routes()}


def test_a_service_that_announces_itself_is_served_at_once(front, table):
    table.hear(front.manifest("finance", front.entry("GET /vouchers/{id}", "get_voucher")))

    match = table.current.match("/v1/finance/vouchers/凭证1", "GET")

    assert (match.route.name, match.parameters) == ("get_voucher", {"id": "凭证1"})
    assert not table.away("finance")


def test_a_request_keeps_the_table_it_started_with(front, table):
    table.hear(front.manifest("finance", front.entry("GET /vouchers", "list_vouchers")))
    before = table.current

    table.hear(front.manifest("finance", front.entry("GET /accounts", "list_accounts"), version=2, instance="two"))

    assert before.match("/v1/finance/vouchers", "GET").route.name == "list_vouchers"
    with pytest.raises(NotFound):
        table.current.match("/v1/finance/vouchers", "GET")
    assert before.tag != table.current.tag


def test_silence_for_three_announcements_is_absence(front, table, time):
    table.hear(front.manifest("finance", every=5))
    time.now += 15
    assert not table.away("finance")
    time.now += 0.1
    assert table.away("finance")
    table.hear(front.manifest("finance", every=5))
    assert not table.away("finance")


def test_whoever_answers_is_there(front, table, time):
    table.hear(front.manifest("finance", every=5))
    time.now += 14
    table.answered("finance")
    time.now += 14
    assert not table.away("finance")


def test_a_service_that_says_goodbye_is_away_at_once_however_lately_it_answered(front, table):
    table.hear(front.manifest("finance"))
    table.answered("finance")
    table.hear(front.manifest("finance", state="leaving"))
    assert table.away("finance")


def test_one_process_of_two_may_leave(front, table):
    table.hear(front.manifest("finance"))
    table.hear(front.manifest("finance", instance="two"))
    table.hear(front.manifest("finance", state="leaving"))
    assert not table.away("finance")
    table.hear(front.manifest("finance", instance="two", state="leaving"))
    assert table.away("finance")


def test_the_higher_version_wins_in_whatever_order_they_speak(front, table):
    old = front.manifest("finance", front.entry("GET /old", "old"), version=1, instance="old")
    new = front.manifest("finance", front.entry("GET /new", "new"), version=2, instance="new")
    for manifest in (old, new, old, old):
        table.hear(manifest)
    assert names(table) == {"new"}


def test_after_a_rollback_the_lower_version_serves_again(front, table):
    old = front.manifest("finance", front.entry("GET /old", "old"), version=1, instance="old")
    new = front.manifest("finance", front.entry("GET /new", "new"), version=2, instance="new")
    table.hear(old)
    table.hear(new)
    table.hear({**new, "state": "leaving"})
    assert names(table) == {"old"}


def test_a_higher_version_that_died_in_silence_gives_way(front, table, time):
    old = front.manifest("finance", front.entry("GET /old", "old"), version=1, instance="old", every=5)
    new = front.manifest("finance", front.entry("GET /new", "new"), version=2, instance="new", every=5)
    table.hear(new)
    time.now += 16
    table.hear(old)
    assert names(table) == {"old"}


def test_two_processes_of_one_version_that_differ_do_not_take_turns(front, table):
    first = front.manifest("finance", front.entry("GET /a", "a"), instance="first")
    second = front.manifest("finance", front.entry("GET /b", "b"), instance="second")
    table.hear(first)
    table.hear(second)
    tags = set()
    for manifest in (first, second, first):
        table.hear(manifest)
        tags.add(table.current.tag)
    assert names(table) == {"b"}
    assert len(tags) == 1


def test_an_announcement_that_says_nothing_new_keeps_nothing(front, table, kept):
    table.hear(front.manifest("finance"))
    table.hear(front.manifest("finance"))
    table.hear(front.manifest("finance", instance="two"))
    assert len(kept) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"service": "../finance"},
        {"service": None},
        {"version": "new"},
        {"label": "财务"},
        {"operations": [{"name": "x"}]},
        {"operations": None},
    ],
)
def test_a_manifest_without_form_changes_nothing(front, table, wrong):
    table.hear(front.manifest("finance", front.entry("GET /a", "a")))
    before = table.current
    table.hear({**front.manifest("finance", instance="two"), **wrong})
    assert table.current is before


@pytest.mark.parametrize(
    "route", ["GET a", "GET /a%20b", "GET /a/../b", "GET //a", "GET /<x>", "TRACE /a", "GET /{A}", "GET /{a}/{a}"]
)
def test_an_operation_with_an_odd_route_is_not_served(front, table, route):
    table.hear(front.manifest("finance", front.entry(route, "a")))
    assert names(table) == set()


def test_an_unknown_path_is_not_found(front):
    for path in ("/v1/certification/nothing", "/v1/unheard/of", "/v1", "/v1/", "/nowhere", "/v1//batches"):
        answer = front.http.get(path)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), path
        assert answer.json["code"] == "no-such-path"


def test_a_trailing_slash_is_another_path_and_nobody_is_sent_around(front):
    assert front.http.get("/v1/certification/batches/").status_code == 404
    assert front.http.get("/docs/").status_code == 404


def test_a_known_path_with_another_method_names_those_it_has(front):
    answer = front.http.patch("/v1/certification/batches/1")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    assert answer.json["code"] == "method-not-allowed"


def test_an_invented_method_is_answered_like_any_other(front):
    assert front.http.open("/v1/certification/batches", method="BREW").status_code == 405
    assert front.http.open("/healthz", method="DELETE").status_code == 405


def test_options_tells_what_a_path_takes(front):
    answer = front.http.options("/v1/certification/batches")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert front.http.options("/v1/certification/nothing").status_code == 404
    assert front.services.calls == []


def test_head_is_get_without_the_body(front):
    answer = front.http.head("/v1/certification/batches/1")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(front.http.get("/v1/certification/batches/1").data))
    assert front.services.last.operation == "get_batch"


def test_a_path_in_chinese_reaches_its_service(front):
    front.http.get("/v1/certification/checks/证书一号")
    assert front.services.last.arguments == {"number": "证书一号"}


def test_a_service_that_left_keeps_its_routes_and_is_away(front):
    front.hear("certification", state="leaving")
    answer = front.http.get("/v1/certification/batches")
    assert (answer.status_code, answer.json["code"]) == (503, "service-away")
    assert int(answer.headers["Retry-After"]) > 0
    assert front.services.calls == []
    assert front.http.get("/v1/certification/nothing").status_code == 404


def test_a_service_that_did_not_answer_and_has_left_is_away_rather_than_slow(front):
    def leave():
        front.hear("certification", state="leaving")
        raise DeadlineExceeded("未答复", "no answer")

    front.services.answers["list_batches"] = leave
    assert front.http.get("/v1/certification/batches").status_code == 503


def test_a_service_that_did_not_answer_but_is_there_is_slow(front):
    front.services.answers["list_batches"] = DeadlineExceeded("未答复", "no answer")
    assert front.http.get("/v1/certification/batches").status_code == 504


def test_a_new_service_is_served_without_a_restart(front):
    assert front.http.get("/v1/training/courses").status_code == 404
    front.hear("training", front.entry("GET /courses", "list_courses"))
    assert front.http.get("/v1/training/courses").status_code == 200
    assert front.services.last.service == "training"
