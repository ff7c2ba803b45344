"""An access token whose rights or session are gone opens no door any more, in no service (M11)."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shared.bus.withdrawing import WITHDRAWALS
from shared.clock import wall_now
from shared.identity.keys import Keyring
from shared.identity.withdrawals import stated
from shared.testing.association import Answer, Association, eventually

Make = Callable[..., Any]
OTHERS = {
    "certification": "list_batches",
    "finance": "list_manuscript_fees",
    "governance": "list_posts",
    "publishing": "list_articles",
}
SOON = 5.0


def answers(association: Association, session: Answer, service: str) -> str:
    """What a service answers under the access token of a session: "answered", or the code of the problem."""
    token = {"authorization": f"Bearer {session['access_token']}"}
    answer = association.call(service, OTHERS[service], headers=token)
    return "answered" if answer.problem is None else str(answer.problem["code"])


def everywhere(association: Association, session: Answer) -> set[str]:
    return {answers(association, session, service) for service in OTHERS}


def withdrawn(association: Association, session: Answer) -> None:
    eventually(lambda: everywhere(association, session) == {"token-withdrawn"}, within=SOON)


def administer(association: Association, operation: str, **given: Any) -> Answer:
    answer = association.call("membership", operation, as_=association.person("administrator"), **given)
    assert answer.problem is None, answer.problem
    return answer


@pytest.fixture
def holder(settled: Make) -> Any:
    return settled("exam_officer", "editor", "accountant", "clerk")


def test_the_refusal_says_what_to_do(association: Association, holder: Any) -> None:
    session = holder.sign_in()
    holder.call(session, "sign_out")
    withdrawn(association, session)
    token = {"authorization": f"Bearer {session['access_token']}"}
    answer = association.call("governance", "list_posts", headers={**token, "accept-language": "en"})
    assert answer.problem is not None
    assert answer.status == 401
    assert "refresh" in answer.problem["detail"] or "续期" in answer.problem["detail"]


@pytest.mark.rule(id="M11")
def test_signing_out_ends_the_access_token_in_every_service_and_no_other_session(
    association: Association, holder: Any
) -> None:
    one, other = holder.sign_in(), holder.sign_in()
    assert everywhere(association, one) == {"answered"}
    assert holder.call(one, "sign_out").status == 204
    withdrawn(association, one)
    assert everywhere(association, other) == {"answered"}


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(("operation", "given"), [("close_account", {"reason": "调离"}), ("reset_secret", {})])
def test_a_closed_account_and_one_with_a_new_secret_open_nothing(
    association: Association, holder: Any, operation: str, given: dict[str, Any]
) -> None:
    sessions = [holder.sign_in(), holder.sign_in()]
    administer(association, operation, id=holder.id, **given)
    for session in sessions:
        withdrawn(association, session)


@pytest.mark.rule(id="M11")
def test_another_password_ends_the_tokens_of_other_sessions(association: Association, holder: Any) -> None:
    here, there = holder.sign_in(), holder.sign_in()
    changed = holder.call(here, "change_my_password", old_password=holder.password, new_password="换一个新的密码-2021")
    withdrawn(association, there)
    assert everywhere(association, changed) == {"answered"}


@pytest.mark.rule(id="M11")
def test_a_refresh_token_that_came_back_ends_the_access_token_too(association: Association, holder: Any) -> None:
    stolen = holder.sign_in()
    owner = association.call("membership", "refresh_session", refresh_token=stolen["refresh_token"])
    assert association.call("membership", "refresh_session", refresh_token=stolen["refresh_token"]).status == 401
    withdrawn(association, owner)


@pytest.mark.rule(id="M11")
def test_after_a_change_of_roles_the_next_token_holds_at_once_and_the_one_before_does_not(
    association: Association, holder: Any
) -> None:
    session = holder.sign_in()
    administer(association, "set_roles", id=holder.id, if_match="*", roles=["editor", "accountant"])
    fresh = association.call("membership", "refresh_session", refresh_token=session["refresh_token"])
    assert fresh["roles"] == ["accountant", "editor"]
    withdrawn(association, session)
    for _ in range(20):
        assert everywhere(association, fresh) == {"answered", "not-permitted"}


@pytest.mark.rule(id="M2")
def test_a_representation_counts_at_once(association: Association, holder: Any) -> None:
    unit = association.call("membership", "list_units", as_=association.person("clerk"))["items"][0]["id"]
    session = holder.sign_in()
    named = association.call(
        "membership", "name_representative", as_=association.person("clerk"), id=unit, person_id=holder.person
    )
    assert named.status == 201
    withdrawn(association, session)
    assert holder.sign_in()["units"] == [unit]


@pytest.mark.rule(id="M11")
def test_rights_that_change_while_tokens_are_issued_leave_no_token_with_the_old_ones(
    association: Association, settled: Make
) -> None:
    holder = settled("editor")
    sessions = [holder.sign_in() for _ in range(6)]

    def refresh(session: Answer) -> Answer:
        return association.call("membership", "refresh_session", refresh_token=session["refresh_token"])

    with ThreadPoolExecutor(8) as pool:
        going = [pool.submit(refresh, session) for session in sessions[:3]]
        change = pool.submit(administer, association, "set_roles", id=holder.id, if_match="*", roles=["accountant"])
        going += [pool.submit(refresh, session) for session in sessions[3:]]
        change.result()
        fresh = [each.result() for each in going]
    time.sleep(0.5)
    for session in fresh:
        said = everywhere(association, session)
        assert said == ({"answered", "not-permitted"} if session["roles"] == ["accountant"] else {"token-withdrawn"})


@pytest.mark.rule(id="M11")
def test_nobody_but_who_issues_tokens_can_withdraw_one(association: Association, holder: Any, keys: Path) -> None:
    session = holder.sign_in()
    said = {holder.id: wall_now().timestamp() + 60}
    for forged in (stated(Keyring.load(keys, "finance"), said), "gibberish"):
        association.publish(WITHDRAWALS, "", forged.encode(), content_type="text/plain")
    other = holder.sign_in()
    holder.call(other, "sign_out")
    withdrawn(association, other)
    assert everywhere(association, session) == {"answered"}


def test_what_no_token_can_be_of_any_more_is_not_kept(association: Association, holder: Any) -> None:
    holder.call(holder.sign_in(), "sign_out")
    with association.database("membership").begin() as connection:
        connection.exec_driver_sql("UPDATE withdrawals SET moment = moment - interval '1 hour'")
    holder.call(holder.sign_in(), "sign_out")
    assert association.rows(
        "membership", "SELECT count(*) AS n FROM withdrawals WHERE moment < now() - interval '30 minutes'"
    ) == [{"n": 0}]
