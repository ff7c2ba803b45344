"""Tokens withdrawn before they end: those issued up to a moment, of one account or one session (M11)."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import wall_now
from shared.errors import Unauthenticated
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.principals import ACCESS_LIFETIME, authenticate, issue_access, issue_service
from shared.identity.withdrawals import KEPT, Withdrawals, read_statement, stated

MICROSECOND = timedelta(microseconds=1)
NOW = wall_now()
"""When a test begins."""


@pytest.fixture(autouse=True)
def _begins() -> None:
    # Not when the file is read: in a long run that is further back than a token lasts.
    global NOW
    NOW = wall_now()


@pytest.fixture
def issuer(tmp_path: Path) -> Keyring:
    make_keys(tmp_path, {"membership": [TOKENS], "finance": []})
    return Keyring.load(tmp_path, "membership")


@pytest.fixture
def finance(issuer: Keyring, tmp_path: Path) -> Keyring:
    return Keyring.load(tmp_path, "finance")


def token(issuer: Keyring, since: timedelta, account: str = "a", session: str = "s") -> str:
    """Issued so long after NOW."""
    made = issue_access(issuer, account=account, person=None, session=session, roles=["x"], issued_at=NOW + since)
    return f"Bearer {made}"


def code(finance: Keyring, authorization: str, withdrawals: Withdrawals) -> str | None:
    try:
        authenticate(finance, authorization, withdrawals)
    except Unauthenticated as problem:
        return problem.code
    return None


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("whose", ["a", "s"])
def test_what_was_issued_before_in_the_same_second_is_out_and_what_comes_after_holds(
    issuer: Keyring, finance: Keyring, whose: str
) -> None:
    withdrawals = Withdrawals()
    withdrawals.learn({whose: NOW.timestamp()})
    assert code(finance, token(issuer, -MICROSECOND), withdrawals) == "token-withdrawn"
    assert code(finance, token(issuer, timedelta()), withdrawals) == "token-withdrawn"
    assert code(finance, token(issuer, MICROSECOND), withdrawals) is None
    assert code(finance, token(issuer, -MICROSECOND, account="b", session="t"), withdrawals) is None
    assert code(finance, f"Bearer {issue_service(issuer)}", withdrawals) is None
    assert code(finance, token(issuer, -MICROSECOND), Withdrawals()) is None


@pytest.mark.rule(id="M11")
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 600)), max_size=6))
def test_in_whatever_order_statements_come_the_latest_moment_of_each_counts(said: list[dict[str, int]]) -> None:
    withdrawals = Withdrawals()
    for each in said:
        withdrawals.learn({whose: (NOW - timedelta(seconds=ago)).timestamp() for whose, ago in each.items()})
    for whose in "abc":
        latest = min((each[whose] for each in said if whose in each), default=None)
        for ago in range(-1, 602, 67):
            issued = (NOW - timedelta(seconds=ago)).timestamp()
            assert withdrawals.cover(whose, "-", issued) == withdrawals.cover("-", whose, issued)
            assert withdrawals.cover(whose, "-", issued) == (latest is not None and ago >= latest)


def test_it_is_forgotten_once_no_token_of_then_can_hold() -> None:
    withdrawals = Withdrawals()
    assert KEPT > ACCESS_LIFETIME
    long_ago, just_not = NOW - KEPT - timedelta(seconds=1), NOW - ACCESS_LIFETIME
    withdrawals.learn({"old": long_ago.timestamp(), "young": just_not.timestamp()})
    assert not withdrawals.cover("old", "-", long_ago.timestamp())
    assert withdrawals.cover("young", "-", just_not.timestamp())


def test_only_who_issues_tokens_is_believed(issuer: Keyring, finance: Keyring) -> None:
    said = {"a": NOW.timestamp()}
    assert read_statement(finance, stated(issuer, said)) == said
    assert read_statement(finance, stated(finance, said)) is None
    assert read_statement(finance, issuer.sign("withdrawals", {"withdrawn": ["a"]})) is None
    assert read_statement(finance, issuer.sign("withdrawals", {"withdrawn": {"a": "now", "b": 5}})) == {"b": 5}
    for other in (issuer.sign("manifest", {"withdrawn": said}), "gibberish", ""):
        with pytest.raises(Unauthenticated):
            read_statement(finance, other)
