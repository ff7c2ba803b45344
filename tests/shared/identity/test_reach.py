"""How far a permission reaches: as far as the widest of the grants (M11)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Forbidden
from shared.identity.principals import PUBLIC, SIGNED_IN, Principal, authorise, permits
from shared.identity.reach import Grant, Grants, Own, OwnUnit, Reach, reach_of

READ, WRITE = "desk.letter.read", "desk.letter.write"
GRANTS: Grants = {
    "keeper": ["desk.*"],
    "member": [OwnUnit("desk.letter.*")],
    "writer": [Own("desk.letter.*"), OwnUnit(READ)],
    "guest": [Own(READ)],
    "none": [],
}


def somebody(*roles: str) -> Principal:
    return Principal("person", account="a", roles=frozenset(roles))


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("roles", "permission", "reach"),
    [
        (["keeper"], READ, Reach.ALL),
        (["member"], READ, Reach.UNIT),
        (["guest"], READ, Reach.OWN),
        (["writer"], WRITE, Reach.OWN),
        (["writer"], READ, Reach.UNIT),
        (["guest", "member"], READ, Reach.UNIT),
        (["guest", "member", "keeper"], READ, Reach.ALL),
        (["none", "guest"], READ, Reach.OWN),
        ([], PUBLIC, Reach.ALL),
        ([], SIGNED_IN, Reach.ALL),
        (["guest"], SIGNED_IN, Reach.ALL),
    ],
)
def test_a_permission_reaches_as_far_as_the_widest_grant(roles: list[str], permission: str, reach: Reach) -> None:
    assert authorise(somebody(*roles), permission, GRANTS) is reach


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(("role", "permission"), [("guest", WRITE), ("none", READ), ("stranger", READ)])
def test_what_no_grant_gives_reaches_nowhere(role: str, permission: str) -> None:
    assert reach_of(GRANTS, [role], permission) is None
    with pytest.raises(Forbidden):
        authorise(somebody(role), permission, GRANTS)


@pytest.mark.rule(id="M11")
def test_whoever_asks_for_yes_or_no_never_takes_a_limited_grant_for_the_whole() -> None:
    assert [permits(GRANTS, [role], READ) for role in ("keeper", "member", "writer", "guest")] == [
        True,
        False,
        False,
        False,
    ]


def grant(kind: Any) -> Any:
    return st.sampled_from([READ, WRITE, "desk.*", "other.*"]).map(kind)


@pytest.mark.rule(id="M11")
@given(
    st.dictionaries(
        st.sampled_from("abcd"), st.lists(st.one_of(grant(str), grant(OwnUnit), grant(Own)), max_size=4), min_size=1
    )
)
def test_roles_together_reach_as_far_as_the_one_that_reaches_furthest(grants: dict[str, list[Grant]]) -> None:
    each = [reach_of(grants, [role], READ) or 0 for role in grants]
    assert (reach_of(grants, grants, READ) or 0) == max(each)
