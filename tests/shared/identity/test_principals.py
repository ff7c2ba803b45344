"""Who asks, and whether they may."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import wall_now
from shared.errors import Forbidden, Unauthenticated
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.principals import (
    ACCESS_LIFETIME,
    ANONYMOUS,
    PUBLIC,
    SERVICE_LIFETIME,
    SIGNED_IN,
    Principal,
    authenticate,
    authorise,
    issue_access,
    issue_service,
    permits,
)

GRANTS = {
    "officer": ["certification.batch.*"],
    "clerk": ["certification.batch.see", "membership.unit.see"],
    "all": ["*"],
    "none": [],
    "service:finance": ["certification.batch.see"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder, {"membership": [TOKENS], "finance": []})
    return folder


@pytest.fixture(scope="module")
def membership(folder: Path) -> Keyring:
    return Keyring.load(folder, "membership")


@pytest.fixture(scope="module")
def finance(folder: Path) -> Keyring:
    return Keyring.load(folder, "finance")


def access(keyring: Keyring, lifetime: timedelta = ACCESS_LIFETIME) -> str:
    return issue_access(keyring, account="a", person="p", session="s", roles=["x", "y"], units=["u"], lifetime=lifetime)


def test_a_person_is_who_the_token_says(membership: Keyring, finance: Keyring) -> None:
    found = authenticate(finance, f"Bearer {access(membership)}")
    assert found == Principal("person", "a", "p", None, "s", frozenset({"x", "y"}), frozenset({"u"}))
    assert found.name == "account:a"


def test_a_service_is_who_signed_and_nobody_else(membership: Keyring, finance: Keyring) -> None:
    found = authenticate(membership, f"Bearer {issue_service(finance)}")
    assert (found.kind, found.service, found.roles) == ("service", "finance", frozenset())
    assert found.name == "service:finance"


def test_no_header_is_the_anonymous_principal(finance: Keyring) -> None:
    assert authenticate(finance, None) == authenticate(finance, "") == ANONYMOUS
    assert ANONYMOUS.name == "anonymous"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_scheme_is_read_loosely(membership: Keyring, scheme: str) -> None:
    assert authenticate(membership, f"{scheme} {access(membership)}").account == "a"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "Bearer x", "x", "Bearer a b c"])
def test_any_other_header_is_refused(finance: Keyring, header: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        authenticate(finance, header)
    assert refused.value.code == "bad-token"


def test_only_who_was_granted_it_signs_people_in(membership: Keyring, finance: Keyring) -> None:
    with pytest.raises(Unauthenticated) as refused:
        authenticate(membership, f"Bearer {access(finance)}")
    assert refused.value.code == "bad-token"


def test_a_token_holds_until_its_time_is_over_also_when_it_is_remembered(membership: Keyring, finance: Keyring) -> None:
    person, service = f"Bearer {access(membership)}", f"Bearer {issue_service(membership)}"
    for header, lifetime in ((person, ACCESS_LIFETIME), (service, SERVICE_LIFETIME)):
        authenticate(finance, header)
        with time_machine.travel(wall_now() + lifetime - timedelta(seconds=5), tick=False):
            authenticate(finance, header)
        with time_machine.travel(wall_now() + lifetime + timedelta(seconds=1), tick=False):
            with pytest.raises(Unauthenticated) as refused:
                authenticate(finance, header)
            assert refused.value.code == "token-expired"


# --- permissions --------------------------------------------------------------------------------------------


def person(*roles: str) -> Principal:
    return Principal("person", account="a", roles=frozenset(roles))


FINANCE = Principal("service", service="finance")


@pytest.mark.parametrize(
    ("principal", "permission"),
    [
        (ANONYMOUS, PUBLIC),
        (person(), PUBLIC),
        (FINANCE, PUBLIC),
        (person(), SIGNED_IN),
        (person("officer"), "certification.batch.open"),
        (person("none", "clerk"), "membership.unit.see"),
        (person("all"), "anything.at.all"),
        (FINANCE, "certification.batch.see"),
    ],
)
def test_who_may(principal: Principal, permission: str) -> None:
    authorise(principal, permission, GRANTS)


@pytest.mark.parametrize(
    ("principal", "permission"),
    [
        (person(), "certification.batch.open"),
        (person("none"), "certification.batch.open"),
        (person("stranger"), "certification.batch.open"),
        (person("clerk"), "certification.batch.open"),
        (person("officer"), "certification.certificate.revoke"),
        (person("officer"), "certificationXbatch.open"),
        (person("service:finance"), "certification.batch.see"),
        (FINANCE, "certification.batch.open"),
        (FINANCE, SIGNED_IN),
        (Principal("service", service="governance"), "certification.batch.see"),
    ],
)
def test_who_may_not(principal: Principal, permission: str) -> None:
    with pytest.raises(Forbidden):
        authorise(principal, permission, GRANTS)


@pytest.mark.parametrize("permission", [SIGNED_IN, "certification.batch.see", "*"])
def test_nobody_is_asked_to_sign_in_first(permission: str) -> None:
    with pytest.raises(Unauthenticated):
        authorise(ANONYMOUS, permission, GRANTS)


@given(st.sets(st.sampled_from(sorted(GRANTS))), st.sampled_from(["certification.batch.see", "x.y.z"]))
def test_more_roles_never_allow_less(roles: set[str], permission: str) -> None:
    for role in roles:
        assert permits(GRANTS, roles, permission) >= permits(GRANTS, {role}, permission)
