"""User names, passwords, one-time secrets and roles (M11)."""

import json
import unicodedata
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.accounts import rules
from services.membership.accounts.rules import Secret
from services.membership.data import roles_that_follow
from shared.errors import Refused

DATA = files("services.membership") / "data"
COMMON = frozenset(json.loads((DATA / "common_passwords.json").read_text("utf-8"))["passwords"])
ROLES = {role["code"]: role for role in json.loads((DATA / "roles.json").read_text("utf-8"))["roles"]}
GOOD = "汾河水长流-2021年"


def new(text: str, username: str = "zhaojin") -> str:
    return rules.new_password(text, username=username, common=COMMON)


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("zhao.jin", "zhao.jin"),
        ("ZhaoJin", "zhaojin"),
        ("ｚｈａｏ１", "zhao1"),
        ("abc", "abc"),
        ("a" * 32, "a" * 32),
    ],
)
def test_a_user_name_has_one_form(typed: str, kept: str) -> None:
    assert rules.username(typed) == kept


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    "typed",
    ["", "ab", "a" * 33, "1abc", "zhao jin", "赵进赵进", "abc\n", "zhao@jin", "ßeta", "İstanbul", "аbcd"],
)
def test_what_is_no_user_name(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.username(typed)
    assert (refused.value.rule, refused.value.code) == ("M11", "username")


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("typed", ["system", "ＳＹＳＴＥＭ", "anonymous"])
def test_the_systems_own_names_are_taken(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.username(typed)
    assert refused.value.code == "username-reserved"


@pytest.mark.rule(id="M11")
@given(st.text(max_size=40))
def test_a_user_name_read_twice_is_the_same(text: str) -> None:
    try:
        name = rules.username(text)
    except Refused:
        return
    assert rules.username(name) == name
    assert name.isascii()


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("text", [GOOD, "abcde fghi", "x9!" + "长" * 125, "correct horse battery"])
def test_a_password_of_one_s_own(text: str) -> None:
    assert new(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abcdefghi", "password-length"),
        ("abcd" * 33, "password-length"),
        ("\ufdfa", "password-length"),
        ("abcdefgh" + "\ufdfa" * 8, "password-length"),
        ("fenhe\0shui99", "password-characters"),
        ("fenhe\nshui99", "password-characters"),
        ("fenhe\ud800shui99", "password-characters"),
        ("my-ZhaoJin-77", "password-holds-username"),
        ("ｚｈａｏｊｉｎ－７７－ａｂ", "password-holds-username"),
        ("1234567890", "password-common"),
        ("Password123", "password-common"),
        ("ｑｗｅｒｔｙｕｉｏｐ", "password-common"),
        ("1qaz2wsx3EDC", "password-common"),
        ("shanxi2021", "password-common"),
        ("woaini1314520", "password-common"),
        ("          ", "password-common"),
        ("ababababababab", "password-common"),
    ],
)
def test_what_is_no_password(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        new(text)
    assert (refused.value.rule, refused.value.code) == ("M11", code)
    assert list(refused.value.errors or {}) == ["new_password"]
    assert text not in str(refused.value.as_dict("en")) + str(refused.value.as_dict("zh"))


@pytest.mark.rule(id="M11")
def test_full_width_and_composed_forms_are_one_password() -> None:
    assert new("ｆｅｎｈｅ－ｓｈｕｉ") == new("fenhe-shui")
    assert new("cafe\u0301-in-the-mall") == new("caf\u00e9-in-the-mall")
    assert rules.normalise_password("ｆｅｎｈｅ－ｓｈｕｉ") == new("fenhe-shui")


@pytest.mark.rule(id="M11")
@given(st.text(max_size=140))
def test_an_accepted_password_is_long_enough_and_stable(text: str) -> None:
    try:
        password = new(text)
    except Refused:
        return
    assert 10 <= len(password) <= 128
    assert rules.normalise_password(password) == password
    assert "zhaojin" not in password.lower()


@pytest.mark.rule(id="M11")
def test_every_listed_password_is_one_that_could_be_chosen_otherwise() -> None:
    assert len(COMMON) > 250
    for listed in COMMON:
        assert listed == unicodedata.normalize("NFKC", listed).casefold()
        assert len(listed) >= rules.MIN_LENGTH
        assert rules.new_password(listed, username="nobodyelse", common=()) == listed


@pytest.mark.rule(id="M11")
def test_nothing_is_done_with_a_one_time_secret_but_its_exchange() -> None:
    with pytest.raises(Refused) as refused:
        rules.check_settled(Secret.ONE_TIME)
    assert refused.value.code == "password-change-required"
    rules.check_settled(Secret.OWN)


def replace(text: str) -> str:
    return rules.replacement(text, given="Kq7-vR2m-Zt9x", username="zhaojin", common=COMMON)


@pytest.mark.rule(id="M11")
def test_a_password_takes_the_place_of_what_was_there_before() -> None:
    assert replace(GOOD) == unicodedata.normalize("NFKC", GOOD)


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kq7-vR2m-Zt9x", "password-unchanged"),
        ("Ｋｑ７－ｖＲ２ｍ－Ｚｔ９ｘ", "password-unchanged"),
        ("short", "password-length"),
    ],
)
def test_what_was_there_before_or_a_bad_password_does_not_take_its_place(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        replace(text)
    assert refused.value.code == code


@pytest.mark.rule(id="M11")
def test_roles_are_those_of_the_data() -> None:
    assert {code: role["label"]["zh"] for code, role in ROLES.items()} == {
        "administrator": "系统管理员",
        "exam_officer": "考务员",
        "assessor": "考评员",
        "exam_supervisor": "督导员",
        "editor": "编辑",
        "correspondent": "信息员",
        "accountant": "会计",
        "clerk": "秘书处办事员",
        "cashier": "出纳",
        "officer": "负责人",
        "inspector": "监督检查员",
        "deputy_secretary_general": "副秘书长",
        "acting_secretary_general": "代行秘书长职权",
        "legal_counsel": "法律顾问（律师）",
        "representative": "单位代表",
    }
    assert rules.roles(["editor", "clerk", "editor"], ROLES) == {"editor", "clerk"}
    assert rules.roles([], ROLES) == frozenset()
    with pytest.raises(Refused) as refused:
        rules.roles(["editor", "president"], ROLES)
    assert refused.value.code == "unknown-role"
    assert "president" in refused.value.detail.en


@pytest.mark.rule(id="X8")
def test_only_an_administrator_s_account_has_no_person_behind_it() -> None:
    rules.check_person(False, {"administrator"})
    rules.check_person(False, set())
    rules.check_person(True, {"accountant", "administrator"})
    with pytest.raises(Refused) as refused:
        rules.check_person(False, {"administrator", "clerk"})
    assert (refused.value.rule, refused.value.code) == ("X8", "person-needed")


@pytest.mark.rule(id="M11")
def test_one_who_can_administer_remains() -> None:
    rules.check_administrators_left(1)
    with pytest.raises(Refused) as refused:
        rules.check_administrators_left(0)
    assert refused.value.code == "last-administrator"


@pytest.mark.rule(id="M11")
@pytest.mark.rule(id="M2")
def test_a_role_that_follows_from_what_is_on_file_is_not_granted() -> None:
    following = roles_that_follow()
    assert following == {"representative", "deputy_secretary_general", "acting_secretary_general"}
    rules.check_grantable(frozenset(ROLES) - following, following)
    for role in following:
        with pytest.raises(Refused) as refused:
            rules.check_grantable({"clerk", role}, following)
        assert (refused.value.rule, refused.value.code) == ("M11", "role-follows")
