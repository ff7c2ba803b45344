"""The loop that sends mail: only what was committed, never lost, repeated under one id, and forgotten in time (X11)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.clock import wall_now
from shared.identity.principals import Principal
from shared.mail.letters import Letter
from shared.mail.posting import post
from shared.mail.sending import BATCH, MailSender
from shared.mail.transports import NotSent
from shared.runtime import Runtime, StoreAway
from shared.standards.mail_address import MailAddress
from shared.store.tables import Mail
from shared.store.tx import Origin, Tx
from shared.testing import echo

TO = MailAddress.parse("unit@example.com")
WHO = Origin(Principal("service", service="teller"), "c")


class Fake:
    """Takes messages, or fails in turn with what it was told to."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.fails: list[Exception] = []
        self.before: Callable[[], None] = lambda: None

    def send(self, message: EmailMessage) -> None:
        self.before()
        if self.fails:
            raise self.fails.pop(0)
        self.got.append(message)

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]).strip("<>").partition("@")[0] for message in self.got]


class Office:
    """A service that sends mail, and what it was told became of each."""

    def __init__(self, make_runtime: Callable[..., Runtime], **settings: Any) -> None:
        self.told: list[tuple[str, str]] = []
        plugin = replace(echo.TELLER, mailed=lambda tx, mail: self.told.append((str(mail.id), mail.state)))
        self.runtime = make_runtime(plugin, **{"mail_retry_delays": (0.0, 0.0), **settings})
        self.server = Fake()
        self.sender = MailSender(self.runtime, self.server)

    def post(self, to: MailAddress = TO, keep_days: int = 30, expires_at: datetime | None = None) -> str:
        with self.runtime.begin(WHO) as tx:
            letter = Letter("会费", "请缴纳会费。")
            return str(post(tx, to, letter, kind="test", keep_days=keep_days, expires_at=expires_at))

    def row(self, id: str) -> dict[str, Any]:
        with self.runtime.engine.connect() as connection:
            found = connection.execute(text("SELECT * FROM chassis.mails WHERE id = :id"), {"id": id})
            return dict(found.mappings().one())


@pytest.fixture
def office(make_runtime: Callable[..., Runtime]) -> Office:
    return Office(make_runtime)


def test_what_was_committed_is_sent_once_and_what_was_not_never(office: Office) -> None:
    id = office.post()
    with suppress(RuntimeError), office.runtime.begin(WHO) as tx:
        post(tx, TO, Letter("a", "b"), kind="test", keep_days=0)
        raise RuntimeError
    assert office.sender.work() is False
    office.sender.work()
    assert office.server.ids() == [id]
    assert office.server.got[0]["To"] == TO.reveal()
    assert office.told == [(id, "sent")]
    row = office.row(id)
    assert (row["state"], row["attempts"], row["error"]) == ("sent", 1, None)


def test_posting_wakes_the_loop(office: Office) -> None:
    assert not office.runtime.signals.mails.is_set()
    office.post()
    assert office.runtime.signals.mails.is_set()


@pytest.mark.rule(id="X5")
def test_neither_address_nor_words_are_in_the_row(office: Office) -> None:
    kept = str(office.row(office.post()))
    assert TO.reveal() not in kept
    assert "会费" not in kept


def test_a_failure_is_tried_again_after_its_delay_and_given_up_after_the_last(
    make_runtime: Callable[..., Runtime],
) -> None:
    office = Office(make_runtime, mail_retry_delays=(60.0, 0.0))
    id = office.post()
    office.server.fails = [NotSent("away"), NotSent("away"), NotSent("recipient-refused 450")]
    assert office.sender.work() == office.runtime.settings.poll_every
    row = office.row(id)
    assert (row["state"], row["attempts"], row["error"]) == ("queued", 1, "away")
    assert 50 < (row["next_attempt_at"] - wall_now()).total_seconds() <= 60
    office.sender.work()
    assert office.row(id)["attempts"] == 1, "not before its time"
    with office.runtime.engine.begin() as connection:
        connection.execute(text("UPDATE chassis.mails SET next_attempt_at = now()"))
    for _ in range(3):
        office.sender.work()
    row = office.row(id)
    assert (row["state"], row["attempts"], row["error"]) == ("parked", 3, "recipient-refused 450")
    assert office.told == [(id, "parked")]
    assert office.server.got == []


def test_what_is_refused_for_good_is_given_up_at_once_and_those_behind_it_go_on(office: Office) -> None:
    refused, good = office.post(), office.post()
    office.server.fails = [NotSent("recipient-refused 550", final=True)]
    office.sender.work()
    assert office.told == [(refused, "parked"), (good, "sent")]
    assert office.row(refused)["attempts"] == 1


def test_what_breaks_stands_in_nobodys_way(office: Office) -> None:
    broken, good = office.post(), office.post()
    office.server.fails = [ValueError("unit@example.com")]
    office.sender.work()
    assert office.server.ids() == [good]
    assert office.row(broken)["error"] == "broken"


def test_a_mail_sealed_with_a_lost_secret_is_given_up(office: Office) -> None:
    id = office.post()
    with office.runtime.engine.begin() as connection:
        connection.execute(text("UPDATE chassis.mails SET content = 'lost'"))
    office.sender.work()
    assert (office.row(id)["state"], office.row(id)["error"]) == ("parked", "unreadable")


def test_sent_and_not_noted_is_sent_again_under_the_same_id(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    id = office.post()

    def dies(*_: Any) -> None:
        raise OperationalError("gone", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(MailSender, "_settle", dies)
        with pytest.raises(StoreAway):
            office.sender.work()
    assert office.row(id)["state"] == "queued"
    office.sender.work()
    assert office.server.ids() == [id, id]
    assert office.told == [(id, "sent")]


def test_of_two_processes_one_sends(office: Office) -> None:
    id, entered, leave = office.post(), threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        assert leave.wait(10)

    office.server.before = wait
    other = MailSender(office.runtime, office.server)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(office.sender.work)
        assert entered.wait(10)
        assert other.work() is False
        leave.set()
        first.result(10)
    assert office.server.ids() == [id]


def test_one_told_to_stop_leaves_off_after_the_mail_in_hand(office: Office) -> None:
    first, second = office.post(), office.post()
    office.server.before = office.sender.stop
    office.sender.work()
    assert office.server.ids() == [first]
    MailSender(office.runtime, office.server).work()
    assert office.server.ids() == [first, second]


def test_many_are_sent_in_their_order(office: Office) -> None:
    ids = [office.post() for _ in range(BATCH + 1)]
    assert office.sender.work() is True
    office.sender.work()
    assert office.server.ids() == ids


@pytest.mark.rule(id="X11")
def test_words_go_once_they_were_kept_long_enough_or_at_once(office: Office) -> None:
    kept, secret = office.post(keep_days=30), office.post(keep_days=0)
    office.sender.work()
    assert office.row(kept)["content"] is not None
    assert office.row(kept)["erase_at"] - office.row(kept)["settled_at"] == timedelta(days=30)
    assert (office.row(secret)["content"], office.row(secret)["recipient"]) == (None, None)
    with office.runtime.engine.begin() as connection:
        connection.execute(text("UPDATE chassis.mails SET erase_at = now()"))
    office.sender.work()
    row = office.row(kept)
    assert (row["content"], row["recipient"], row["state"]) == (None, None, "sent")


@pytest.mark.rule(id="X11")
def test_what_is_of_no_use_any_more_is_not_sent_and_goes(office: Office) -> None:
    id = office.post(keep_days=0, expires_at=wall_now())
    office.sender.work()
    row = office.row(id)
    assert (row["state"], row["error"], row["content"]) == ("parked", "expired", None)
    assert office.server.got == []


def test_what_is_noted_of_a_mail_is_one_commit_with_it(make_runtime: Callable[..., Runtime]) -> None:
    office = Office(make_runtime)
    id = office.post()

    def note(tx: Tx, mail: Mail) -> None:
        tx.add(echo.Topic(name=f"{mail.id} {mail.state}", told=0))
        tx.flush()
        if not office.told:
            office.told.append((str(mail.id), mail.state))
            raise RuntimeError("not this time")

    sender = MailSender(Runtime(replace(echo.TELLER, mailed=note), office.runtime.settings), office.server)
    with pytest.raises(RuntimeError):
        sender.work()
    with office.runtime.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM topics")) == 0
    assert office.row(id)["state"] == "queued"
    sender.work()
    with office.runtime.engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM topics")) == f"{id} sent"
