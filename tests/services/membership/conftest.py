"""People with accounts, as an administrator makes them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person

PASSWORD = "汾河水长流-2021年"


@dataclass(frozen=True)
class Holder:
    """An account and how its holder signs in."""

    association: Association
    id: str
    username: str
    person: str | None
    password: str

    def sign_in(self, password: str | None = None, **given: Any) -> Answer:
        return self.association.call(
            "membership", "sign_in", username=self.username, password=password or self.password, **given
        )

    def call(self, access: Answer, operation: str, **given: Any) -> Answer:
        """Call an operation of membership under the access token in an answer."""
        token = Person(access["access_token"], self.id, str(self.person))
        return self.association.call("membership", operation, as_=token, **given)


@pytest.fixture
def opened(association: Association) -> Callable[..., Holder]:
    """``opened("editor", …)`` → an account with those roles that still has its one-time secret."""

    def open_one(*roles: str, person: bool = True) -> Holder:
        administrator, username = association.person("administrator"), f"u{new_id().hex[-12:]}"
        stands = (
            association.call("membership", "register_person", as_=administrator, name="田间")["id"] if person else None
        )
        account = association.call(
            "membership",
            "open_account",
            as_=administrator,
            username=username,
            person_id=stands,
            roles=list(roles),
        )
        return Holder(association, account["id"], username, stands, account["one_time_secret"])

    return open_one


@pytest.fixture
def settled(association: Association, opened: Callable[..., Holder]) -> Callable[..., Holder]:
    """``settled("editor", …)`` → an account with those roles and a password of its own."""

    def settle(*roles: str, person: bool = True) -> Holder:
        new = opened(*roles, person=person)
        changed = new.call(new.sign_in(), "change_my_password", old_password=new.password, new_password=PASSWORD)
        assert changed.status == 200, changed.problem
        return Holder(association, new.id, new.username, new.person, PASSWORD)

    return settle
