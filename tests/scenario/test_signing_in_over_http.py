"""Signing in as people and machines do, over HTTP: by link, with a device, with an API token (M11)."""

import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from services.membership.second_factor.rules import key_of
from shared.clock import wall_now
from shared.standards.calendar import business_date
from shared.store.base import new_id
from shared.testing.processes import Caller

HOME = "/v1/membership"
PASSWORD = "汾河水长流-2021年"


def signed_in(anybody: Caller, **credentials: str) -> dict[str, str]:
    session = anybody.post(f"{HOME}/sessions", credentials)
    return {"Authorization": f"Bearer {session['access_token']}"}


@pytest.mark.rule(id="M11")
def test_from_the_invitation_to_a_machine(front: Any) -> None:
    anybody: Caller = front.anybody
    administrator = anybody.as_("administrator")
    username = f"u{new_id().hex[-12:]}"
    person = administrator.post(f"{HOME}/people", {"name": "田间"})["id"]
    account = administrator.post(f"{HOME}/accounts", {"username": username, "person_id": person, "roles": ["clerk"]})[
        "id"
    ]
    link = administrator.post(f"{HOME}/accounts/{account}/links", {"purpose": "invitation"})
    assert link["url"].startswith("http://127.0.0.1:")
    redemption = {"token": link["url"].rpartition("#")[2], "new_password": PASSWORD}
    assert anybody.post(f"{HOME}/links/redemption", redemption) == {"username": username}
    assert anybody.problem("POST", f"{HOME}/links/redemption", 409, json=redemption)["code"] == "link-invalid"

    me = signed_in(anybody, username=username, password=PASSWORD)
    secret = anybody.post(f"{HOME}/accounts/me/second-factor", {"password": PASSWORD}, **me)["secret"]
    device = TOTP(key_of(secret), 6, SHA1(), 30)
    confirmation = {"code": device.generate(time.time()).decode()}
    paper = anybody.post(f"{HOME}/accounts/me/second-factor/confirmation", confirmation, **me)["recovery_codes"]
    mine = {"username": username, "password": PASSWORD}
    assert anybody.problem("POST", f"{HOME}/sessions", 401, json=mine)["code"] == "second-factor-needed"
    again = signed_in(anybody, **mine, code=paper[0])

    listed = anybody.ask("GET", f"{HOME}/sessions", headers=again).json()["items"]
    assert [(each["network"], each["current"]) for each in listed] == [("local", True), ("local", False)]
    anybody.ask("DELETE", f"{HOME}/sessions?keep_current=true", headers=again)
    # Whether the word of it or the question comes first is a matter of moments.
    ended = anybody.problem("GET", f"{HOME}/accounts/me", 401, headers=me)
    assert ended["code"] in ("session-over", "token-withdrawn")

    last = (business_date(wall_now()) + timedelta(days=7)).isoformat()
    wanted = {"password": PASSWORD, "name": "报表机", "scopes": ["membership.unit.read"], "expires_on": last}
    made = anybody.post(f"{HOME}/accounts/me/api-tokens", wanted, **again)
    access = anybody.post(f"{HOME}/sessions/api-token", {"api_token": made["token"]})["access_token"]
    machine = {"Authorization": f"Bearer {access}"}
    assert anybody.ask("GET", f"{HOME}/units", headers=machine).json()["items"]
    assert anybody.problem("GET", f"{HOME}/people", 403, headers=machine)["code"] == "not-permitted"
    assert anybody.problem("GET", f"{HOME}/accounts/me", 403, headers=machine)["code"] == "not-permitted"
    anybody.ask("DELETE", f"{HOME}/accounts/me/api-tokens/{made['id']}", headers=again)
    refused = anybody.problem("POST", f"{HOME}/sessions/api-token", 401, json={"api_token": made["token"]})
    assert refused["code"] == "api-token-invalid"
