"""Roles with dates, over the bus (M11, G11, X7, X8)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.testing.association import Answer, Association, eventually
from shared.testing.services import START

Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def june(association: Association) -> Iterator[None]:
    association.set_clock("2047-06-01T09:00:00+08:00")
    yield
    association.set_clock(START)


def administer(association: Association, operation: str, **given: Any) -> Answer:
    return association.call("membership", operation, as_=association.person("administrator"), **given)


def refresh(association: Association, session: Answer) -> Answer:
    return association.call("membership", "refresh_session", refresh_token=session["refresh_token"])


def code(answer: Answer) -> tuple[str | None, str]:
    assert answer.problem is not None
    return answer.problem.get("rule"), answer.problem["code"]


def changes(association: Association, holder: Any) -> tuple[int, int]:
    """How often it was told that the rights of an account change, and how often the account says so."""
    told = association.rows(
        "membership",
        "SELECT count(*) AS n FROM chassis.outbox WHERE type = 'account.roles-changed.v1'"
        f" AND subject = 'account/{holder.id}'",
    )
    kept = association.rows("membership", f"SELECT role_changes AS n FROM accounts WHERE id = '{holder.id}'")
    return told[0]["n"], kept[0]["n"]


@pytest.mark.rule(id="M11")
def test_a_role_begins_and_ends_at_midnight_without_anybody_saying_so(association: Association, settled: Make) -> None:
    holder = settled("editor")
    granted = administer(
        association, "grant_role", id=holder.id, role="accountant", since="2047-06-02", until="2047-06-04"
    )
    assert (granted.status, granted["since"], granted["until"]) == (201, "2047-06-02", "2047-06-04")
    assert changes(association, holder) == (1, 1)
    association.set_clock("2047-06-01T23:59:30+08:00")
    session = holder.sign_in()
    assert session["roles"] == ["editor"]
    assert 20 <= session["expires_in"] <= 30
    association.set_clock("2047-06-02T00:00:00+08:00")
    session = refresh(association, session)
    assert (session["roles"], session["expires_in"]) == (["accountant", "editor"], 900)
    association.set_clock("2047-06-03T23:59:30+08:00")
    session = refresh(association, session)
    assert session["roles"] == ["accountant", "editor"]
    assert session["expires_in"] <= 30
    association.set_clock("2047-06-04T00:00:00+08:00")
    assert refresh(association, session)["roles"] == ["editor"]
    assert changes(association, holder) == (1, 1)


@pytest.mark.rule(id="M11")
def test_a_token_ends_by_itself_when_its_rights_do(association: Association, settled: Make) -> None:
    holder = settled("editor")
    administer(association, "grant_role", id=holder.id, role="accountant", until="2047-06-02")
    association.set_clock("2047-06-01T23:59:58+08:00")
    session = holder.sign_in()
    assert session["roles"] == ["accountant", "editor"]

    def ended() -> bool:
        answer = holder.call(session, "list_units")
        assert answer.problem is not None
        return bool(answer.problem["code"] == "token-expired")

    eventually(ended, within=10)


@pytest.mark.rule(id="M11")
def test_what_is_granted_is_shown_with_its_days(association: Association, settled: Make) -> None:
    holder = settled("editor")
    administer(association, "grant_role", id=holder.id, role="clerk", since="2047-07-01")
    account = administer(association, "get_account", id=holder.id)
    assert (account["roles"], account["post_roles"]) == (["editor"], [])
    shown = [(each["role"], each["since"], each["until"]) for each in account["grants"]]
    assert shown == [("editor", "2047-06-01", None), ("clerk", "2047-07-01", None)]
    listed = administer(association, "list_accounts", limit=200, sort="-opened")["items"]
    assert next(each for each in listed if each["id"] == holder.id) == account.body


@pytest.mark.rule(id="X7")
def test_an_end_is_never_later_and_never_before_today(association: Association, settled: Make) -> None:
    holder = settled("editor")
    granted = administer(association, "grant_role", id=holder.id, role="clerk", until="2047-06-10")["id"]

    def end(until: str | None = None) -> Answer:
        return administer(association, "end_grant", id=granted, if_match="*", until=until)

    association.set_clock("2047-06-05T09:00:00+08:00")
    before = changes(association, holder)
    assert code(end("2047-06-10")) == code(end("2047-06-11")) == ("X7", "grant-end-later")
    assert code(end("2047-06-04")) == ("X7", "grant-end-backdated")
    assert changes(association, holder) == before
    session = holder.sign_in()
    assert end("2047-06-08")["until"] == "2047-06-08"
    assert end()["until"] == "2047-06-05"
    assert code(end()) == ("X7", "grant-over")
    assert refresh(association, session)["roles"] == ["editor"]
    kept = association.rows("membership", f"SELECT since, until FROM role_grants WHERE id = '{granted}'")
    assert [(str(row["since"]), str(row["until"])) for row in kept] == [("2047-06-01", "2047-06-05")]


@pytest.mark.rule(id="M11")
def test_what_overlaps_reaches_back_or_comes_with_a_post_is_not_granted(
    association: Association, settled: Make
) -> None:
    holder, nobody = settled("editor"), settled("administrator", person=False)

    def grant(role: str, to: Any = holder, **days: str) -> Answer:
        return administer(association, "grant_role", id=to.id, role=role, **days)

    before = association.rows("membership", "SELECT count(*) FROM role_grants")
    assert code(grant("editor", since="2047-08-01")) == ("M11", "grant-overlaps")
    assert code(grant("clerk", since="2047-05-31")) == ("M11", "grant-backdated")
    assert code(grant("clerk", since="2047-06-02", until="2047-06-02")) == ("M11", "grant-empty")
    assert code(grant("acting_secretary_general")) == ("M11", "role-follows")
    assert code(grant("clerk", nobody)) == ("X8", "person-needed")
    assert grant("president").status == 422
    put = administer(association, "set_roles", id=holder.id, if_match="*", roles=["acting_secretary_general"])
    assert code(put) == ("M11", "role-follows")
    opening = {"username": f"u{holder.id[-12:]}", "roles": ["acting_secretary_general"]}
    assert code(administer(association, "open_account", **opening)) == ("M11", "role-follows")
    assert association.rows("membership", "SELECT count(*) FROM role_grants") == before


@pytest.mark.rule(id="X8")
def test_nobody_grants_to_themselves_or_ends_their_own(association: Association, settled: Make) -> None:
    holder = settled("administrator")
    session = holder.sign_in()
    own = administer(association, "get_account", id=holder.id)["grants"][0]["id"]
    for refused in (
        holder.call(session, "grant_role", id=holder.id, role="accountant"),
        holder.call(session, "end_grant", id=own, if_match="*"),
    ):
        assert code(refused) == ("X8", "own-account")


@pytest.mark.rule(id="M11")
def test_exactly_these_roles_from_today_and_what_was_to_come_is_called_off(
    association: Association, settled: Make
) -> None:
    holder = settled("editor")
    for role, since in (("clerk", "2047-07-01"), ("cashier", "2047-08-01")):
        administer(association, "grant_role", id=holder.id, role=role, since=since)
    before = changes(association, holder)[0]
    put = administer(association, "set_roles", id=holder.id, if_match="*", roles=["clerk"])
    assert put["roles"] == ["clerk"]
    days = sorted((each["role"], each["since"], each["until"]) for each in put["grants"])
    assert days == [
        ("cashier", "2047-08-01", "2047-08-01"),
        ("clerk", "2047-06-01", None),
        ("clerk", "2047-07-01", "2047-07-01"),
        ("editor", "2047-06-01", "2047-06-01"),
    ]
    assert changes(association, holder) == (before + 1, before + 1)
    again = administer(association, "set_roles", id=holder.id, if_match="*", roles=["clerk"])
    assert again["grants"] == put["grants"]
    assert changes(association, holder) == (before + 1, before + 1)
