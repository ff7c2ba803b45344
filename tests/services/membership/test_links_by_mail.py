"""A lost password is set anew by a link that is mailed; nobody learns who has an account, or an address (M11)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from services.membership.links import rules
from shared.testing.association import Answer, Association, eventually

Desk = Any
Make = Callable[..., Any]
NEW = "换一个新的密码-2021"
NOW = datetime(2021, 2, 1, 9, tzinfo=UTC)


def ask(association: Association, username: str) -> Answer:
    answer = association.call("membership", "request_link", username=username)
    assert answer.status == 202, answer.problem
    eventually(lambda: not association.rows("membership", OPEN), within=30)
    return answer


OPEN = "SELECT 1 FROM chassis.jobs WHERE kind = 'send-link' AND state IN ('waiting', 'running')"
LINKS = "SELECT given_by, burned_at IS NOT NULL AS burned FROM account_links WHERE account_id = '{}' ORDER BY id"


def with_address(holder: Any, address: str | None) -> Any:
    answer = holder.call(holder.sign_in(), "set_my_mail_address", mail_address=address, password=holder.password)
    assert answer.status == 200, answer.problem
    return holder


def token(letter: Any) -> str:
    found = re.search(r"/password#(\S+)", letter.get_content())
    assert found is not None
    return found[1]


@pytest.mark.rule(id="M11")
def test_when_a_link_is_sent_again() -> None:
    pause = timedelta(minutes=15)
    assert rules.may_ask_again(None, pause, NOW)
    assert not rules.may_ask_again(NOW, pause, NOW)
    assert not rules.may_ask_again(NOW - pause + timedelta(seconds=1), pause, NOW)
    assert rules.may_ask_again(NOW - pause, pause, NOW)


@pytest.mark.rule(id="M11")
def test_a_link_is_mailed_and_sets_the_password(
    association: Association, desk: Desk, settled: Make, address: str
) -> None:
    holder = with_address(settled("editor"), address)
    ask(association, f" {holder.username.upper()}".strip())
    (letter,) = eventually(lambda: desk.mails(address))
    assert letter["Subject"] == "重设密码"
    assert holder.username in letter.get_content()
    redeemed = association.call("membership", "redeem_link", token=token(letter), new_password=NEW)
    assert redeemed.status == 200, redeemed.problem
    assert holder.sign_in(NEW).status == 201


@pytest.mark.rule(id="X11")
def test_of_a_mail_with_a_token_nothing_is_kept_once_it_has_left(
    association: Association, desk: Desk, settled: Make, address: str
) -> None:
    holder = with_address(settled(), address)
    ask(association, holder.username)
    (letter,) = eventually(lambda: desk.mails(address))
    id = letter["Message-ID"].strip("<>").partition("@")[0]
    row = f"SELECT state, content, recipient FROM chassis.mails WHERE id = '{id}'"
    gone = [{"state": "sent", "content": None, "recipient": None}]
    eventually(lambda: association.rows("membership", row) == gone)
    for table in ("chassis.jobs", "chassis.audit", "chassis.idempotency", "account_links", "accounts"):
        kept = association.rows("membership", f"SELECT t::text AS said FROM {table} t")
        assert not any(token(letter) in each["said"] or address in each["said"] for each in kept), table
    log = association.log.read_text()
    assert token(letter) not in log
    assert address not in log
    jobs = association.rows("membership", "SELECT j::text AS said FROM chassis.jobs j WHERE kind = 'send-link'")
    assert not any(holder.username in each["said"] for each in jobs)


@pytest.mark.rule(id="M11")
def test_known_unknown_closed_without_address_and_too_soon_are_answered_alike(
    association: Association, desk: Desk, settled: Make, opened: Make, address: str
) -> None:
    known, closed, bare, fresh = with_address(settled(), address), settled(), settled(), opened()
    with_address(closed, f"closed.{address}")
    administrator = association.person("administrator")
    association.call("membership", "close_account", as_=administrator, id=closed.id, reason="调离")
    names = [known.username, known.username, closed.username, bare.username, fresh.username, "nobody-at-all", "王@！"]
    answers = [ask(association, name) for name in names]
    assert all(answer.body == answers[0].body for answer in answers)
    assert all(answer.etag == answers[0].etag for answer in answers)
    results = association.rows(
        "membership", "SELECT DISTINCT state, result, problem, input FROM chassis.jobs WHERE kind = 'send-link'"
    )
    assert results == [{"state": "done", "result": {}, "problem": None, "input": {}}]
    eventually(lambda: desk.mails(address))
    assert len(desk.mails(address)) == 1
    assert desk.mails(f"closed.{address}") == []
    assert association.rows("membership", LINKS.format(known.id)) == [{"given_by": "asked-by-mail", "burned": False}]
    for other in (closed, bare, fresh):
        assert association.rows("membership", LINKS.format(other.id)) == []


@pytest.mark.rule(id="M11")
def test_the_answer_takes_the_same_statements_for_every_name(direct: Make) -> None:
    membership = direct()
    membership.holder(membership.administrator(), "known", "editor")
    made: list[list[str]] = []
    event.listen(
        membership.runtime.engine, "before_cursor_execute", lambda *said: made[-1].append(said[2].split("VALUES")[0])
    )
    for name in ("known", "unknown", "known"):
        made.append([])
        assert membership.call("request_link", username=name)["status"] == 202
    assert made[0]
    assert made[1] == made[2] == made[0]


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("bad", [{}, {"username": ""}, {"username": "a" * 101}, {"username": 7}])
def test_what_is_no_name_is_refused(association: Association, bad: dict[str, Any]) -> None:
    assert association.call("membership", "request_link", **bad).status == 422


@pytest.mark.rule(id="M11")
def test_ones_own_address_takes_the_password_and_burns_links(
    association: Association, settled: Make, opened: Make, address: str
) -> None:
    holder = settled()
    session = holder.sign_in()
    assert holder.call(session, "get_my_mail_address").body == {"mail_address": None}
    wrong = holder.call(session, "set_my_mail_address", mail_address=address, password="不是这个密码-2021")
    assert wrong.problem is not None
    assert (wrong.status, wrong.problem["code"], list(wrong.problem["errors"])) == (409, "wrong-password", ["password"])
    assert holder.call(session, "get_my_mail_address").body == {"mail_address": None}
    given = {"password": holder.password}
    administrator = association.person("administrator")
    link = association.call("membership", "give_link", as_=administrator, id=holder.id, purpose="reset")
    set_ = holder.call(session, "set_my_mail_address", mail_address=address, **given)
    assert (set_.status, set_.body) == (200, {"mail_address": "u***@example.com"})
    assert association.call("membership", "redeem_link", token=link["token"], new_password=NEW).status == 409
    for no_address in ("a", "a@example.com\n", "王@example.com"):
        refused = holder.call(session, "set_my_mail_address", mail_address=no_address, **given)
        assert refused.problem is not None
        assert (refused.status, refused.problem["rule"]) == (409, "X5")
    assert holder.call(session, "get_my_mail_address").body == {"mail_address": "u***@example.com"}
    with_address(holder, None)
    assert holder.call(session, "get_my_mail_address").body == {"mail_address": None}
    assert association.call("membership", "get_my_mail_address").status == 401
    new = opened()
    early = new.call(new.sign_in(), "set_my_mail_address", mail_address=address, password=new.password)
    assert early.problem is not None
    assert early.problem["code"] == "password-change-required"
