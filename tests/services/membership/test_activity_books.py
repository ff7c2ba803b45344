"""What does not fit together about activities and gifts is found, in membership and in finance (M9, G21, X7)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from services.finance.books import everything_is_posted_once, gifts_are_as_told, gifts_given_are_expenditures
from services.membership.activities.gifts import books as gifts
from services.membership.activities.planning import books as planning
from services.membership.activities.sign_ups import books as sign_ups
from shared.books.declared import Faults
from shared.books.look import Look
from shared.plugins import plugins
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.spoiling import Spoiler, spoiling

if TYPE_CHECKING:
    from tests.services.membership.conftest import Organiser

MEMBERSHIP = (*planning.CHECKS, *sign_ups.CHECKS, *gifts.CHECKS)
FINANCE = (everything_is_posted_once, gifts_are_as_told, gifts_given_are_expenditures)


class Books:
    """The books of membership and finance, with one of the two spoiled."""

    def __init__(self, organiser: "Organiser", spoilers: Mapping[str, Spoiler]) -> None:
        self.organiser = organiser
        self.spoilers = spoilers
        self.sessions: dict[str, Session] = {name: each.session for name, each in spoilers.items()}

    def faults(self) -> set[str]:
        checks: dict[str, tuple[Callable[[Look], Faults], ...]] = {"membership": MEMBERSHIP, "finance": FINANCE}
        return {
            f"{fault.where}: {fault.what.en}"
            for service, each in checks.items()
            for check in each
            for fault in check(Look(plugins()[service], self.sessions))
        }

    def spoil(self, service: str, statement: str, about: str) -> None:
        """Do this to the database, and see that a fault is found that names ``about``."""
        before, savepoint = self.faults(), self.sessions[service].begin_nested()
        self.spoilers[service].execute(statement)
        found = self.faults() - before
        savepoint.rollback()
        assert any(about in fault for fault in found), (statement, found)


@pytest.fixture
def books(
    organiser: "Organiser", postgres: EmbeddedPostgres, database_urls: dict[str, str]
) -> Iterator[Callable[[], Books]]:
    with ExitStack() as opened:

        def open_() -> Books:
            names = ("membership", "finance")
            databases = {name: str(make_url(database_urls[name]).database) for name in names}
            return Books(
                organiser,
                {n: opened.enter_context(spoiling(postgres.admin_url, each)) for n, each in databases.items()},
            )

        yield open_


@contextmanager
def nothing_wrong_with(books: Books, *ids: str) -> Iterator[None]:
    """What was made here is right before it is spoiled; other tests tell what nobody did."""
    assert not [fault for fault in books.faults() if any(id in fault for id in ids)]
    yield


@pytest.mark.rule(id="M9")
def test_sign_ups_and_activities(organiser: "Organiser", books: Callable[[], Books]) -> None:
    id = organiser.opened(capacity=1)
    unit, somebody = organiser.unit()
    first, second = (each["id"] for each in organiser.sign_up(id, unit, somebody, "赵进", "陈芳")["items"])
    organiser.call("withdraw_sign_up", somebody, id=first)
    eventually(lambda: organiser.state(second) == "registered")
    off = organiser.opened()
    stood = organiser.sign_up(off, unit, somebody)["items"][0]["id"]
    organiser.call("call_off_activity", id=off, reason="疫情防控")
    opened = books()
    with nothing_wrong_with(opened, id, first, second, off, stood):
        for subject in (f"sign-up/{first}", f"sign-up/{second}", f"activity/{id}", f"activity/{off}"):
            types = [type_ for type_, _ in organiser.told(subject)]
            for type_ in types:
                gone = f"DELETE FROM chassis.outbox WHERE subject = '{subject}' AND type = '{type_}'"
                opened.spoil("membership", gone, subject.partition("/")[2])
        opened.spoil("membership", f"UPDATE activity_places SET registered = 0 WHERE activity_id = '{id}'", id)
        opened.spoil("membership", f"UPDATE activity_places SET last_place = 9 WHERE activity_id = '{id}'", id)
        opened.spoil("membership", f"DELETE FROM sign_ups WHERE id = '{second}'", second)
        waits = f"UPDATE sign_ups SET state = 'waiting' WHERE id = '{second}'"
        counted = f"UPDATE activity_places SET registered = 0, waiting = 1 WHERE activity_id = '{id}'"
        opened.spoil("membership", f"{waits}; {counted}", id)


@pytest.mark.rule(id="M9")
@pytest.mark.rule(id="X7")
def test_gifts(organiser: "Organiser", books: Callable[[], Books]) -> None:
    accountant = organiser.association.person("accountant")
    well = {"amount": "5.00", "means": "bank", "donor": "anonymous", "purpose": "乡村小学"}
    came = organiser.call("record_gift_received", **well)["id"]
    goes = organiser.call("record_gift_given", accountant, amount="6.00", recipient="某村", purpose="慰问")["id"]
    organiser.call("reverse_gift", id=came, reason="重复登记")
    posted = f"SELECT 1 FROM vouchers WHERE source_kind = 'gift_reversal' AND source_id = '{came}'"
    asked = f"SELECT 1 FROM expenditures WHERE id = '{goes}'"
    eventually(lambda: organiser.association.rows("finance", posted) and organiser.association.rows("finance", asked))
    opened = books()
    with nothing_wrong_with(opened, came, goes):
        for gift in (came, goes):
            for type_, _ in organiser.told(f"gift/{gift}"):
                gone = f"DELETE FROM chassis.outbox WHERE subject = 'gift/{gift}' AND type = '{type_}'"
                opened.spoil("membership", gone, gift)
            opened.spoil("finance", f"DELETE FROM gifts WHERE gift_id = '{gift}'", gift)
            opened.spoil("finance", f"UPDATE gifts SET amount = 1 WHERE gift_id = '{gift}'", gift)
        opened.spoil("finance", f"DELETE FROM vouchers WHERE source_id = '{came}' AND source_kind = 'gift'", came)
        opened.spoil("finance", f"DELETE FROM expenditures WHERE id = '{goes}'", goes)
        opened.spoil("membership", f"UPDATE gifts SET state = 'paid' WHERE id = '{goes}'", goes)
