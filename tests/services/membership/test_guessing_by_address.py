"""Failures are counted by the address they come from as well (M11)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from services.membership.addresses.rules import FREE_FAILURES
from shared.store.base import new_id
from shared.testing.association import Answer, Association

Make = Callable[..., Any]
_NUMBERS = count(1)


@pytest.fixture
def address() -> str:
    """One that no other test asks from."""
    return f"203.0.113.{next(_NUMBERS)}"


def guess(association: Association, address: str, name: str | None = None) -> Answer:
    name = name or f"x{new_id().hex[-12:]}"
    headers = {"client-address": address}
    return association.call("membership", "sign_in", headers=headers, username=name, password="不是这个密码-2021")


def failed_before(association: Association, address: str, failures: int, *, hours_ago: int = 0) -> None:
    """Have so many attempts from an address failed."""
    assert guess(association, address).status == 401
    moved = f"counted_since = counted_since - interval '{hours_ago} hours'"
    latest = "(SELECT max(last_failed_at) FROM failed_addresses)"
    with association.database("membership").begin() as connection:
        connection.execute(
            text(f"UPDATE failed_addresses SET failures = :n, {moved} WHERE last_failed_at = {latest}"), {"n": failures}
        )


@pytest.mark.rule(id="M11")
def test_a_place_where_too_many_failed_waits_whoever_asks(
    association: Association, settled: Make, address: str
) -> None:
    holder, here = settled(), {"client-address": address}
    failed_before(association, address, FREE_FAILURES - 1)
    assert holder.sign_in(headers=here).status == 201
    assert guess(association, address).status == 401
    locked = holder.sign_in(headers=here)
    assert locked.status == 429
    assert locked.problem is not None
    assert (locked.problem["code"], locked.problem["rule"]) == ("sign-in-locked", "M11")
    assert 25 <= locked.problem["retry_after"] <= 30
    assert holder.sign_in(headers={"client-address": "203.0.113.254"}).status == 201
    assert holder.sign_in().status == 201


@pytest.mark.rule(id="M11")
def test_a_locked_name_and_a_locked_address_are_told_alike(
    association: Association, settled: Make, address: str
) -> None:
    holder = settled()
    for _ in range(5):
        holder.sign_in("不是这个密码-2021")
    by_name = holder.sign_in().problem
    failed_before(association, address, FREE_FAILURES)
    by_address = guess(association, address).problem
    assert by_name is not None
    assert by_address is not None
    told = [{**each, "correlation_id": None, "retry_after": None, "detail": None} for each in (by_name, by_address)]
    assert told[0] == told[1]


@pytest.mark.rule(id="M11")
def test_only_failures_count_and_a_success_does_not_forgive_them(
    association: Association, settled: Make, address: str
) -> None:
    holder, here = settled(), {"client-address": address}
    failed_before(association, address, FREE_FAILURES - 2)
    for _ in range(4):
        assert holder.sign_in(headers=here).status == 201
    assert [guess(association, address).status for _ in range(3)] == [401, 401, 429]


@pytest.mark.rule(id="M11")
def test_guesses_sent_at_once_under_many_names_do_not_slip_through(association: Association, address: str) -> None:
    failed_before(association, address, FREE_FAILURES - 3)
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: guess(association, address).status, range(16)))
    assert sorted(statuses) == [401] * 3 + [429] * 13


@pytest.mark.rule(id="M11")
def test_after_a_day_a_place_starts_anew_and_what_is_long_past_goes(association: Association, address: str) -> None:
    failed_before(association, address, FREE_FAILURES + 20, hours_ago=24)
    assert guess(association, address).status == 401
    assert guess(association, address).status == 401
    old = "SELECT count(*) AS n FROM failed_addresses WHERE counted_since < now() - interval '1 day'"
    assert association.rows("membership", old) == [{"n": 0}]


@pytest.mark.rule(id="X11")
def test_no_address_is_logged_or_kept_but_in_the_audit_trail(
    association: Association, settled: Make, address: str
) -> None:
    far = "2400:3200:77:1::5"
    holder = settled()
    assert holder.sign_in(headers={"client-address": far}).status == 201
    assert guess(association, far, holder.username).status == 401
    assert guess(association, address).status == 401
    tables = association.rows(
        "membership",
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
        "WHERE table_schema IN ('public', 'chassis') AND table_name <> 'audit'",
    )
    kept = [str(association.rows("membership", f"SELECT t::text FROM {table['name']} t")) for table in tables]
    kept.append(association.log.read_text())
    assert len(kept) > 10
    assert any("internet" in content for content in kept)
    for part in (address, "2400:3200:77"):
        assert not any(part in content for content in kept)
    trail = association.rows("membership", f"SELECT operation FROM chassis.audit WHERE address = '{far}'")
    assert [row["operation"] for row in trail] == ["sign_in", "sign_in"]
