"""Who asks, and whether they may."""

import base64
import json
from dataclasses import replace
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
    allows,
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


def test_a_machine_is_held_to_what_its_token_names(membership: Keyring, finance: Keyring) -> None:
    token = issue_access(membership, account="a", person="p", session="s", roles=["all"], scopes=["certification.*"])
    assert authenticate(finance, f"Bearer {token}").scopes == frozenset({"certification.*"})
    nothing = issue_access(membership, account="a", person="p", session="s", roles=["all"], scopes=[])
    assert authenticate(finance, f"Bearer {nothing}").scopes == frozenset()
    assert authenticate(finance, f"Bearer {access(membership)}").scopes is None


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


@pytest.mark.parametrize("kind", ["manifest", "identity", "Access", ""])
def test_another_statement_of_who_signs_people_in_is_no_token(membership: Keyring, finance: Keyring, kind: str) -> None:
    claims = {"sub": "a", "person": None, "sid": "s", "roles": ["all"], "units": [], "exp": 2**40}
    assert authenticate(finance, f"Bearer {membership.sign('access', claims)}").account == "a"
    with pytest.raises(Unauthenticated) as refused:
        authenticate(finance, f"Bearer {membership.sign(kind, claims)}")
    assert refused.value.code == "bad-token"


def rewritten(token: str, part: int, **changed: object) -> str:
    """A token with its header (0) or its claims (1) written anew, under the signature it had."""
    parts = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4)))
    parts[part] = base64.urlsafe_b64encode(json.dumps({**content, **changed}).encode()).decode().rstrip("=")
    return ".".join(parts)


def test_a_token_that_was_tampered_with_is_none(membership: Keyring, finance: Keyring) -> None:
    token = access(membership)
    unsigned = rewritten(token, 0, alg="none")
    tampered = [
        rewritten(token, 1, roles=["all"]),
        rewritten(token, 1, exp=2**40),
        rewritten(token, 1, scopes=None),
        unsigned,
        unsigned.rpartition(".")[0] + ".",
        token.rpartition(".")[0] + "." + access(finance).rpartition(".")[2],
        token.rpartition(".")[0],
    ]
    assert rewritten(token, 1) != token  # other separators: not the same bytes
    for each in tampered:
        with pytest.raises(Unauthenticated) as refused:
            authenticate(finance, f"Bearer {each}")
        assert refused.value.code == "bad-token"


def test_a_token_of_nobody_opens_what_anybody_may_and_nothing_else(membership: Keyring, finance: Keyring) -> None:
    nobody = authenticate(
        finance, f"Bearer {issue_access(membership, account='a', person=None, session='s', roles=[])}"
    )
    authorise(nobody, PUBLIC, GRANTS)
    authorise(nobody, SIGNED_IN, GRANTS)
    for permission in ("certification.batch.see", "*"):
        with pytest.raises(Forbidden):
            authorise(nobody, permission, GRANTS)


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


def machine(*scopes: str) -> Principal:
    return Principal("person", account="a", roles=frozenset({"officer"}), scopes=frozenset(scopes))


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("scopes", "permission", "may"),
    [
        (["certification.batch.open"], "certification.batch.open", True),
        (["certification.*"], "certification.batch.open", True),
        (["membership.*", "certification.batch.*"], "certification.batch.open", True),
        (["certification.batch.see"], "certification.batch.open", False),
        (["membership.unit.see"], "membership.unit.see", False),
        (["certification.*"], "certification.certificate.revoke", False),
        ([], "certification.batch.open", False),
        ([], PUBLIC, True),
        ([SIGNED_IN], SIGNED_IN, True),
        (["certification.*"], SIGNED_IN, False),
        ([], SIGNED_IN, False),
    ],
)
def test_a_machine_may_what_its_roles_and_its_scopes_allow(scopes: list[str], permission: str, may: bool) -> None:
    if may:
        authorise(machine(*scopes), permission, GRANTS)
        return
    with pytest.raises(Forbidden):
        authorise(machine(*scopes), permission, GRANTS)


PERMISSIONS = st.sampled_from(["certification.batch.see", "membership.unit.see", "x.y.z", SIGNED_IN])


@given(st.sets(st.sampled_from(sorted(GRANTS))), st.sets(PERMISSIONS | st.just("certification.*")), PERMISSIONS)
def test_scopes_never_allow_more(roles: set[str], scopes: set[str], permission: str) -> None:
    whole = Principal("person", account="a", roles=frozenset(roles))
    assert allows(whole, permission, GRANTS) >= allows(replace(whole, scopes=frozenset(scopes)), permission, GRANTS)


@pytest.mark.parametrize("permission", [SIGNED_IN, "certification.batch.see", "*"])
def test_nobody_is_asked_to_sign_in_first(permission: str) -> None:
    with pytest.raises(Unauthenticated):
        authorise(ANONYMOUS, permission, GRANTS)


@given(st.sets(st.sampled_from(sorted(GRANTS))), st.sampled_from(["certification.batch.see", "x.y.z"]))
def test_more_roles_never_allow_less(roles: set[str], permission: str) -> None:
    for role in roles:
        assert permits(GRANTS, roles, permission) >= permits(GRANTS, {role}, permission)
