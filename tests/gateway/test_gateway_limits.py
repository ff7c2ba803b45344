import pytest

from gateway.app import create_app
from gateway.limits import RATES, Limits
from shared.errors import TooMany
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.principals import issue_access
from shared.settings import Settings, from_environment

SESSIONS = "/v1/certification/sessions"


def test_guessing_passwords_ends_soon_whoever_asks(front):
    for attempt in range(RATES["sign-in"]):
        answer = front.http.post(SESSIONS, json={}, headers={"Authorization": f"Bearer {attempt}"})
        assert answer.status_code == 200
    answer = front.http.post(SESSIONS, json={})
    assert (answer.status_code, answer.json["code"]) == (429, "too-many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert len(front.services.calls) == RATES["sign-in"]
    elsewhere = front.http.post(SESSIONS, json={}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200


def test_one_class_does_not_use_up_another(front):
    for _ in range(RATES["sign-in"] + 1):
        front.http.post(SESSIONS, json={})
    assert front.http.get("/v1/certification/batches").status_code == 200


@pytest.fixture
def keys(tmp_path):
    make_keys(tmp_path, {"membership": [TOKENS], "stranger": [], "gateway": []})
    return tmp_path


class Asked:
    def __init__(self, address: str, authorization: str | None = None) -> None:
        self.remote_addr = address
        self.headers = {"Authorization": authorization} if authorization else {}


def test_each_account_has_a_count_of_its_own_wherever_it_is(front, keys):
    def token(signer: str, account: str) -> str:
        keyring = Keyring.load(keys, signer)
        return "Bearer " + issue_access(keyring, account=account, person=None, session="s", roles=[])

    limits = Limits(Keyring.load(keys, "gateway"), rates={"read": 2, "write": 2})
    route = front.app.table.current.match("/v1/certification/batches", "GET").route
    one, other = token("membership", "1"), token("membership", "2")
    for _ in range(2):
        limits.count(Asked("192.0.2.1", one), route).check()
        limits.count(Asked("192.0.2.1", other), route).check()
    with pytest.raises(TooMany):
        limits.count(Asked("192.0.2.99", one), route).check()
    limits.count(Asked("192.0.2.1"), route).check()


def test_many_accounts_cannot_flood_from_one_address(front, keys):
    keyring = Keyring.load(keys, "membership")
    limits = Limits(Keyring.load(keys, "gateway"), rates={"read": 2, "write": 2}, accounts=3)
    route = front.app.table.current.match("/v1/certification/batches", "GET").route

    def asked(account: int, address: str = "192.0.2.1") -> Asked:
        token = issue_access(keyring, account=str(account), person=None, session="s", roles=[])
        return Asked(address, f"Bearer {token}")

    for account in range(6):
        limits.count(asked(account), route).check()
    with pytest.raises(TooMany):
        limits.count(asked(6), route).check()
    limits.count(asked(7, "192.0.2.2"), route).check()
    limits.count(Asked("192.0.2.1"), route).check()


def test_an_answer_says_how_the_nearest_bound_stands(front, keys):
    keyring = Keyring.load(keys, "membership")
    limits = Limits(Keyring.load(keys, "gateway"), rates={"read": 4, "write": 4}, accounts=2, now=lambda: 6018.5)
    route = front.app.table.current.match("/v1/certification/batches", "GET").route

    def asked(account: int) -> Asked:
        token = issue_access(keyring, account=str(account), person=None, session="s", roles=[])
        return Asked("192.0.2.1", f"Bearer {token}")

    found = [limits.count(asked(account), route) for account in (1, 1, 1, 2, 3, 4)]
    assert found == [(4, 3, 42), (4, 2, 42), (4, 1, 42), (4, 3, 42), (4, 3, 42), (8, 2, 42)]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_limits_are_told_on_both_ways_and_on_refusals(front, accept):
    check = "/v1/certification/checks/S1"
    answer = front.http.get(check, headers={"Accept": accept})
    assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("6000", "5999")
    assert 0 < int(answer.headers["RateLimit-Reset"]) <= 60
    assert "RateLimit-Limit" not in front.http.get("/docs").headers
    for _ in range(RATES["sign-in"] + 1):
        answer = front.http.post(SESSIONS, json={})
    assert (answer.status_code, answer.headers["RateLimit-Remaining"]) == (429, "0")
    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"]


def test_a_made_up_token_opens_no_count_of_its_own(front, keys):
    forged = issue_access(Keyring.load(keys, "stranger"), account="9", person=None, session="s", roles=[])
    limits = Limits(Keyring.load(keys, "gateway"), rates={"read": 2, "write": 2})
    route = front.app.table.current.match("/v1/certification/batches", "GET").route
    limits.count(Asked("192.0.2.1", f"Bearer {forged}"), route).check()
    limits.count(Asked("192.0.2.1", "Bearer x.y.z"), route).check()
    with pytest.raises(TooMany):
        limits.count(Asked("192.0.2.1", "Basic abc"), route).check()


def test_a_class_nobody_has_heard_of_is_counted_like_what_it_does(front):
    front.hear("other", front.entry("POST /x", "x", rate="rare"))
    assert front.http.post("/v1/other/x", json={}).status_code == 200


def test_the_count_starts_again_with_every_minute(front):
    now = 6000.0
    limits = Limits(None, rates={"read": 2, "write": 2}, now=lambda: now)
    route = front.app.table.current.match("/v1/certification/batches", "GET").route
    for _ in range(2):
        limits.count(Asked("192.0.2.1"), route).check()
    now += 48
    with pytest.raises(TooMany) as caught:
        limits.count(Asked("192.0.2.1"), route).check()
    assert caught.value.retry_after == 12
    now += 12
    limits.count(Asked("192.0.2.1"), route).check()


def test_an_operator_may_set_a_limit_and_leave_the_others(tmp_path, monkeypatch):
    monkeypatch.setenv("XIEHUI_LIMIT_SIGN_IN", "2")
    monkeypatch.setenv("XIEHUI_LIMIT_READ", "100000")
    assert from_environment().limits == {"sign-in": 2, "read": 100000}


def test_a_limit_that_was_set_is_the_one_that_counts(front, tmp_path):
    app = create_app(Settings(state=tmp_path, limits={"sign-in": 2}), client=front.services, observer=False)
    for offer in front.app.table.current.offers.values():
        app.table.hear(offer.manifest)
    http = app.test_client()
    assert [http.post(SESSIONS, json={}).status_code for _ in range(3)] == [200, 200, 429]
    assert http.get("/v1/certification/batches").status_code == 200
