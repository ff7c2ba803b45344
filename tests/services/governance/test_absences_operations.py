"""Absences and the posts that sign, through the bus (G11, X7, X8)."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.identity.keys import Keyring
from shared.testing.association import Answer, Association

ZUO_DEZHI = "01771113-1800-75e6-b997-ecbd9684943d"
GUO_ZIYAN = "01771113-1801-7e22-acf4-8a2dfe5e17d9"

# Weeks of their own, in a year of their own: absences of one person overlap with nobody else's test.
WEEKS: Iterator[date] = (date(2032, 1, 5) + timedelta(weeks=week) for week in count())


class Register:
    """The register of absences as a clerk uses it, in a week of its own."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk")
        self.monday = next(WEEKS)
        self.today = self.day(0)

    def day(self, number: int) -> str:
        return (self.monday + timedelta(days=number)).isoformat()

    def it_is(self, number: int) -> None:
        self.association.set_clock(f"{self.day(number)}T09:00:00+08:00")

    def call(self, operation: str, **asked: Any) -> Answer:
        return self.association.call("governance", operation, **{"as_": self.clerk, **asked})

    def record(self, post: str = "secretary-general", person: str = GUO_ZIYAN, **asked: Any) -> Answer:
        return self.call("record_absence", post=post, person_id=person, **{"last_day": self.day(2), **asked})

    def as_service(self, name: str) -> dict[str, str]:
        """The headers by which a service asks as itself."""
        return self.association.service_token(Keyring.load(Path(self.association.settings["keys"]), name))

    def told(self, absence: str) -> list[tuple[str, dict[str, Any]]]:
        rows = self.association.rows(
            "governance",
            f"SELECT type, body FROM chassis.outbox WHERE subject = 'absence/{absence}' ORDER BY position",
        )
        return [(row["type"], json.loads(row["body"])) for row in rows]

    def absences(self) -> int:
        (row,) = self.association.rows("governance", "SELECT count(*) AS count FROM absences")
        return int(row["count"])


@pytest.fixture
def register(association: Association) -> Register:
    register = Register(association)
    register.it_is(0)
    return register


def problem(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


@pytest.mark.rule(id="G11")
def test_an_absence_is_recorded_through_its_last_day(register: Register) -> None:
    absence = register.record()
    assert (absence.status, absence["since"], absence["until"]) == (201, register.today, register.day(3))
    about = {"absence_id": absence["id"], "post_code": "secretary-general", "person_id": GUO_ZIYAN}
    days = {"since": register.today, "until": register.day(3)}
    assert register.told(absence["id"]) == [("absence.recorded.v1", {**about, **days})]

    def away(number: int) -> list[str]:
        found = register.call("list_absences", post="secretary-general", on=register.day(number))
        return [each["id"] for each in found["items"]]

    assert [away(day) for day in (0, 2, 3)] == [[absence["id"]], [absence["id"]], []]


@pytest.mark.rule(id="G11")
def test_what_is_no_absence_is_refused(register: Register) -> None:
    register.record(last_day=register.day(1))
    before = register.absences()
    refusals = {
        "absence-overlaps": register.record(since=register.day(1)),
        "absence-backdated": register.record(since=register.day(-1)),
        "absence-empty": register.record(since=register.day(3), last_day=register.day(2)),
        "not-the-holder": register.record(person=str(uuid.uuid4())),
    }
    assert {code: problem(answer) for code, answer in refusals.items()} == {
        code: (409, "G11", code) for code in refusals
    }
    assert register.record(post="king").status == 404
    assert register.absences() == before


@pytest.mark.rule(id="X8")
def test_the_deputy_does_not_record_the_absence_to_act_in(register: Register) -> None:
    deputy = str(uuid.uuid4())
    posts = register.call("list_posts", limit=200)["items"]
    (post,) = [each["id"] for each in posts if each["code"] == "deputy-secretary-general"]
    held = {"since": register.today, "until": register.day(7), "decision": "理事会决议"}
    assert register.call("take_up_post", id=post, person_id=deputy, **held).status == 201

    acting = register.association.person("clerk", person=deputy)
    assert problem(register.record(as_=acting)) == (409, "X8", "deputy-records")
    assert register.record().status == 201


@pytest.mark.rule(id="G11")
def test_an_absence_ends_early_but_never_before_today(register: Register) -> None:
    absence = register.record(last_day=register.day(4))
    register.it_is(2)
    refused = register.call("end_absence", id=absence["id"], last_day=register.day(1))
    assert problem(refused) == (409, "G11", "absence-backdated")
    ended = register.call("end_absence", id=absence["id"])
    assert (ended["until"], ended["called_off"]) == (register.day(3), False)
    kind, told = register.told(absence["id"])[-1]
    assert (kind, told["until"]) == ("absence.ended.v1", register.day(3))
    again = register.call("end_absence", id=absence["id"], last_day=register.day(4))
    assert problem(again) == (409, "X7", "absence-ended")
    assert len(register.told(absence["id"])) == 2


@pytest.mark.rule(id="X7")
def test_an_absence_is_called_off_only_before_it_begins(register: Register) -> None:
    later = register.record(since=register.day(3), last_day=register.day(4))
    early = register.call("end_absence", id=later["id"])
    assert problem(early) == (409, "X7", "absence-not-begun")
    off = register.call("call_absence_off", id=later["id"])
    assert (off["called_off"], off["until"]) == (True, register.day(3))
    kind, told = register.told(later["id"])[-1]
    assert (kind, told["until"]) == ("absence.ended.v1", register.day(3))

    begun = register.record()
    assert problem(register.call("call_absence_off", id=begun["id"])) == (409, "X7", "absence-begun")


@pytest.mark.rule(id="G11")
def test_finance_asks_who_signs(register: Register) -> None:
    register.record()

    def signing(day: int) -> dict[str, dict[str, Any]]:
        asked = register.as_service("finance")
        answer = register.association.call("governance", "list_signing_posts", headers=asked, on=register.day(day))
        return {post["code"]: post for post in answer["items"]}

    posts = signing(2)
    assert set(posts) == {"president", "secretary-general", "deputy-secretary-general"}
    assert (posts["president"]["holders"], posts["president"]["absent"]) == ([ZUO_DEZHI], [])
    away = {"post_code": "secretary-general", "person_id": GUO_ZIYAN}
    assert posts["secretary-general"]["holders"] == [GUO_ZIYAN]
    assert posts["secretary-general"]["absent"] == [GUO_ZIYAN]
    assert posts["secretary-general"]["absences"] == [{**away, "since": register.today, "until": register.day(3)}]
    assert signing(3)["secretary-general"]["absent"] == []


@pytest.mark.rule(id="M11")
def test_only_finance_asks_who_signs(register: Register) -> None:
    ask = register.association
    assert ask.call("governance", "list_signing_posts").status == 401
    assert register.call("list_signing_posts").status == 403
    other = register.as_service("publishing")
    assert ask.call("governance", "list_signing_posts", headers=other).status == 403


@pytest.mark.rule(id="M11")
def test_who_may_record_and_read_absences(register: Register) -> None:
    absence, before = register.record(), register.absences()
    commands: dict[str, dict[str, Any]] = {
        "record_absence": {"post": "president", "person_id": ZUO_DEZHI, "last_day": register.day(2)},
        "end_absence": {"id": absence["id"]},
        "call_absence_off": {"id": absence["id"]},
    }
    for name, asked in commands.items():
        for role, status in ((None, 401), ("officer", 403)):
            as_ = register.association.person(role) if role else None
            assert register.call(name, as_=as_, **asked).status == status, name
    assert register.call("list_absences", as_=register.association.person("officer")).status == 200
    assert register.call("list_absences", as_=register.association.person("correspondent")).status == 403
    assert register.absences() == before
