"""Links by which somebody sets a password of their own, as a newcomer or having lost it (M11)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.membership.data import link_lifetimes
from services.membership.links import rules
from services.membership.links.rules import Purpose
from shared.errors import Refused
from shared.testing.association import Answer, Association

Make = Callable[..., Any]
NEW = "换一个新的密码-2021"
NOW = datetime(2021, 2, 1, 9, tzinfo=UTC)


def give(association: Association, holder: Any, purpose: str = "reset") -> Answer:
    administrator = association.person("administrator")
    return association.call("membership", "give_link", as_=administrator, id=holder.id, purpose=purpose)


def redeem(association: Association, link: Answer | str, password: str = NEW) -> Answer:
    token = link if isinstance(link, str) else link["token"]
    return association.call("membership", "redeem_link", token=token, new_password=password)


def refused(answer: Answer) -> dict[str, Any]:
    assert answer.problem is not None
    assert (answer.status, answer.problem["rule"]) == (409, "M11")
    return {**answer.problem, "correlation_id": None}


@pytest.mark.rule(id="M11")
def test_when_a_link_holds() -> None:
    until = NOW + timedelta(hours=1)
    assert rules.holds(until, False, False, NOW)
    assert not rules.holds(until, False, False, until)
    assert not rules.holds(until, True, False, NOW)
    assert not rules.holds(until, False, True, NOW)


@pytest.mark.rule(id="M11")
def test_who_has_a_password_is_not_invited_again() -> None:
    rules.check_purpose(Purpose.INVITATION, False)
    rules.check_purpose(Purpose.RESET, False)
    rules.check_purpose(Purpose.RESET, True)
    with pytest.raises(Refused) as said:
        rules.check_purpose(Purpose.INVITATION, True)
    assert (said.value.rule, said.value.code) == ("M11", "account-settled")


@pytest.mark.rule(id="M11")
def test_how_long_links_hold_is_data() -> None:
    assert set(link_lifetimes()) == {purpose.value for purpose in Purpose}
    assert timedelta() < link_lifetimes()["reset"] <= link_lifetimes()["invitation"] <= timedelta(days=30)


@pytest.mark.rule(id="M11")
def test_a_newcomer_sets_a_password_by_invitation_and_signs_in(association: Association, opened: Make) -> None:
    holder = opened("editor")
    begun = holder.sign_in()
    link = give(association, holder, "invitation")
    assert link.status == 201
    assert link["url"].startswith("http")
    assert link["url"].endswith(f"/password#{link['token']}")
    kept = association.rows("membership", "SELECT l::text AS row FROM account_links l")
    assert kept
    assert not any(link["token"] in each["row"] for each in kept)
    redeemed = redeem(association, link)
    assert (redeemed.status, redeemed.body) == (200, {"username": holder.username})
    how = "SELECT redeemed_at IS NOT NULL AS redeemed, burned_at IS NOT NULL AS burned FROM account_links"
    assert association.rows("membership", f"{how} WHERE account_id = '{holder.id}'") == [
        {"redeemed": True, "burned": False}
    ]
    assert association.call("membership", "refresh_session", refresh_token=begun["refresh_token"]).status == 401
    assert holder.sign_in().status == 401
    session = holder.sign_in(NEW)
    assert (session["roles"], session["must_change_password"]) == (["editor"], False)


@pytest.mark.rule(id="M11")
def test_a_lost_password_is_set_anew_sessions_end_and_a_lock_is_lifted(association: Association, settled: Make) -> None:
    holder = settled("editor")
    session = holder.sign_in()
    for _ in range(5):
        holder.sign_in("不是这个密码-2021")
    assert holder.sign_in().status == 429
    link = give(association, holder)
    assert association.call("membership", "refresh_session", refresh_token=session["refresh_token"]).status == 200
    assert redeem(association, link).status == 200
    assert holder.call(session, "get_my_account").status == 401
    assert holder.sign_in(NEW).status == 201


@pytest.mark.rule(id="M11")
def test_links_unknown_used_expired_burned_or_of_a_closed_account_are_refused_alike(
    association: Association, opened: Make
) -> None:
    administrator = association.person("administrator")
    used, expired, burned, reset, closed, changed = (opened() for _ in range(6))
    links = [give(association, each) for each in (used, expired, burned, reset, closed, changed)]
    assert redeem(association, links[0]).status == 200
    with association.database("membership").begin() as connection:
        connection.execute(
            text("UPDATE account_links SET expires_at = now() WHERE account_id = :id"), {"id": expired.id}
        )
    latest = give(association, burned)
    association.call("membership", "reset_secret", as_=administrator, id=reset.id)
    association.call("membership", "close_account", as_=administrator, id=closed.id, reason="调离")
    changed.call(changed.sign_in(), "change_my_password", old_password=changed.password, new_password=NEW)
    told = [refused(redeem(association, link, "再换一个密码-2021")) for link in ["A" * 43, *links]]
    assert all(each == told[0] for each in told)
    assert told[0]["code"] == "link-invalid"
    assert redeem(association, latest).status == 200
    assert used.sign_in("再换一个密码-2021").status == 401
    assert used.sign_in(NEW).status == 201


@pytest.mark.rule(id="M11")
def test_a_bad_password_does_not_use_a_link_up(association: Association, opened: Make) -> None:
    holder = opened()
    link = give(association, holder)
    said = refused(redeem(association, link, "1234567890"))
    assert (said["code"], list(said["errors"])) == ("password-common", ["new_password"])
    assert redeem(association, link).status == 200


@pytest.mark.rule(id="M11")
def test_of_two_who_redeem_at_once_one_gets_through(association: Association, opened: Make) -> None:
    link = give(association, opened())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: redeem(association, link, f"{NEW}-{n}"), range(4)))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


@pytest.mark.rule(id="X8")
def test_nobody_gives_a_link_to_an_account_of_their_own_or_a_closed_one(
    association: Association, settled: Make
) -> None:
    holder = settled("administrator")
    own = refused_by(holder.call(holder.sign_in(), "give_link", id=holder.id, purpose="reset"))
    assert own == ("X8", "own-account")
    other = settled()
    association.call("membership", "close_account", as_=association.person("administrator"), id=other.id, reason="调离")
    assert refused_by(give(association, other)) == ("M11", "account-closed")
    third = settled()
    assert refused_by(give(association, third, "invitation")) == ("M11", "account-settled")


def refused_by(answer: Answer) -> tuple[str, str]:
    assert answer.problem is not None
    return answer.problem["rule"], answer.problem["code"]
