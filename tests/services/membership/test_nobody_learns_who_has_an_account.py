"""What signing in tells, and how long it hashes, is the same whether a name has an account or not (M11)."""

from collections.abc import Callable
from typing import Any

import pytest

from services.membership.accounts import credentials
from services.membership.sessions.rules import FREE_FAILURES

Make = Callable[..., Any]
WRONG = "不是这个密码-2021"
PASSWORD = "汾河水长流-2021年"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was compared with a password, in order: the time it takes is that of so many comparisons."""
    compared: list[str] = []
    verify = credentials._verify

    def counted(password_hash: str, password: str) -> bool:
        compared.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(credentials, "_verify", counted)
    return compared


def cost(password_hash: str) -> str:
    """The parameters in a hash, which its time follows from."""
    return password_hash.rpartition("$")[0].rpartition("$")[0]


@pytest.mark.rule(id="M11")
def test_unknown_wrong_closed_and_expired_are_answered_alike_after_the_same_work(
    direct: Make, hashed: list[str]
) -> None:
    membership = direct()
    administrator = membership.administrator()
    for name in ("known", "closed", "expired"):
        membership.holder(administrator, name, "editor")
    accounts = membership.call("list_accounts", administrator)["body"]["items"]
    closed = next(each["id"] for each in accounts if each["username"] == "closed")
    assert membership.call("close_account", administrator, id=closed, reason="调离")["status"] == 200
    with membership.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET secret_expires_at = now() WHERE username = 'expired'")
    hashed.clear()
    attempts = [
        ("known", WRONG),
        ("unknown", WRONG),
        ("closed", PASSWORD),
        ("expired", PASSWORD),
        ("不是用户名！", WRONG),
    ]
    answers = [membership.call("sign_in", username=name, password=password) for name, password in attempts]
    assert len(hashed) == len(attempts)
    assert len({cost(each) for each in hashed}) == 1
    told = [{**answer["problem"], "correlation_id": None} for answer in answers]
    assert all(each == told[0] for each in told)
    assert told[0]["code"] == "sign-in-failed"


@pytest.mark.rule(id="M11")
def test_locked_names_are_answered_alike_and_without_any_work(direct: Make, hashed: list[str]) -> None:
    membership = direct()
    membership.holder(membership.administrator(), "known", "editor")
    hashed.clear()
    answers = []
    for name, password in (("known", PASSWORD), ("unknown", WRONG)):
        for _ in range(FREE_FAILURES):
            assert membership.call("sign_in", username=name, password=WRONG)["status"] == 401
        compared = len(hashed)
        answers.append(membership.call("sign_in", username=name, password=password)["problem"])
        assert len(hashed) == compared
    assert len(hashed) == 2 * FREE_FAILURES
    waits = {answer.pop("retry_after") for answer in answers}
    assert waits <= {29, 30}
    for answer in answers:
        answer.update(correlation_id=None, detail=None)  # the seconds stand in the sentence
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "sign-in-locked"
