"""Second factors over the bus: enrolled, asked for, spent, removed, taken away (M11, X8)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.membership.sessions.rules import FREE_FAILURES
from shared.testing.association import Answer, Association

Make = Callable[..., Any]


def code_of(answer: Answer) -> str:
    assert answer.problem is not None
    return str(answer.problem["code"])


@pytest.mark.rule(id="M11")
def test_a_factor_counts_once_it_is_confirmed(association: Association, settled: Make, enrolled: Make) -> None:
    holder = settled("editor")
    session = holder.sign_in()
    assert holder.call(session, "get_my_second_factor").body == {
        "confirmed": False,
        "confirmed_at": None,
        "recovery_codes_left": 0,
    }
    begun = holder.call(session, "enrol_second_factor", password=holder.password)
    assert begun["secret"] in begun["uri"]
    assert begun["qr_svg"].startswith("<svg")
    assert holder.sign_in().status == 201
    assert code_of(holder.call(session, "confirm_second_factor", code="000000000")) == "wrong-code"
    assert holder.sign_in().status == 201
    other, device = enrolled("editor")
    state = other.call(other.sign_in(code=device.code()), "get_my_second_factor")
    assert (state["confirmed"], state["recovery_codes_left"]) == (True, 10)


@pytest.mark.rule(id="M11")
def test_another_key_takes_the_place_of_one_that_was_not_confirmed(
    association: Association, settled: Make, enrolled: Make
) -> None:
    holder, session = (each := settled()), each.sign_in()
    first, second = (holder.call(session, "enrol_second_factor", password=holder.password)["secret"] for _ in range(2))
    assert first != second
    enrolment, device = enrolled()
    signed_in = enrolment.sign_in(code=device.code())
    assert (
        code_of(enrolment.call(signed_in, "enrol_second_factor", password=enrolment.password)) == "second-factor-there"
    )
    assert code_of(enrolment.call(signed_in, "confirm_second_factor", code="123456")) == "no-enrolment"


@pytest.mark.rule(id="M11")
def test_signing_in_takes_password_and_code(association: Association, enrolled: Make) -> None:
    holder, device = enrolled("editor")
    missing = holder.sign_in()
    assert (missing.status, code_of(missing)) == (401, "second-factor-needed")
    assert code_of(holder.sign_in(code=" ")) == "second-factor-needed"
    wrong = holder.sign_in("不是这个密码-2021", code=device.code())
    assert (wrong.status, code_of(wrong)) == (401, "sign-in-failed")
    session = holder.sign_in(code=device.code())
    assert (session.status, session["roles"], session["must_enrol_second_factor"]) == (201, ["editor"], False)


@pytest.mark.rule(id="M11")
def test_a_code_counts_once_also_for_two_at_once(association: Association, enrolled: Make) -> None:
    holder, device = enrolled()
    code = device.code()
    with ThreadPoolExecutor(4) as pool:
        statuses = [answer.status for answer in pool.map(lambda _: holder.sign_in(code=code), range(4))]
    assert sorted(statuses) == [201, 401, 401, 401]
    assert holder.sign_in(code=device.code(steps=1)).status == 201


@pytest.mark.rule(id="M11")
def test_a_wrong_code_counts_as_a_wrong_password_and_a_right_password_forgives_nothing(
    association: Association, enrolled: Make
) -> None:
    holder, device = enrolled()
    for _ in range(FREE_FAILURES):
        assert code_of(holder.sign_in()) == "second-factor-needed"
        assert code_of(holder.sign_in(code="000000000")) == "sign-in-failed"
    assert holder.sign_in().status == 429
    assert holder.sign_in(code=device.code()).status == 429


@pytest.mark.rule(id="M11")
def test_a_wrong_code_and_a_wrong_password_are_told_alike(association: Association, enrolled: Make) -> None:
    holder, device = enrolled()
    told = [
        {**answer.problem, "correlation_id": None}
        for answer in (
            holder.sign_in(code="000000000"),
            holder.sign_in("不是这个密码-2021"),
            holder.sign_in("不是这个密码-2021", code=device.code()),
        )
        if answer.problem
    ]
    assert len(told) == 3
    assert told[0] == told[1] == told[2]


@pytest.mark.rule(id="M11")
def test_each_recovery_code_stands_for_the_device_once(association: Association, settled: Make, enrolled: Make) -> None:
    holder, other = settled(), enrolled()[0]
    session = holder.sign_in()
    secret = holder.call(session, "enrol_second_factor", password=holder.password)["secret"]
    device = type(enrolled()[1])(secret)
    codes = holder.call(session, "confirm_second_factor", code=device.code())["recovery_codes"]
    assert len(set(codes)) == 10
    assert other.sign_in(code=codes[0]).status == 401
    assert holder.sign_in(code=codes[0].lower().replace("-", " ")).status == 201
    assert holder.sign_in(code=codes[0]).status == 401
    assert holder.sign_in(code=codes[1]).status == 201
    assert holder.call(session, "get_my_second_factor")["recovery_codes_left"] == 8


@pytest.mark.rule(id="X5")
def test_neither_key_nor_codes_are_kept_or_logged(association: Association, settled: Make, enrolled: Make) -> None:
    holder = settled()
    session = holder.sign_in()
    secret = holder.call(session, "enrol_second_factor", password=holder.password)["secret"]
    shown = type(enrolled()[1])(secret).code()
    codes = holder.call(session, "confirm_second_factor", code=shown)["recovery_codes"]
    assert holder.sign_in(code=codes[0]).status == 201
    tables = association.rows(
        "membership",
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
        "WHERE table_schema IN ('public', 'chassis')",
    )
    kept = [str(association.rows("membership", f"SELECT t::text FROM {table['name']} t")) for table in tables]
    kept.append(association.log.read_text())
    assert len(kept) > 10
    for each in (secret, secret.encode().hex(), *codes, *(code.replace("-", "") for code in codes)):
        assert not any(each in content for content in kept)


@pytest.mark.rule(id="M11")
def test_a_factor_is_removed_on_password_and_code(association: Association, enrolled: Make) -> None:
    holder, device = enrolled()
    session = holder.sign_in(code=device.code())
    for password, code in (("不是这个密码-2021", device.code(steps=1)), (holder.password, "000000000")):
        refused = holder.call(session, "remove_my_second_factor", password=password, code=code)
        assert (refused.status, code_of(refused)) == (409, "wrong-proof")
    removed = holder.call(session, "remove_my_second_factor", password=holder.password, code=device.code(steps=1))
    assert removed.status == 204, removed.problem
    assert holder.sign_in().status == 201
    kept = association.rows(
        "membership", f"SELECT removed_by, sealed_key FROM second_factors WHERE account_id = '{holder.id}'"
    )
    assert kept == [{"removed_by": f"account:{holder.id}", "sealed_key": None}]
    again = holder.call(session, "remove_my_second_factor", password=holder.password, code=device.code())
    assert code_of(again) == "no-second-factor"
    assert holder.call(session, "enrol_second_factor", password=holder.password).status == 200


@pytest.mark.rule(id="M11")
def test_guessing_at_a_factor_with_a_stolen_token_is_slowed_down_too(association: Association, enrolled: Make) -> None:
    holder, device = enrolled()
    session = holder.sign_in(code=device.code())
    for _ in range(FREE_FAILURES):
        holder.call(session, "remove_my_second_factor", password=holder.password, code="000000000")
    locked = holder.call(session, "remove_my_second_factor", password=holder.password, code=device.code(steps=1))
    assert locked.status == 429


@pytest.mark.rule(id="M11")
def test_who_finds_a_session_open_enrols_no_factor(association: Association, settled: Make) -> None:
    holder = settled()
    session = holder.sign_in()
    for _ in range(FREE_FAILURES):
        refused = holder.call(session, "enrol_second_factor", password="不是这个密码-2021")
        assert (refused.status, code_of(refused)) == (409, "wrong-password")
    assert holder.call(session, "enrol_second_factor", password=holder.password).status == 429
    assert holder.call(session, "get_my_second_factor")["confirmed"] is False
    kept = f"SELECT 1 FROM second_factors WHERE account_id = '{holder.id}'"
    assert association.rows("membership", kept) == []


@pytest.mark.rule(id="X8")
def test_an_administrator_takes_a_factor_off_somebody_else_only(association: Association, enrolled: Make) -> None:
    holder, device = enrolled("administrator")
    session = holder.sign_in(code=device.code())
    own = holder.call(session, "reset_second_factor", id=holder.id)
    assert (own.status, code_of(own)) == (409, "own-account")
    administrator = association.person("administrator")
    taken = association.call("membership", "reset_second_factor", as_=administrator, id=holder.id)
    assert taken.status == 204
    assert holder.call(session, "get_my_account").status == 401
    assert holder.sign_in().status == 201
    again = association.call("membership", "reset_second_factor", as_=administrator, id=holder.id)
    assert code_of(again) == "no-second-factor"


@pytest.mark.rule(id="M11")
def test_with_a_one_time_secret_nothing_is_enrolled(association: Association, opened: Make) -> None:
    holder = opened("officer")
    session = holder.sign_in()
    for operation, given in (("enrol_second_factor", {"password": holder.password}), ("get_my_second_factor", {})):
        assert code_of(holder.call(session, operation, **given)) == "password-change-required"


@pytest.mark.rule(id="M11")
def test_a_signer_without_a_factor_may_only_enrol_one_where_signers_need_it(direct: Make, enrolled: Make) -> None:
    membership = direct(second_factor="signers")
    administrator = membership.administrator()
    token = membership.holder(administrator, "zhang", "officer")
    password = "汾河水长流-2021年"
    session = membership.call("sign_in", username="zhang", password=password)["body"]
    assert (session["roles"], session["units"], session["must_enrol_second_factor"]) == ([], [], True)
    assert membership.call("list_units", token)["status"] == 403
    given = {"password": password, "name": "机器", "scopes": ["membership.*"], "expires_on": "2099-01-01"}
    refused = membership.call("make_api_token", session["access_token"], **given)["problem"]
    assert refused["code"] == "second-factor-enrolment-required"
    secret = membership.call("enrol_second_factor", token, password=password)["body"]["secret"]
    device = type(enrolled()[1])(secret)
    assert membership.call("confirm_second_factor", token, code=device.code())["status"] == 200
    refreshed = membership.call("refresh_session", refresh_token=session["refresh_token"])["body"]
    assert (refreshed["roles"], refreshed["must_enrol_second_factor"]) == (["officer"], False)
    assert membership.call("list_units", refreshed["access_token"])["status"] == 200
    membership.holder(administrator, "wang", "editor")
    other = membership.call("sign_in", username="wang", password=password)["body"]
    assert (other["roles"], other["must_enrol_second_factor"]) == (["editor"], False)


@pytest.mark.rule(id="M11")
def test_where_it_is_optional_a_signer_may_do_without(direct: Make) -> None:
    membership = direct()
    membership.holder(membership.administrator(), "zhang", "officer")
    session = membership.call("sign_in", username="zhang", password="汾河水长流-2021年")["body"]
    assert (session["roles"], session["must_enrol_second_factor"]) == (["officer"], False)
