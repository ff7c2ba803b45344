"""Accounts as administrators handle them, over the bus (M11, X7, X8)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person

Make = Callable[..., Any]
PASSWORD = "换一个新的密码-2021"


def administrator_call(association: Association, operation: str, **given: Any) -> Answer:
    return association.call("membership", operation, as_=association.person("administrator"), **given)


def told(association: Association, account: str) -> list[str]:
    rows = association.rows(
        "membership", f"SELECT type FROM chassis.outbox WHERE subject = 'account/{account}' ORDER BY position"
    )
    return [row["type"] for row in rows]


@pytest.mark.rule(id="M11")
def test_a_new_account_may_only_exchange_its_secret(association: Association, opened: Make) -> None:
    holder = opened("administrator", "clerk")
    assert told(association, holder.id) == ["account.opened.v1"]
    session = holder.sign_in()
    assert session.status == 201
    assert (session["roles"], session["units"], session["must_change_password"]) == ([], [], True)
    for operation in ("list_units", "list_people", "list_accounts"):
        assert holder.call(session, operation).status == 403
    me = holder.call(session, "get_my_account")
    assert me.problem is not None
    assert me.problem["code"] == "password-change-required"
    refreshed = association.call("membership", "refresh_session", refresh_token=session["refresh_token"])
    assert (refreshed["roles"], refreshed["must_change_password"]) == ([], True)
    unchanged = holder.call(session, "change_my_password", old_password=holder.password, new_password=holder.password)
    assert unchanged.problem is not None
    assert unchanged.problem["code"] == "password-unchanged"
    changed = holder.call(session, "change_my_password", old_password=holder.password, new_password=PASSWORD)
    assert changed["roles"] == ["administrator", "clerk"]
    assert holder.call(changed, "list_accounts").status == 200
    assert holder.call(changed, "get_my_account")["must_change_password"] is False
    assert holder.sign_in().status == 401
    assert holder.sign_in(PASSWORD)["must_change_password"] is False


@pytest.mark.rule(id="M11")
def test_a_one_time_secret_does_not_hold_for_ever(association: Association, opened: Make) -> None:
    holder = opened()
    with association.database("membership").begin() as connection:
        connection.execute(text("UPDATE accounts SET secret_expires_at = now() WHERE id = :id"), {"id": holder.id})
    assert holder.sign_in().status == 401
    renewed = administrator_call(association, "reset_secret", id=holder.id)
    assert holder.sign_in(renewed["one_time_secret"]).status == 201


@pytest.mark.rule(id="M11")
def test_the_secret_is_shown_once_and_never_kept(association: Association, opened: Make) -> None:
    holder = opened("editor")
    account = administrator_call(association, "get_account", id=holder.id)
    assert "one_time_secret" not in account.body
    assert (account["username"], account["roles"]) == (holder.username, ["editor"])
    assert (account["person_id"], account["closed_at"]) == (holder.person, None)


@pytest.mark.rule(id="X5")
def test_no_secret_password_or_token_is_kept_in_any_table_or_log(association: Association, opened: Make) -> None:
    holder = opened("editor")
    session = holder.sign_in(key=str(new_id()))
    changed = holder.call(
        session, "change_my_password", key=str(new_id()), old_password=holder.password, new_password=PASSWORD
    )
    again = association.call("membership", "refresh_session", key=str(new_id()), refresh_token=session["refresh_token"])
    assert holder.sign_in("错了的密码-0001").status == 401
    secrets = [
        holder.password,
        PASSWORD,
        "错了的密码-0001",
        session["access_token"],
        session["refresh_token"],
        changed["access_token"],
        again["refresh_token"],
    ]
    tables = association.rows(
        "membership",
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
        "WHERE table_schema IN ('public', 'chassis')",
    )
    kept = [str(association.rows("membership", f"SELECT t::text FROM {table['name']} t")) for table in tables]
    kept.append(association.log.read_text())
    assert len(kept) > 10
    for secret in secrets:
        assert not any(secret in content for content in kept)


def test_a_command_whose_secret_answer_got_lost_is_not_done_twice_and_says_so(association: Association) -> None:
    asked = {"as_": association.person("administrator"), "key": str(new_id())}
    fields = {"username": f"u{new_id().hex[-12:]}", "roles": []}
    assert association.call("membership", "open_account", **asked, **fields).status == 201
    again = association.call("membership", "open_account", **asked, **fields)
    assert again.problem is not None
    assert (again.status, again.problem["code"]) == (409, "answer-not-kept")
    other = association.call("membership", "open_account", **asked, **fields, person_id=str(new_id()))
    assert other.problem is not None
    assert other.problem["code"] == "idempotency-conflict"


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("given", "rule", "code"),
    [
        ({"username": "no spaces"}, "M11", "username"),
        ({"username": "system"}, "M11", "username-reserved"),
        ({"roles": ["clerk"], "person_id": None}, "X8", "person-needed"),
        ({"roles": ["representative"]}, "M11", "role-follows"),
    ],
)
def test_an_account_that_breaks_a_rule_is_not_opened(
    association: Association, opened: Make, given: dict[str, Any], rule: str, code: str
) -> None:
    before = association.rows("membership", "SELECT count(*) FROM accounts")
    fields = {"username": f"u{new_id().hex[-12:]}", "roles": [], **given}
    refused = administrator_call(association, "open_account", **fields)
    assert refused.status == 409
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == (rule, code)
    assert association.rows("membership", "SELECT count(*) FROM accounts") == before


@pytest.mark.rule(id="M11")
def test_a_name_is_taken_for_good_and_a_person_has_one_account(association: Association, opened: Make) -> None:
    holder = opened()
    taken = administrator_call(association, "open_account", username=holder.username.upper(), roles=[])
    assert taken.problem is not None
    assert taken.problem["code"] == "username-taken"
    second = {"username": f"u{new_id().hex[-12:]}", "roles": [], "person_id": holder.person}
    refused = administrator_call(association, "open_account", **second)
    assert refused.problem is not None
    assert refused.problem["code"] == "second-account"
    assert administrator_call(association, "close_account", id=holder.id, reason="离职").status == 200
    assert administrator_call(association, "open_account", **second).status == 201
    still = administrator_call(association, "open_account", username=holder.username, roles=[])
    assert still.problem is not None
    assert still.problem["code"] == "username-taken"


def test_unknown_roles_and_people_are_refused(association: Association) -> None:
    fields = {"username": f"u{new_id().hex[-12:]}", "roles": ["president"]}
    assert administrator_call(association, "open_account", **fields).status == 422
    nobody = {**fields, "roles": ["editor"], "person_id": str(new_id())}
    assert administrator_call(association, "open_account", **nobody).status == 404


@pytest.mark.rule(id="M11")
def test_roles_count_from_the_next_token_on(association: Association, settled: Make) -> None:
    holder = settled("editor", "clerk")
    session = holder.sign_in()
    seen = administrator_call(association, "get_account", id=holder.id)
    assert administrator_call(association, "set_roles", id=holder.id, roles=[]).status == 428
    changed = administrator_call(
        association, "set_roles", id=holder.id, if_match=seen.etag, roles=["editor", "accountant"]
    )
    assert changed["roles"] == ["accountant", "editor"]
    stale = administrator_call(association, "set_roles", id=holder.id, if_match=seen.etag, roles=[])
    assert stale.status == 412
    fresh = association.call("membership", "refresh_session", refresh_token=session["refresh_token"])
    assert fresh["roles"] == ["accountant", "editor"]
    assert told(association, holder.id)[-1] == "account.roles-changed.v1"
    administrator_call(association, "set_roles", id=holder.id, if_match="*", roles=["editor", "accountant"])
    assert told(association, holder.id).count("account.roles-changed.v1") == 1
    grants = association.rows("membership", f"SELECT role, ended_at FROM role_grants WHERE account_id = '{holder.id}'")
    assert {(grant["role"], grant["ended_at"] is None) for grant in grants} == {
        ("clerk", False),
        ("editor", True),
        ("accountant", True),
    }


@pytest.mark.rule(id="X8")
def test_nobody_decides_about_an_account_of_their_own(association: Association, settled: Make) -> None:
    holder = settled("administrator")
    session = holder.sign_in()
    attempts = [
        holder.call(session, "set_roles", id=holder.id, if_match="*", roles=["administrator", "accountant"]),
        holder.call(session, "reset_secret", id=holder.id),
        holder.call(session, "close_account", id=holder.id, reason="不干了"),
    ]
    for refused in attempts:
        assert refused.status == 409
        assert refused.problem is not None
        assert (refused.problem["rule"], refused.problem["code"]) == ("X8", "own-account")
    assert holder.sign_in()["roles"] == ["administrator"]


@pytest.mark.rule(id="X8")
def test_nobody_opens_an_account_for_themselves(association: Association, opened: Make) -> None:
    """Not even a second one, which another administrator could not open either (M11)."""
    holder = opened()
    own = association.person("administrator", person=holder.person)
    wanted = {"username": f"u{new_id().hex[-12:]}", "person_id": holder.person, "roles": ["accountant"]}
    refused = association.call("membership", "open_account", as_=own, **wanted)
    assert refused.problem is not None
    assert (refused.status, refused.problem["rule"], refused.problem["code"]) == (409, "X8", "own-account")


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize("other", ["accountant", "inspector"])
def test_the_cashier_is_given_no_role_that_checks_the_cashier(
    association: Association, opened: Make, other: str
) -> None:
    holder = opened("cashier")
    person = administrator_call(association, "register_person", name="田间")["id"]
    wanted = {"username": f"u{new_id().hex[-12:]}", "person_id": person, "roles": ["cashier", other]}
    attempts = [
        administrator_call(association, "set_roles", id=holder.id, if_match="*", roles=["cashier", other]),
        administrator_call(association, "open_account", **wanted),
    ]
    for refused in attempts:
        assert refused.problem is not None
        assert (refused.status, refused.problem["rule"], refused.problem["code"]) == (409, "X8", "incompatible-roles")
    assert administrator_call(association, "get_account", id=holder.id)["roles"] == ["cashier"]
    changed = administrator_call(association, "set_roles", id=holder.id, if_match="*", roles=[other])
    assert changed["roles"] == [other], "one after the other they may be had"


@pytest.mark.rule(id="M11")
def test_a_lost_password_is_replaced_and_a_lock_lifted(association: Association, settled: Make) -> None:
    holder = settled("editor")
    session = holder.sign_in()
    for _ in range(5):
        holder.sign_in("不是这个密码-2021")
    assert holder.sign_in().status == 429
    renewed = administrator_call(association, "reset_secret", id=holder.id)
    assert renewed.status == 200
    over = association.call("membership", "refresh_session", refresh_token=session["refresh_token"])
    assert over.status == 401
    assert holder.sign_in().status == 401
    begun = holder.sign_in(renewed["one_time_secret"])
    assert begun["must_change_password"] is True


@pytest.mark.rule(id="X7")
def test_a_closed_account_stays_on_file_and_lets_nobody_in(association: Association, settled: Make) -> None:
    holder = settled("editor")
    session = holder.sign_in()
    closed = administrator_call(association, "close_account", id=holder.id, reason="调离")
    assert closed["closing_reason"] == "调离"
    assert closed["closed_at"] is not None
    assert told(association, holder.id)[-1] == "account.closed.v1"
    refused = holder.sign_in()
    assert refused.status == 401
    assert refused.problem is not None
    assert refused.problem["code"] == "sign-in-failed"
    assert holder.call(session, "get_my_account").status == 401
    over = association.call("membership", "refresh_session", refresh_token=session["refresh_token"])
    assert over.status == 401
    for operation, given in (
        ("close_account", {"reason": "再关"}),
        ("reset_secret", {}),
        ("set_roles", {"roles": [], "if_match": "*"}),
    ):
        again = administrator_call(association, operation, id=holder.id, **given)
        assert again.problem is not None
        assert again.problem["code"] == "account-closed"
    listed = administrator_call(association, "list_accounts", state="closed", limit=200)["items"]
    assert holder.id in {account["id"] for account in listed}
    current = administrator_call(association, "list_accounts", state="open", limit=200)["items"]
    assert holder.id not in {account["id"] for account in current}


@pytest.mark.rule(id="M2")
@pytest.mark.rule(id="M11")
def test_a_representatives_role_is_not_granted_by_hand(association: Association, opened: Make) -> None:
    holder = opened("editor")
    wanted = {"id": holder.id, "if_match": "*", "roles": ["editor", "representative"]}
    refused = administrator_call(association, "set_roles", **wanted)
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("M11", "role-follows")
    assert administrator_call(association, "get_account", id=holder.id)["roles"] == ["editor"]


def test_only_administrators_handle_accounts(association: Association, opened: Make) -> None:
    holder = opened()
    attempts: dict[str, dict[str, object]] = {
        "open_account": {"username": "zhaojin", "roles": []},
        "list_accounts": {},
        "get_account": {"id": holder.id},
        "set_roles": {"id": holder.id, "if_match": "*", "roles": []},
        "reset_secret": {"id": holder.id},
        "close_account": {"id": holder.id, "reason": "无"},
    }
    for operation, given in attempts.items():
        assert association.call("membership", operation, **given).status == 401
        for role in ("clerk", "exam_officer", "editor", "correspondent", "accountant"):
            somebody: Person = association.person(role)
            assert association.call("membership", operation, as_=somebody, **given).status == 403
