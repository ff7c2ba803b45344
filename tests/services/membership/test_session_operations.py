"""Signing in, going on and signing out over the bus (M11)."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from services.membership.sessions.rules import FREE_FAILURES
from shared.identity.keys import Keyring
from shared.identity.principals import authenticate
from shared.store.base import new_id
from shared.testing.association import Answer, Association

UNIT = "01771113-1bea-762d-9205-aad642dba38b"
OTHER_UNIT = "01771113-1beb-7c15-aa16-6933689a0453"
Make = Callable[..., Any]


def refresh(association: Association, session: Answer) -> Answer:
    return association.call("membership", "refresh_session", refresh_token=session["refresh_token"])


def later(association: Association, table: str, columns: str, seconds: int) -> None:
    """Let time pass for the rows of a table: these are moments of the machine's clock, which nobody sets."""
    moved = ", ".join(f"{column} = {column} - interval '{seconds} seconds'" for column in columns.split())
    with association.database("membership").begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {moved}"))


@pytest.mark.rule(id="M11")
def test_signing_in_gives_the_rights_of_the_account(association: Association, settled: Make, issuer: Keyring) -> None:
    holder = settled("editor", "clerk")
    session = holder.sign_in()
    assert session.status == 201
    assert (session["account"], session["roles"]) == (holder.id, ["clerk", "editor"])
    assert (session["expires_in"], session["must_change_password"]) == (900, False)
    principal = authenticate(issuer, f"Bearer {session['access_token']}")
    assert (principal.account, principal.person) == (holder.id, holder.person)
    assert principal.roles == {"clerk", "editor"}
    assert holder.call(session, "list_people").status == 200
    assert holder.call(session, "list_accounts").status == 403


@pytest.mark.rule(id="M11")
def test_a_user_name_is_the_same_in_any_case_and_width(association: Association, settled: Make) -> None:
    holder = settled()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in holder.username.upper())
    answer = association.call("membership", "sign_in", username=wide, password=holder.password)
    assert answer.status == 201


@pytest.mark.rule(id="M11")
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    association: Association, settled: Make, opened: Make
) -> None:
    holder, unsettled = settled(), opened()
    problems = [
        association.call("membership", "sign_in", username=name, password=password)
        for name, password in (
            (holder.username, "不是这个密码-2021"),
            (f"x{new_id().hex[-12:]}", holder.password),
            ("不是用户名！", holder.password),
            (unsettled.username, holder.password),
        )
    ]
    assert {answer.status for answer in problems} == {401}
    told = [{**answer.problem, "correlation_id": None} for answer in problems]
    assert all(problem == told[0] for problem in told)
    assert (told[0]["code"], told[0]["rule"]) == ("sign-in-failed", "M11")


@pytest.mark.rule(id="M11")
def test_a_wrong_name_takes_as_long_as_a_wrong_password(association: Association, settled: Make) -> None:
    known, unknown = settled().username, f"x{new_id().hex[-12:]}"
    took: dict[str, list[float]] = {known: [], unknown: []}
    for _ in range(FREE_FAILURES):
        for name, times in took.items():
            started = time.perf_counter()
            answer = association.call("membership", "sign_in", username=name, password="不是这个密码-2021")
            times.append(time.perf_counter() - started)
            assert answer.status == 401
    assert 0.5 < min(took[unknown]) / min(took[known]) < 2


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("exists", [True, False])
def test_after_five_failures_one_waits_and_longer_each_time(
    association: Association, settled: Make, exists: bool
) -> None:
    holder = settled()
    name = holder.username if exists else f"x{new_id().hex[-12:]}"

    def attempt(password: str = "不是这个密码-2021") -> Answer:
        return association.call("membership", "sign_in", username=name, password=password)

    assert [attempt().status for _ in range(FREE_FAILURES)] == [401] * FREE_FAILURES
    locked = attempt(holder.password)
    assert locked.status == 429
    assert locked.problem is not None
    assert (locked.problem["code"], locked.problem["rule"]) == ("sign-in-locked", "M11")
    assert 25 <= locked.problem["retry_after"] <= 30
    later(association, "failed_sign_ins", "last_failed_at", 31)
    assert attempt().status == 401
    again = attempt()
    assert again.problem is not None
    assert again.status == 429
    assert 55 <= again.problem["retry_after"] <= 60
    later(association, "failed_sign_ins", "last_failed_at", 61)
    if exists:
        assert attempt(holder.password).status == 201
        assert [attempt().status for _ in range(FREE_FAILURES)] == [401] * FREE_FAILURES


@pytest.mark.rule(id="M11")
def test_guesses_sent_at_once_are_counted_one_by_one(association: Association, settled: Make) -> None:
    holder = settled()

    def attempt(n: int) -> int:
        return holder.sign_in(f"不是这个密码-{n:04d}").status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(attempt, range(12)))
    assert sorted(statuses) == [401] * FREE_FAILURES + [429] * (12 - FREE_FAILURES)


@pytest.mark.rule(id="M11")
def test_failures_long_past_no_longer_count_and_are_cleared_away(association: Association, settled: Make) -> None:
    holder = settled()
    assert holder.sign_in("不是这个密码-2021").status == 401
    later(association, "failed_sign_ins", "last_failed_at", 24 * 3600)
    assert settled().sign_in("不是这个密码-2021").status == 401
    assert association.rows(
        "membership", "SELECT count(*) AS n FROM failed_sign_ins WHERE last_failed_at < now() - interval '1 day'"
    ) == [{"n": 0}]


@pytest.mark.rule(id="M11")
def test_a_session_goes_on_under_a_new_token_each_time(association: Association, settled: Make) -> None:
    holder = settled("editor")
    first = holder.sign_in()
    second = refresh(association, first)
    assert second.status == 200
    assert second["refresh_token"] != first["refresh_token"]
    third = refresh(association, second)
    assert (third["account"], third["roles"]) == (holder.id, ["editor"])
    assert holder.call(third, "get_my_account")["username"] == holder.username


@pytest.mark.rule(id="M11")
def test_a_refresh_token_used_twice_ends_the_session_for_both(association: Association, settled: Make) -> None:
    holder = settled()
    stolen = holder.sign_in()
    owner = refresh(association, stolen)
    thief = refresh(association, stolen)
    assert thief.status == 401
    assert thief.problem is not None
    assert thief.problem["code"] == "session-over"
    assert refresh(association, owner).status == 401
    assert holder.call(owner, "get_my_account").status == 401
    assert refresh(association, holder.sign_in()).status == 200


@pytest.mark.rule(id="M11")
def test_of_two_who_refresh_at_once_one_gets_through(association: Association, settled: Make) -> None:
    session = settled().sign_in()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: refresh(association, session), range(2)))
    assert sorted(answer.status for answer in answers) == [200, 401]


@pytest.mark.rule(id="M11")
def test_a_refresh_token_nobody_gave_or_that_is_too_old_is_refused(association: Association, settled: Make) -> None:
    holder = settled()
    unknown = association.call("membership", "refresh_session", refresh_token="A" * 43)
    assert unknown.status == 401
    session = holder.sign_in()
    later(association, "refresh_tokens", "expires_at", 24 * 3600 + 1)
    assert refresh(association, session).status == 401
    expired = "SELECT count(*) AS n FROM refresh_tokens WHERE expires_at < now()"
    for _ in range(association.rows("membership", expired)[0]["n"] // 100 + 1):  # a hundred go at a time
        holder.sign_in()
    assert association.rows("membership", expired) == [{"n": 0}]


@pytest.mark.rule(id="M11")
def test_signing_out_ends_the_session_and_no_other(association: Association, settled: Make) -> None:
    holder = settled()
    one, other = holder.sign_in(), holder.sign_in()
    out = holder.call(one, "sign_out")
    assert (out.status, out.body) == (204, None)
    assert refresh(association, one).status == 401
    assert holder.call(one, "get_my_account").status == 401
    assert holder.call(one, "sign_out").status == 401
    assert refresh(association, other).status == 200
    assert association.call("membership", "sign_out").status == 401


@pytest.mark.rule(id="M11")
def test_one_password_takes_the_place_of_another_and_other_sessions_end(
    association: Association, settled: Make
) -> None:
    holder = settled("editor")
    here, elsewhere = holder.sign_in(), holder.sign_in()
    changed = holder.call(here, "change_my_password", old_password=holder.password, new_password="换一个新的密码-2021")
    assert changed.status == 200
    assert (changed["roles"], changed["must_change_password"]) == (["editor"], False)
    assert refresh(association, here).status == 200
    assert refresh(association, elsewhere).status == 401
    assert holder.call(elsewhere, "get_my_account").status == 401
    assert holder.sign_in().status == 401
    assert holder.sign_in("换一个新的密码-2021").status == 201


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "password-length"),
        ("1234567890", "password-common"),
        ("汾河水长流-2021年", "password-unchanged"),
        ("{username}-1234", "password-holds-username"),
    ],
)
def test_a_bad_new_password_changes_nothing(association: Association, settled: Make, new: str, code: str) -> None:
    holder = settled()
    session = holder.sign_in()
    refused = holder.call(
        session,
        "change_my_password",
        old_password=holder.password,
        new_password=new.format(username=holder.username),
    )
    assert refused.status == 409
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("M11", code)
    assert list(refused.problem["errors"]) == ["new_password"]
    assert holder.sign_in().status == 201


@pytest.mark.rule(id="M11")
def test_guessing_the_old_password_with_a_stolen_token_is_slowed_down_too(
    association: Association, settled: Make
) -> None:
    holder = settled()
    session = holder.sign_in()

    def guess(password: str) -> Answer:
        return holder.call(session, "change_my_password", old_password=password, new_password="换一个新的密码-2021")

    wrong = [guess("不是这个密码-2021") for _ in range(FREE_FAILURES)]
    assert {answer.status for answer in wrong} == {409}
    assert {answer.problem["code"] for answer in wrong if answer.problem} == {"wrong-password"}
    assert guess(holder.password).status == 429
    assert holder.sign_in().status == 429


@pytest.mark.rule(id="M2")
def test_one_acts_for_the_units_one_represents_today(association: Association, settled: Make, issuer: Keyring) -> None:
    association.set_clock("2021-02-01T09:00:00+08:00")
    holder, clerk = settled("correspondent"), association.person("clerk")

    def represent(unit: str, **days: str) -> Answer:
        return association.call(
            "membership", "name_representative", as_=clerk, id=unit, person_id=holder.person, **days
        )

    represent(UNIT, first_day="2021-02-01", last_day="2021-02-01")
    represent(OTHER_UNIT, first_day="2021-02-01")
    session = holder.sign_in()
    assert session["units"] == sorted([UNIT, OTHER_UNIT])
    principal = authenticate(issuer, f"Bearer {session['access_token']}")
    assert principal.units == {UNIT, OTHER_UNIT}
    chosen = holder.sign_in(unit_id=OTHER_UNIT)
    assert chosen["units"] == [OTHER_UNIT]
    assert refresh(association, chosen)["units"] == [OTHER_UNIT]
    association.set_clock("2021-02-02T00:00:01+08:00")
    assert refresh(association, session)["units"] == [OTHER_UNIT]
    refused = holder.sign_in(unit_id=UNIT)
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("M2", "not-represented")


def test_what_is_malformed_is_named(association: Association) -> None:
    answer = association.call("membership", "sign_in", username="zhaojin", secret="x")
    assert answer.status == 422
    assert answer.problem is not None
    assert set(answer.problem["errors"]) == {"password", "secret"}
