"""Gifts over the bus: recorded, told, taken back; posted and paid by finance (M9, F4, F7, X7, X8, X11)."""

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer, Person, eventually

if TYPE_CHECKING:
    from tests.services.membership.conftest import Organiser

PRESIDENT = "01771113-1800-75e6-b997-ecbd9684943d"
SECRETARY_GENERAL = "01771113-1801-7e22-acf4-8a2dfe5e17d9"
WELL = {"amount": "5000.00", "means": "bank", "donor": "anonymous", "purpose": "乡村小学"}
DAY = "2061-03-01T09:00:00+08:00"


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


def received(organiser: "Organiser", **changed: Any) -> Answer:
    return organiser.call("record_gift_received", **{**WELL, **changed})


def given(organiser: "Organiser", as_: Person, amount: str = "2000.00", **changed: Any) -> Answer:
    asked = {"amount": amount, "recipient": "湖北省通信行业协会", "purpose": "慰问", "goods": "小米、红枣"}
    return organiser.call("record_gift_given", as_, **{**asked, **changed})


def vouchers(organiser: "Organiser", gift: str) -> dict[str, list[tuple[str, str, str]]]:
    """Source → the voucher's entries: account, debit, credit."""
    accountant = organiser.association.person("accountant")
    found = {}
    for line in organiser.association.call("finance", "list_vouchers", as_=accountant, source_id=gift)["items"]:
        voucher = organiser.association.call("finance", "get_voucher", as_=accountant, number=line["number"])
        entries = [(each["account"], each["debit"], each["credit"]) for each in voucher["entries"]]
        found[line["source_kind"]] = entries
    return found


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    ("changed", "debit", "credit"),
    [
        ({}, "1002", "410101"),
        ({"means": "cash", "earmarked": True}, "1001", "410102"),
        ({"means": "goods", "goods": "小米500千克", "earmarked": True}, "1201", "410102"),
    ],
)
def test_a_gift_received_becomes_income_once(
    organiser: "Organiser", changed: dict[str, Any], debit: str, credit: str
) -> None:
    unit, _ = organiser.unit()
    key = str(new_id())
    donor = {"donor": "unit", "unit_id": unit}
    gift, repeated = (received(organiser, key=key, **donor, **changed) for _ in range(2))
    assert repeated.body == gift.body
    assert (gift["state"], gift["day"]) == ("received", "2061-03-01")
    posted = {"gift": [(debit, "5000.00", "0.00"), (credit, "0.00", "5000.00")]}
    assert eventually(lambda: vouchers(organiser, gift["id"])) == posted
    ((type_, told),) = organiser.told(f"gift/{gift['id']}")
    assert (type_, told["restricted"]) == ("gift.received.v1", changed.get("earmarked", False))
    assert unit not in str(told)
    organiser.told_again(f"gift/{gift['id']}", "gift.received.v1", service="finance")
    assert vouchers(organiser, gift["id"]) == posted


@pytest.mark.rule(id="X7")
def test_a_gift_recorded_wrongly_is_reversed_with_its_voucher(organiser: "Organiser") -> None:
    gift = received(organiser, earmarked=True)
    eventually(lambda: vouchers(organiser, gift["id"]))
    assert refusal(organiser.call("reverse_gift", id=gift["id"], reason=" ")) == (409, "X7", "reason-needed")
    back = organiser.call("reverse_gift", id=gift["id"], reason="重复登记")
    assert (back["state"], back["reason"]) == ("reversed", "重复登记")
    posted = eventually(lambda: len(v := vouchers(organiser, gift["id"])) == 2 and v)
    assert posted["gift_reversal"] == [("1002", "0.00", "5000.00"), ("410102", "5000.00", "0.00")]
    organiser.told_again(f"gift/{gift['id']}", "gift.reversed.v1", service="finance")
    assert len(vouchers(organiser, gift["id"])) == 2
    assert refusal(organiser.call("reverse_gift", id=gift["id"], reason="再次")) == (409, "X7", "not-reversible")


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    ("changed", "rule", "code"),
    [
        ({"amount": "0.00"}, "X2", "amount"),
        ({"means": "goods"}, "M9", "goods"),
        ({"goods": "小米"}, "M9", "goods"),
        ({"donor": "unit"}, "M9", "donor"),
        ({"donor": "anonymous", "unit_id": str(uuid.uuid4())}, "M9", "donor"),
        ({"purpose": "　"}, "M9", "purpose-needed"),
        ({"day": "2061-03-02"}, "M9", "day-to-come"),
    ],
)
def test_what_is_no_gift_is_refused(organiser: "Organiser", changed: dict[str, Any], rule: str, code: str) -> None:
    before = organiser.association.rows("membership", "SELECT count(*) FROM gifts")
    assert refusal(received(organiser, **changed)) == (409, rule, code)
    assert organiser.association.rows("membership", "SELECT count(*) FROM gifts") == before


def test_bad_input_and_what_is_not_there(organiser: "Organiser") -> None:
    for wrong in ({"amount": "1.005"}, {"amount": "-1"}, {"amount": "１"}, {"means": "wechat"}, {"day": "3月1日"}):
        assert received(organiser, **wrong).status == 422
    for missing in (
        {"donor": "unit", "unit_id": uuid.uuid4()},
        {"donor": "person", "person_id": uuid.uuid4()},
        {"activity_id": uuid.uuid4()},
    ):
        assert received(organiser, **missing).status == 404


def expenditure(organiser: "Organiser", gift: str) -> Answer:
    accountant = organiser.association.person("accountant")

    def there() -> Answer | None:
        answer = organiser.association.call("finance", "get_expenditure", as_=accountant, id=gift)
        return answer if answer.status == 200 else None

    found: Answer = eventually(there)
    return found


@pytest.mark.rule(id="F4")
def test_a_gift_to_be_given_is_signed_for_and_paid_like_any_expense(organiser: "Organiser") -> None:
    accountant = organiser.association.person("accountant")
    gift = given(organiser, accountant)
    asked = expenditure(organiser, gift["id"])
    assert (asked["kind"], asked["amount"], asked["state"]) == ("gift", "2000.00", "awaiting_signature")
    assert asked["requester_id"] == accountant.person
    assert "湖北" not in json.dumps(asked.body, ensure_ascii=False)
    organiser.told_again(f"gift/{gift['id']}", "gift.given.v1", service="finance")
    signer = organiser.association.person("officer", person=SECRETARY_GENERAL)
    signed = organiser.association.call("finance", "sign_expenditure", as_=signer, id=gift["id"])
    assert signed["state"] == "approved", signed.problem
    cashier = organiser.association.person("cashier")
    paid = organiser.association.call("finance", "pay_expenditure", as_=cashier, id=gift["id"], amount="1999.50")
    assert paid["state"] == "paid"
    stands = eventually(lambda: (g := organiser.call("get_gift", id=gift["id"]))["state"] == "paid" and g)
    assert stands["paid"] == "1999.50"
    assert vouchers(organiser, gift["id"])["expenditure"][0] == ("510103", "1999.50", "0.00")
    late = organiser.call("reverse_gift", id=gift["id"], reason="误付")
    assert refusal(late) == (409, "X7", "not-reversible")


@pytest.mark.rule(id="X8")
def test_whoever_requests_a_gift_does_not_sign_for_it(organiser: "Organiser") -> None:
    secretary_general = organiser.association.person("officer", person=SECRETARY_GENERAL)
    gift = given(organiser, secretary_general)
    assert expenditure(organiser, gift["id"])["waits_for"]["post"] == "president"
    own = organiser.association.call("finance", "sign_expenditure", as_=secretary_general, id=gift["id"])
    assert refusal(own) == (409, "X8", "own-claim")


@pytest.mark.rule(id="X7")
def test_a_gift_taken_back_or_refused_is_not_paid(organiser: "Organiser") -> None:
    accountant = organiser.association.person("accountant")
    back, refused = given(organiser, accountant)["id"], given(organiser, accountant)["id"]
    for gift in (back, refused):
        expenditure(organiser, gift)
    organiser.call("reverse_gift", accountant, id=back, reason="改由会员单位捐")
    eventually(lambda: expenditure(organiser, back)["state"] == "withdrawn")
    signer = organiser.association.person("officer", person=SECRETARY_GENERAL)
    organiser.association.call("finance", "refuse_expenditure", as_=signer, id=refused, reason="超预算")
    eventually(lambda: organiser.call("get_gift", id=refused)["state"] == "refused")
    assert organiser.call("get_gift", id=back)["state"] == "reversed"


@pytest.mark.rule(id="M9")
def test_reversed_before_it_was_heard_of_a_gift_comes_to_nothing(organiser: "Organiser") -> None:
    into, out, person = str(new_id()), str(new_id()), str(new_id())
    for gift, direction in ((into, "received"), (out, "given")):
        told = {"gift_id": gift, "direction": direction, "reversed_on": "2061-03-01"}
        organiser.tell("gift.reversed.v1", f"gift/{gift}", service="finance", source="membership", **told)
    came = {"amount": "10.00", "means": "bank", "restricted": False, "received_on": "2061-03-01"}
    tell = {"service": "finance", "source": "membership"}
    organiser.tell("gift.received.v1", f"gift/{into}", **tell, gift_id=into, **came)
    organiser.tell("gift.given.v1", f"gift/{out}", **tell, gift_id=out, amount="10.00", requested_by=person)
    assert set(vouchers(organiser, into)) == {"gift", "gift_reversal"}
    rows = f"SELECT 1 FROM expenditures WHERE id = '{out}'"
    assert organiser.association.rows("finance", rows) == []


def test_who_may_record_gifts(organiser: "Organiser") -> None:
    _, representative = organiser.unit()
    cashier = organiser.association.person("cashier")
    for stranger in (representative, cashier):
        assert organiser.call("record_gift_received", stranger, **WELL).status == 403
        assert given(organiser, stranger).status == 403
    assert given(organiser, organiser.clerk).status == 403
    assert organiser.call("list_gifts", cashier).status == 200
    assert organiser.call("list_gifts", representative).status == 403
