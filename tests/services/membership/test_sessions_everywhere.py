"""Where somebody is signed in: seen and ended, by themselves and by administrators (M11)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from shared.store.base import new_id
from shared.testing.association import Answer, Association

Make = Callable[..., Any]


def goes_on(association: Association, session: Answer) -> bool:
    return association.call("membership", "refresh_session", refresh_token=session["refresh_token"]).status == 200


def ids(holder: Any, session: Answer) -> list[str]:
    return [each["id"] for each in holder.call(session, "list_my_sessions")["items"]]


@pytest.mark.rule(id="M11")
def test_one_sees_where_one_is_signed_in(association: Association, settled: Make) -> None:
    holder, stranger = settled(), settled()
    first = holder.sign_in(headers={"client-address": "10.0.0.7"})
    second = holder.sign_in(headers={"client-address": "8.8.8.8"})
    stranger.sign_in()
    seen = holder.call(second, "list_my_sessions")["items"]
    assert [(each["network"], each["current"]) for each in seen] == [
        ("internet", True),
        ("local", False),
        (None, False),  # the one in which the one-time secret was exchanged
    ]
    assert set(seen[0]) == {"id", "started_at", "last_used_at", "network", "current"}
    assert [each["current"] for each in holder.call(first, "list_my_sessions")["items"]] == [False, True, False]


@pytest.mark.rule(id="M11")
def test_a_session_was_last_used_when_it_was_renewed(association: Association, settled: Make) -> None:
    holder = settled()
    session = holder.sign_in()
    before = holder.call(session, "list_my_sessions")["items"][0]
    assert before["last_used_at"] == before["started_at"]
    assert goes_on(association, session)
    after = holder.call(session, "list_my_sessions")["items"][0]
    assert after["last_used_at"] > after["started_at"] == before["started_at"]


@pytest.mark.rule(id="M11")
def test_what_ended_or_cannot_go_on_is_not_listed(association: Association, settled: Make) -> None:
    holder = settled()
    over, stale, current = holder.sign_in(), holder.sign_in(), holder.sign_in()
    assert len(ids(holder, current)) == 4
    assert holder.call(over, "sign_out").status == 204
    stale_id = holder.call(stale, "list_my_sessions")["items"][1]["id"]
    with association.database("membership").begin() as connection:
        connection.execute(
            text("UPDATE refresh_tokens SET expires_at = now() WHERE session_id = :id"), {"id": stale_id}
        )
    assert stale_id not in ids(holder, current)
    assert len(ids(holder, current)) == 2


@pytest.mark.rule(id="M11")
def test_one_ends_a_session_elsewhere_and_no_other(association: Association, settled: Make) -> None:
    holder = settled()
    lost, other, here = holder.sign_in(), holder.sign_in(), holder.sign_in()
    id = ids(holder, here)[2]
    assert holder.call(here, "end_my_session", id=id).status == 204
    assert holder.call(here, "end_my_session", id=id).status == 204
    assert not goes_on(association, lost)
    assert holder.call(lost, "get_my_account").status == 401
    assert goes_on(association, other)
    assert goes_on(association, here)


@pytest.mark.rule(id="M11")
def test_nobody_ends_or_sees_a_session_of_somebody_else(association: Association, settled: Make) -> None:
    holder, stranger = settled(), settled("administrator")
    session, other = holder.sign_in(), stranger.sign_in()
    id = ids(holder, session)[0]
    assert stranger.call(other, "end_my_session", id=id).status == 404
    assert stranger.call(other, "end_my_session", id=str(new_id())).status == 404
    assert goes_on(association, session)
    for operation, given in (("list_my_sessions", {}), ("end_my_session", {"id": id}), ("end_my_sessions", {})):
        assert association.call("membership", operation, **given).status == 401


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("given", "stays"), [({}, False), ({"keep_current": False}, False), ({"keep_current": True}, True)]
)
def test_one_signs_out_everywhere_with_or_without_the_current(
    association: Association, settled: Make, given: dict[str, bool], stays: bool
) -> None:
    holder, stranger = settled(), settled()
    elsewhere, here, another = holder.sign_in(), holder.sign_in(), stranger.sign_in()
    assert holder.call(here, "end_my_sessions", **given).status == 204
    assert not goes_on(association, elsewhere)
    assert goes_on(association, here) == stays
    assert (holder.call(here, "get_my_account").status == 200) == stays
    assert goes_on(association, another)
    assert holder.sign_in().status == 201


@pytest.mark.rule(id="M11")
def test_an_administrator_signs_somebody_out_everywhere(association: Association, settled: Make) -> None:
    holder, administrator = settled("editor"), association.person("administrator")
    sessions = [holder.sign_in(), holder.sign_in()]
    out = association.call("membership", "sign_out_account", as_=administrator, id=holder.id)
    assert (out.status, out.body) == (204, None)
    assert not any(goes_on(association, session) for session in sessions)
    assert holder.sign_in().status == 201
    reasons = association.rows(
        "membership", f"SELECT DISTINCT ended_because AS why FROM sessions WHERE account_id = '{holder.id}'"
    )
    assert {"why": "signed_out_by_administrator"} in reasons
    assert association.call("membership", "sign_out_account", as_=administrator, id=str(new_id())).status == 404


@pytest.mark.rule(id="M11")
def test_with_a_one_time_secret_one_sees_no_sessions_and_may_end_them(association: Association, opened: Make) -> None:
    holder = opened("editor")
    session = holder.sign_in()
    listed = holder.call(session, "list_my_sessions")
    assert listed.problem is not None
    assert listed.problem["code"] == "password-change-required"
    assert holder.call(session, "end_my_sessions").status == 204
    assert not goes_on(association, session)


@pytest.mark.rule(id="X7")
def test_the_audit_trail_names_each_session_that_an_administrator_ended(
    association: Association, settled: Make
) -> None:
    holder, administrator = settled(), association.person("administrator")
    running = set(ids(holder, holder.sign_in()))
    association.call("membership", "sign_out_account", as_=administrator, id=holder.id)
    (row,) = association.call(
        "membership", "list_audit", as_=administrator, operation="sign_out_account", target=holder.id
    )["items"]
    assert {each["id"] for each in row["changed"] if each["table"] == "sessions"} == running
    assert all(each["after"]["ended_because"] == "signed_out_by_administrator" for each in row["changed"])
