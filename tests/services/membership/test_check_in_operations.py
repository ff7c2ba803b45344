"""Check-in over the bus: once, by the pass, at its own activity (M9)."""

import io
import itertools
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from services.membership.activities.check_in.passes import token_of
from shared.identity.keys import Keyring
from shared.identity.sealing import Vault
from shared.store.base import new_id
from shared.testing.association import Answer

if TYPE_CHECKING:
    from tests.services.membership.conftest import Organiser

DAY = "2061-06-26T08:58:00+08:00"
_phones = itertools.count(int(new_id()) % 10**7)


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


@pytest.mark.rule(id="M9")
def test_a_pass_checks_in_once_and_then_says_when_that_was(organiser: "Organiser") -> None:
    id = organiser.opened()
    token, key = organiser.come(id, next(_phones))["token"], str(new_id())
    assert refusal(organiser.call("check_in", id=id, token=token)) == (409, "M9", "no-check-in-now")
    organiser.association.set_clock(DAY)
    first, repeated = (organiser.call("check_in", id=id, token=token, key=key) for _ in range(2))
    assert first["checked_in_at"].startswith("2061-06-26T08:58:")
    assert repeated.body == first.body
    organiser.association.set_clock("2061-06-26T09:30:00+08:00")
    again = organiser.call("check_in", id=id, token=token)
    assert refusal(again) == (409, "M9", "checked-in-already")
    assert again.problem is not None
    assert "2061-06-26 08:58:" in again.problem["detail"]
    assert refusal(organiser.publicly("withdraw_with_pass", token=token)) == (409, "X7", "too-late-to-withdraw")


@pytest.mark.rule(id="M9")
def test_scanned_at_two_doors_at_once_it_opens_one(organiser: "Organiser") -> None:
    id = organiser.opened()
    token = organiser.come(id, next(_phones))["token"]
    organiser.association.set_clock(DAY)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: organiser.call("check_in", id=id, token=token), range(8)))
    assert sorted(answer.status for answer in answers) == [200, *[409] * 7]


@pytest.mark.rule(id="M9")
def test_a_pass_to_another_activity_of_who_waits_or_has_withdrawn_opens_nothing(organiser: "Organiser") -> None:
    id, other = organiser.opened(capacity=1), organiser.opened()
    comes, waits, elsewhere = (organiser.come(at, next(_phones))["token"] for at in (id, id, other))
    gone = organiser.come(other, next(_phones))["token"]
    organiser.publicly("withdraw_with_pass", token=gone)
    organiser.association.set_clock(DAY)
    for at, token, code in (
        (id, elsewhere, "another-activity"),
        (id, waits, "pass-waiting"),
        (other, gone, "pass-withdrawn"),
        (id, comes[:-1] + ("0" if comes[-1] != "0" else "1"), "no-pass"),
        (id, "https://example.com", "no-pass"),
    ):
        assert refusal(organiser.call("check_in", id=at, token=token)) == (409, "M9", code)
    assert organiser.call("check_in", id=id, token=comes).status == 200


@pytest.mark.rule(id="M9")
def test_who_moved_up_comes_in_with_the_pass_they_have(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=1)
    organiser.come(id, next(_phones))
    waits = organiser.come(id, next(_phones))
    organiser.call("change_activity", id=id, if_match="*", capacity=2)
    organiser.association.set_clock(DAY)
    assert organiser.call("check_in", id=id, token=waits["token"])["id"] == waits["id"]


@pytest.mark.rule(id="M9")
def test_five_hundred_check_in_within_a_minute(organiser: "Organiser", keys: Path) -> None:
    id = organiser.opened(capacity=500)
    unit, somebody = organiser.unit()
    keyring = Keyring.load(keys, "membership")
    vault = Vault(keyring.secret, keyring)
    made = [each["id"] for _ in range(5) for each in organiser.sign_up(id, unit, somebody, *["赵进"] * 100)["items"]]
    tokens = [token_of(vault, uuid.UUID(each)) for each in made]
    organiser.association.set_clock(DAY)
    started = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda token: organiser.call("check_in", id=id, token=token).status, tokens))
    took = time.monotonic() - started
    assert statuses == [200] * 500
    assert took < 60


@pytest.mark.rule(id="M9")
def test_passes_are_printed_for_whoever_has_a_place_the_same_each_time(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=9)
    unit, somebody = organiser.unit()
    made = organiser.sign_up(id, unit, somebody, *["赵进"] * 10)["items"]
    first, again = (organiser.call("print_passes", id=id).content for _ in range(2))
    assert again == first
    pages = PdfReader(io.BytesIO(first)).pages
    text = "".join(page.extract_text() for page in pages)
    assert (len(pages), text.count("赵进"), "第9号" in text, "第10号" in text) == (2, 9, True, False)
    own = organiser.call("print_pass", somebody, id=made[0]["id"])
    assert own.content.startswith(b"%PDF")
    assert own.content != organiser.call("print_pass", somebody, id=made[1]["id"]).content


@pytest.mark.rule(id="M9")
def test_the_sheet_says_who_came_and_when(organiser: "Organiser") -> None:
    id = organiser.opened()
    unit, somebody = organiser.unit()
    organiser.sign_up(id, unit, somebody, "=赵进")
    token = organiser.come(id, phone := next(_phones))["token"]
    organiser.association.set_clock(DAY)
    organiser.call("check_in", id=id, token=token)
    book = load_workbook(io.BytesIO(organiser.call("export_attendance", id=id).content))
    _, first, second = book.worksheets[0].iter_rows(values_only=True)
    assert first[2:] == ("=赵进", None, "已报名", None)
    assert (second[1], second[2], second[3]) == ("社会人士", "田间", f"{phone:08d}"[-4:])
    assert str(second[5]).startswith("2061-06-26 08:58:")


def test_only_the_secretariat_checks_in_and_prints_all(organiser: "Organiser") -> None:
    id = organiser.opened()
    _, somebody = organiser.unit()
    for operation, given in (("check_in", {"token": "x"}), ("print_passes", {}), ("export_attendance", {})):
        assert organiser.call(operation, somebody, id=id, **given).status == 403
        assert organiser.publicly(operation, id=id, **given).status == 401
