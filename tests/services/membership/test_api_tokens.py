"""API tokens: what a machine of somebody's may do, and for how long (M11)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.membership.api_tokens import rules
from services.membership.data import longest_api_token
from shared.clock import wall_now
from shared.errors import Refused
from shared.identity.keys import Keyring
from shared.identity.principals import authenticate
from shared.standards.calendar import business_date
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person

Make = Callable[..., Any]
TODAY = date(2021, 2, 1)
SCOPES = ["membership.unit.*", "publishing.article.read"]


def code_of(answer: Answer) -> str:
    assert answer.problem is not None, answer.body
    return str(answer.problem["code"])


def last_day(days: int = 30) -> str:
    """So many days from now: an API token runs on the real calendar."""
    return (business_date(wall_now()) + timedelta(days=days)).isoformat()


def make(holder: Any, **given: Any) -> Answer:
    asked = {"password": holder.password, "name": "报表机", "scopes": SCOPES, "expires_on": last_day(), **given}
    answer: Answer = holder.call(holder.sign_in(), "make_api_token", **asked)
    return answer


def use(association: Association, token: str) -> Answer:
    return association.call("membership", "use_api_token", api_token=token)


# --- rules --------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M11")
def test_scopes_are_permissions_or_all_below_a_part() -> None:
    wanted = ["publishing.article.*", "membership.dues_standard.read", "finance.*", "signed-in", "finance.*"]
    assert rules.scopes(wanted) == sorted(set(wanted))


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    "scope",
    [
        "",
        "*",
        "*.read",
        "publishing",
        "publishing.",
        "publishing.*.read",
        "publishing.art*",
        "Publishing.article.read",
        "publishing.[a-z]*",
        "publishing.article.read\n",
        "public",
        "service:finance",
    ],
)
def test_anything_else_is_no_scope(scope: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.scopes(["publishing.article.read", scope])
    assert (refused.value.rule, refused.value.code) == ("M11", "bad-scope")


@pytest.mark.rule(id="M11")
def test_a_token_without_scopes_is_none() -> None:
    with pytest.raises(Refused):
        rules.scopes([])


@pytest.mark.rule(id="M11")
@given(st.integers(-800, 800))
def test_the_last_day_is_near_enough(days: int) -> None:
    last, longest = TODAY + timedelta(days=days), timedelta(days=365)
    if 0 <= days <= 365:
        rules.check_last_day(last, TODAY, longest)
        return
    with pytest.raises(Refused) as refused:
        rules.check_last_day(last, TODAY, longest)
    assert refused.value.code == "api-token-last-day"


@pytest.mark.rule(id="M11")
def test_a_token_holds_through_its_last_day() -> None:
    assert rules.holds(TODAY, False, False, TODAY)
    assert not rules.holds(TODAY, False, False, TODAY + timedelta(days=1))
    assert not rules.holds(TODAY, True, False, TODAY)
    assert not rules.holds(TODAY, False, True, TODAY)


# --- operations ---------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M11")
def test_a_machine_may_what_its_owner_and_its_scopes_allow(
    association: Association, settled: Make, issuer: Keyring
) -> None:
    holder = settled("clerk", "administrator")
    made = make(holder)
    assert made.status == 201
    assert made["token"].startswith(rules.PREFIX)
    assert made["scopes"] == SCOPES
    access = use(association, made["token"])
    assert (access.status, access["roles"], access["expires_in"]) == (200, ["administrator", "clerk"], 900)
    assert "refresh_token" not in access.body
    principal = authenticate(issuer, f"Bearer {access['access_token']}")
    assert (principal.account, principal.person, principal.scopes) == (holder.id, holder.person, frozenset(SCOPES))
    assert holder.call(access, "list_units").status == 200
    assert code_of(holder.call(access, "list_people")) == "not-permitted"
    assert code_of(holder.call(access, "list_accounts")) == "not-permitted"
    machine = Person(access["access_token"], holder.id, holder.person)
    assert code_of(association.call("publishing", "list_articles", as_=machine)) == "not-permitted"


@pytest.mark.rule(id="M11")
def test_rights_are_those_of_today(association: Association, settled: Make) -> None:
    holder = settled("clerk")
    made = make(holder)
    administrator = association.person("administrator")
    association.call("membership", "set_roles", as_=administrator, id=holder.id, if_match="*", roles=[])
    access = use(association, made["token"])
    assert access["roles"] == []
    assert holder.call(access, "list_units").status == 403


@pytest.mark.rule(id="M11")
def test_a_machine_never_handles_accounts(association: Association, settled: Make) -> None:
    holder = settled("clerk")
    access = use(association, make(holder, scopes=["signed-in", "membership.*"])["token"])
    id = str(new_id())
    own: dict[str, dict[str, Any]] = {
        "get_my_account": {},
        "change_my_password": {"old_password": holder.password, "new_password": "换一个新的密码-2021"},
        "sign_out": {},
        "list_my_sessions": {},
        "end_my_session": {"id": id},
        "end_my_sessions": {},
        "get_my_second_factor": {},
        "enrol_second_factor": {"password": holder.password},
        "confirm_second_factor": {"code": "123456"},
        "remove_my_second_factor": {"password": holder.password, "code": "123456"},
        "make_api_token": {
            "password": holder.password,
            "name": "又一个",
            "scopes": SCOPES,
            "expires_on": last_day(),
        },
        "list_my_api_tokens": {},
        "revoke_my_api_token": {"id": id},
    }
    for operation, fields in own.items():
        refused = holder.call(access, operation, **fields)
        assert (refused.status, code_of(refused)) == (403, "not-for-api-tokens"), operation
    machine = Person(access["access_token"], holder.id, holder.person)
    assert association.call("governance", "list_bodies", as_=machine).status == 200
    narrow = use(association, make(holder)["token"])
    machine = Person(narrow["access_token"], holder.id, holder.person)
    assert association.call("governance", "list_bodies", as_=machine).status == 403
    assert holder.call(narrow, "list_my_sessions").status == 403


@pytest.mark.rule(id="M11")
def test_who_finds_a_session_open_makes_no_token(association: Association, settled: Any) -> None:
    holder = settled("editor")
    refused = make(holder, password="不是这个密码-2021")
    assert (refused.status, code_of(refused)) == (409, "wrong-password")
    assert holder.call(holder.sign_in(), "list_my_api_tokens")["items"] == []


@pytest.mark.rule(id="M11")
def test_what_editors_see_a_machine_of_theirs_sees_only_within_its_scopes(association: Association) -> None:
    unit = str(new_id())
    author = association.person("correspondent", unit=unit)
    sent = {"title": "通信保障", "body": "通信保障无小事。", "column": "association_news"}
    article = association.call("publishing", "submit_article", as_=author, **sent)["id"]
    editor = association.person("editor")
    assert association.call("publishing", "get_article", as_=editor, id=article).status == 200
    whole = association.person("editor", scopes=["publishing.*"])
    assert association.call("publishing", "get_article", as_=whole, id=article).status == 200
    narrow = association.person("editor", scopes=["publishing.article.read"])
    assert association.call("publishing", "get_article", as_=narrow, id=article).status == 200
    rejected = {"id": article, "kind": "editorial", "passed": False, "note": "重写", "if_match": "*"}
    assert association.call("publishing", "review_article", as_=narrow, **rejected).status == 403
    other = association.person("editor", scopes=["publishing.issue.*"])
    assert association.call("publishing", "get_article", as_=other, id=article).status == 403


@pytest.mark.rule(id="M11")
def test_tokens_unknown_revoked_expired_or_of_a_closed_account_are_refused_alike(
    association: Association, settled: Make
) -> None:
    administrator = association.person("administrator")
    revoked, expired, closed, reset, holding = (settled("clerk") for _ in range(5))
    made = [make(each) for each in (revoked, expired, closed, reset, holding)]
    assert all(use(association, each["token"]).status == 200 for each in made)
    assert revoked.call(revoked.sign_in(), "revoke_my_api_token", id=made[0]["id"]).status == 204
    with association.database("membership").begin() as connection:
        connection.execute(
            text("UPDATE api_tokens SET expires_on = expires_on - 40 WHERE id = :id"), {"id": made[1]["id"]}
        )
    association.call("membership", "close_account", as_=administrator, id=closed.id, reason="调离")
    association.call("membership", "reset_secret", as_=administrator, id=reset.id)
    answers = [use(association, token) for token in ("xiehui_pat_" + "A" * 43, *(each["token"] for each in made[:4]))]
    told = [{**answer.problem, "correlation_id": None} for answer in answers if answer.problem]
    assert len(told) == 5
    assert all(each == told[0] for each in told)
    assert (told[0]["status"], told[0]["code"]) == (401, "api-token-invalid")
    assert use(association, made[4]["token"]).status == 200


@pytest.mark.rule(id="M11")
def test_a_token_that_is_revoked_while_it_is_used_lets_nobody_in(association: Association, settled: Make) -> None:
    holder = settled("clerk")
    made = make(holder)
    revoking = text("UPDATE api_tokens SET revoked_at = now() WHERE id = :id")
    with ThreadPoolExecutor(1) as pool:
        with association.database("membership").begin() as connection:
            connection.execute(revoking, {"id": made["id"]})
            using = pool.submit(use, association, made["token"])
            with pytest.raises(TimeoutError):
                using.result(0.5)
        assert using.result(10).status == 401


@pytest.mark.rule(id="M11")
def test_tokens_are_listed_with_their_last_use_and_without_themselves(association: Association, settled: Make) -> None:
    holder, stranger = settled("clerk"), settled("clerk")
    made = make(holder)
    session = holder.sign_in()
    [before] = holder.call(session, "list_my_api_tokens")["items"]
    assert (before["id"], before["last_used_at"], before["revoked_at"]) == (made["id"], None, None)
    assert "token" not in before
    use(association, made["token"])
    administrator = association.person("administrator")
    [after] = association.call("membership", "list_api_tokens", as_=administrator, id=holder.id)["items"]
    assert after["last_used_at"] is not None
    assert stranger.call(stranger.sign_in(), "list_my_api_tokens")["items"] == []
    assert stranger.call(stranger.sign_in(), "revoke_my_api_token", id=made["id"]).status == 404
    kept = association.rows("membership", "SELECT t::text AS row FROM api_tokens t")
    assert kept
    assert not any(made["token"] in each["row"] for each in kept)


@pytest.mark.rule(id="M11")
def test_an_administrator_revokes_anybodys(association: Association, settled: Make) -> None:
    holder = settled("clerk")
    made = make(holder)
    access = use(association, made["token"])
    given = {"as_": association.person("administrator"), "token_id": made["id"]}
    assert association.call("membership", "revoke_api_token", id=str(new_id()), **given).status == 404
    assert association.call("membership", "revoke_api_token", id=holder.id, **given).status == 204
    assert association.call("membership", "revoke_api_token", id=holder.id, **given).status == 204
    assert use(association, made["token"]).status == 401
    running = association.rows("membership", f"SELECT ended_because FROM sessions WHERE api_token_id = '{made['id']}'")
    assert running == [{"ended_because": "api_token_revoked"}]
    assert access.status == 200
    clerk = association.person("clerk")
    assert association.call("membership", "list_api_tokens", as_=clerk, id=holder.id).status == 403


@pytest.mark.rule(id="M11")
def test_a_machine_has_one_session_however_often_it_asks_and_its_own_place_in_the_lists(
    association: Association, settled: Make
) -> None:
    holder = settled("clerk")
    made = make(holder)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: use(association, made["token"]), range(6)))
    assert {answer.status for answer in answers} == {200}
    counted = f"SELECT count(*) AS n FROM sessions WHERE api_token_id = '{made['id']}'"
    assert association.rows("membership", counted) == [{"n": 1}]
    session = holder.sign_in()
    assert len(holder.call(session, "list_my_sessions")["items"]) == 3
    holder.call(session, "end_my_sessions")
    assert use(association, made["token"]).status == 200
    assert association.rows("membership", counted) == [{"n": 2}]


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"scopes": ["*"]}, "bad-scope"),
        ({"scopes": []}, "bad-scope"),
        ({"expires_on": last_day(-1)}, "api-token-last-day"),
        ({"expires_on": last_day(longest_api_token().days + 1)}, "api-token-last-day"),
    ],
)
def test_what_is_no_token_is_not_made(settled: Make, given: dict[str, Any], code: str) -> None:
    holder = settled("clerk")
    refused = make(holder, **given)
    assert (refused.status, code_of(refused)) == (409, code)
    assert holder.call(holder.sign_in(), "list_my_api_tokens")["items"] == []


@pytest.mark.rule(id="M11")
def test_with_a_one_time_secret_no_token_is_made(opened: Make) -> None:
    assert code_of(make(opened("clerk"))) == "password-change-required"
