"""Expenditures through the bus: who signs, what waits for a resolution, what is paid once (F1-F4, G11, X8)."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.testing.association import Answer, Association, eventually


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    """Status, rule and code of a refusal."""
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


# --- who signs --------------------------------------------------------------------------------------------


@pytest.mark.rule(id="F1")
@pytest.mark.parametrize("amount", ["0.01", "2999.99", "3000.00", "29999.99"])
def test_the_secretary_general_signs_below_thirty_thousand(spending: Any, amount: str) -> None:
    request = spending.request(amount)
    assert (request["state"], request["rule"], request["bands"]) == (
        "awaiting_signature",
        "F1",
        "expenditure-bands-2021-03-01",
    )
    assert (request["waits_for"]["step"], request["waits_for"]["post"]) == ("signature", "secretary-general")
    assert request["waits_for"]["people"] == [spending.secretary_general.person]
    assert "秘书长签批" in request["waits_for"]["because"]["zh"]
    assert "secretary-general" in request["waits_for"]["because"]["en"]
    assert refusal(spending.sign(request["id"], spending.president)) == (409, "F1", "not-the-signer")
    signed = spending.sign(request["id"], spending.secretary_general, note="同意")
    assert (signed["state"], signed["waits_for"]["step"]) == ("approved", "payment")
    (signature,) = signed["signatures"]
    assert (signature["post"], signature["rule"], signature["note"]) == ("secretary-general", "F1", "同意")
    assert signature["person_id"] == spending.secretary_general.person
    assert spending.told(request["id"]) == [
        ("expenditure.approved.v1", {"expenditure_id": request["id"], "amount": amount})
    ]


@pytest.mark.rule(id="F3")
@pytest.mark.parametrize("amount", ["30000.00", "49999.99"])
def test_the_president_signs_from_thirty_thousand_and_needs_no_resolution_below_fifty(
    spending: Any, amount: str
) -> None:
    id = spending.requested(amount)
    assert (spending.waits(id)["step"], spending.waits(id)["rule"]) == ("signature", "F3")
    assert refusal(spending.sign(id, spending.secretary_general)) == (409, "F3", "not-the-signer")
    assert spending.get(id)["signatures"] == []
    assert spending.sign(id, spending.president)["state"] == "approved"


@pytest.mark.rule(id="F2")
def test_in_an_absence_the_deputy_signs_up_to_three_thousand_and_the_president_above(spending: Any) -> None:
    deputy = spending.appoint_deputy(spending.day(3, 10), spending.day(4, 10))
    small, large = spending.requested("3000.00"), spending.requested("3000.01")
    assert refusal(spending.sign(small, deputy)) == (409, "F1", "not-the-signer")
    spending.secretary_general_is_away(spending.day(3, 10), spending.day(3, 12))
    spending.heard(f"SELECT 1 FROM signer_tenures WHERE person_id = '{deputy.person}'")
    assert (spending.waits(small)["post"], spending.waits(small)["people"]) == (
        "deputy-secretary-general",
        [deputy.person],
    )
    assert spending.waits(large)["post"] == "president"
    assert refusal(spending.sign(small, spending.secretary_general)) == (409, "F2", "not-the-signer")
    assert refusal(spending.sign(large, deputy)) == (409, "F2", "not-the-signer")
    assert spending.sign(small, deputy)["signatures"][0]["post"] == "deputy-secretary-general"
    assert spending.sign(large, spending.president)["state"] == "approved"


@pytest.mark.rule(id="F2")
def test_where_the_deputys_post_is_vacant_the_request_says_so_and_waits(spending: Any) -> None:
    id = spending.requested("3000.00")
    spending.secretary_general_is_away(spending.day(3, 10), spending.day(3, 12))
    waits = spending.waits(id)
    assert (waits["rule"], waits["held_up"], waits["people"]) == ("F2", True, [])
    assert "副秘书长一职空缺" in waits["because"]["zh"]
    assert "vacant" in waits["because"]["en"]
    assert refusal(spending.sign(id, spending.president)) == (409, "F2", "signature-waits")
    spending.today(3, 13)
    assert spending.waits(id)["people"] == [spending.secretary_general.person]
    assert spending.sign(id, spending.secretary_general)["state"] == "approved"


@pytest.mark.rule(id="G11")
def test_an_absence_that_ends_early_gives_the_signature_back(spending: Any) -> None:
    absence = spending.secretary_general_is_away(spending.day(3, 10), spending.day(3, 20))
    id = spending.requested("3000.01")
    assert spending.waits(id)["post"] == "president"
    spending.association.call(
        "governance", "end_absence", as_=spending.clerk, id=absence, last_day=spending.day(3, 10)
    )["id"]
    spending.today(3, 11)
    spending.heard(f"SELECT 1 FROM signer_absences WHERE absence_id = '{absence}' AND until = '{spending.day(3, 11)}'")
    assert spending.waits(id)["post"] == "secretary-general"
    assert spending.sign(id, spending.secretary_general)["state"] == "approved"


@pytest.mark.rule(id="M11")
def test_a_post_that_changes_hands_between_request_and_signature_counts_at_once(spending: Any) -> None:
    former = spending.appoint_deputy(spending.day(3, 1), spending.day(3, 11))
    spending.secretary_general_is_away(spending.day(3, 10), spending.day(3, 20))
    id = spending.requested("100.00")
    spending.heard(f"SELECT 1 FROM signer_tenures WHERE person_id = '{former.person}'")
    assert spending.waits(id)["people"] == [former.person]
    spending.today(3, 11)
    successor = spending.appoint_deputy(spending.day(3, 11), spending.day(4, 1))
    spending.heard(f"SELECT 1 FROM signer_tenures WHERE person_id = '{successor.person}'")
    # Finance has not heard of the successor: what it kept is taken away, and the signature counts all the same.
    with spending.association.database("finance").begin() as finance:
        finance.exec_driver_sql(f"DELETE FROM signer_tenures WHERE person_id = '{successor.person}'")
    assert spending.waits(id)["held_up"] is True
    assert refusal(spending.sign(id, former)) == (409, "F2", "not-the-signer")
    assert spending.sign(id, successor)["signatures"][0]["person_id"] == successor.person


# --- what is one's own --------------------------------------------------------------------------------------


@pytest.mark.rule(id="X8")
def test_a_signers_own_request_goes_one_band_up(spending: Any) -> None:
    own = spending.request("100.00", spending.secretary_general)
    claimed = spending.request("100.00", claimant_id=spending.secretary_general.person)
    for request in (own, claimed):
        assert (request["rule"], request["waits_for"]["post"]) == ("X8", "president")
        assert refusal(spending.sign(request["id"], spending.secretary_general)) == (409, "X8", "own-claim")
        assert spending.sign(request["id"], spending.president)["state"] == "approved"


@pytest.mark.rule(id="X8")
def test_nobody_refuses_their_own_either(spending: Any) -> None:
    id = spending.requested("100.00", claimant_id=spending.secretary_general.person)
    answer = spending.call("refuse_expenditure", spending.secretary_general, id=id, reason="不同意")
    assert refusal(answer) == (409, "X8", "own-claim")
    assert spending.get(id)["state"] == "awaiting_signature"


@pytest.mark.rule(id="X8")
def test_nobody_pays_out_their_own_or_what_they_signed(spending: Any) -> None:
    own = spending.requested("100.00", claimant_id=spending.cashier.person)
    spending.sign(own, spending.secretary_general)
    assert refusal(spending.pay(own)) == (409, "X8", "own-claim")
    both = spending.association.person("officer", "cashier", person=spending.secretary_general.person)
    signed = spending.requested("100.00")
    spending.sign(signed, spending.secretary_general)
    assert refusal(spending.pay(signed, both)) == (409, "X8", "already-signed")
    assert spending.get(signed)["state"] == "approved"
    assert spending.pay(own, spending.association.person("cashier"))["state"] == "paid"


@pytest.mark.rule(id="X8")
def test_the_presidents_own_is_decided_by_the_standing_council(spending: Any) -> None:
    id = spending.requested("100.00", spending.president)
    assert spending.waits(id)["step"] == "resolution"
    assert [type_ for type_, _ in spending.told(id)] == ["expenditure.resolution-wanted.v1"]
    assert refusal(spending.sign(id, spending.president)) == (409, "X8", "own-claim")
    assert refusal(spending.sign(id, spending.secretary_general)) == (409, "X8", "resolution-needed")
    spending.resolve(id, "100.00", matter="presidents-expenditure")
    assert spending.get(id)["state"] == "approved"
    assert spending.pay(id)["state"] == "paid"


# --- the resolution -----------------------------------------------------------------------------------------


@pytest.mark.rule(id="F4")
def test_fifty_thousand_waits_for_its_resolution_then_the_president_then_is_paid_and_posted(spending: Any) -> None:
    request = spending.request("50000.00", kind="training", purpose="举办培训班")
    id = request["id"]
    assert (request["state"], request["waits_for"]["rule"]) == ("awaiting_resolution", "F4")
    wanted = {"expenditure_id": id, "amount": "50000.00", "kind": "training"}
    assert spending.told(id) == [("expenditure.resolution-wanted.v1", wanted)]
    assert refusal(spending.sign(id, spending.president)) == (409, "F4", "resolution-needed")
    resolution = spending.resolve(id, "50000.00")
    resolved = spending.get(id)
    assert (resolved["state"], resolved["resolution_id"]) == ("awaiting_signature", resolution)
    assert refusal(spending.sign(id, spending.secretary_general)) == (409, "F4", "not-the-signer")
    assert refusal(spending.pay(id)) == (409, "F4", "not-approved")
    assert spending.sign(id, spending.president)["state"] == "approved"
    paid = spending.pay(id)
    assert (paid["state"], paid["paid"], paid["waits_for"]) == ("paid", "50000.00", None)
    voucher = spending.call("get_voucher", spending.accountant, number=paid["voucher"])
    assert [(e["account"], e["debit"], e["credit"]) for e in voucher["entries"]] == [
        ("510102", "50000.00", "0.00"),
        ("1002", "0.00", "50000.00"),
    ]
    assert (voucher["source_kind"], voucher["source_id"]) == ("expenditure", id)
    assert spending.told(id)[1:] == [
        ("expenditure.approved.v1", {"expenditure_id": id, "amount": "50000.00"}),
        ("expenditure.paid.v1", {"expenditure_id": id, "amount": "50000.00", "voucher": paid["voucher"]}),
    ]


@pytest.mark.rule(id="F4")
def test_a_resolution_never_carries_more_than_it_names(spending: Any) -> None:
    id = spending.requested("50000.01")
    resolution = spending.resolve(id, "50000.00")
    waits = spending.waits(id)
    assert (waits["step"], "50000.00元，不足以支出50000.01元" in waits["because"]["zh"]) == ("resolution", True)
    assert "does not carry 50000.01" in waits["because"]["en"]
    again = spending.call("use_resolution", spending.accountant, id=id, resolution_id=resolution)
    assert refusal(again) == (409, "F4", "resolution-amount")
    assert spending.get(id)["resolution_id"] is None
    spending.resolve(id, "50000.01")
    assert spending.get(id)["state"] == "awaiting_signature"


@pytest.mark.rule(id="F4")
def test_a_resolution_serves_once(spending: Any) -> None:
    first, second = spending.requested("50000.00"), spending.requested("50000.00")
    resolution = spending.resolve(first, "100000.00")
    used = spending.call("use_resolution", spending.accountant, id=second, resolution_id=resolution)
    assert refusal(used) == (409, "F4", "resolution-used")
    assert spending.get(second)["state"] == "awaiting_resolution"


@pytest.mark.rule(id="F4")
@pytest.mark.parametrize(
    ("changed", "code"), [({"body": "council"}, "resolution-of-another-body"), ({"limit": None}, "resolution-amount")]
)
def test_a_resolution_that_does_not_fit_leaves_the_request_waiting(
    spending: Any, changed: dict[str, Any], code: str
) -> None:
    id = spending.requested("50000.00")
    resolution = spending.resolve(id, **{"limit": "50000.00", **changed})
    answer = spending.call("use_resolution", spending.accountant, id=id, resolution_id=resolution)
    assert refusal(answer) == (409, "F4", code)
    assert spending.get(id)["state"] == "awaiting_resolution"


@pytest.mark.rule(id="F4")
def test_a_resolution_about_another_expenditure_or_another_matter_is_not_used(spending: Any) -> None:
    first, second = spending.requested("50000.00"), spending.requested("60000.00")
    other = spending.resolve(first, "60000.00", matter="annual-plan")
    answer = spending.call("use_resolution", spending.accountant, id=first, resolution_id=other)
    assert answer.status == 404
    unknown = spending.resolve(str(uuid.uuid4()), "60000.00")
    answer = spending.call("use_resolution", spending.accountant, id=second, resolution_id=unknown)
    assert refusal(answer) == (409, "F4", "resolution-of-another")


@pytest.mark.rule(id="F4")
def test_events_delivered_twice_count_once(spending: Any) -> None:
    id, event = spending.requested("50000.00"), str(uuid.uuid4())
    resolution = spending.resolve(id, "50000.00", event_id=event)
    version = spending.get(id).etag
    spending.resolve(id, "50000.00", event_id=event, resolution_id=resolution)
    spending.resolve(id, "50000.00", resolution_id=resolution)
    assert (spending.get(id)["state"], spending.get(id).etag) == ("awaiting_signature", version)
    assert len(spending.told(id)) == 1


@pytest.mark.rule(id="F4")
def test_posts_that_change_ask_for_no_second_resolution(spending: Any) -> None:
    id = spending.requested("50000.00")
    spending.secretary_general_is_away(spending.day(3, 10), spending.day(3, 12))
    assert spending.get(id)["state"] == "awaiting_resolution"
    assert [type_ for type_, _ in spending.told(id)] == ["expenditure.resolution-wanted.v1"]


@pytest.mark.rule(id="F4")
@pytest.mark.parametrize("signed", [False, True])
def test_a_resolution_that_is_revoked_before_payment_carries_nothing_any_more(spending: Any, signed: bool) -> None:
    id = spending.requested("50000.00")
    revoked = spending.resolve(id, "50000.00")
    if signed:
        assert spending.sign(id, spending.president)["state"] == "approved"
    spending.end(revoked)
    assert (spending.get(id)["state"], spending.get(id)["resolution_id"]) == ("awaiting_resolution", None)
    assert [type_ for type_, _ in spending.told(id)].count("expenditure.resolution-wanted.v1") == 2
    assert refusal(spending.pay(id)) == (409, "F4", "not-approved")
    again = spending.call("use_resolution", spending.accountant, id=id, resolution_id=revoked)
    assert refusal(again) == (409, "F4", "resolution-ended")

    spending.resolve(id, "50000.00")
    assert refusal(spending.pay(id)) == (409, "F4", "not-approved"), "the signature rested on what has ended"
    assert spending.sign(id, spending.president)["state"] == "approved"
    assert spending.pay(id)["state"] == "paid"
    assert len(spending.get(id)["signatures"]) == 1 + signed, "the earlier one stays on file"


@pytest.mark.rule(id="F4")
def test_the_resolution_that_takes_the_place_of_another_carries_it_whichever_is_heard_first(spending: Any) -> None:
    id = spending.requested("50000.00")
    first = spending.resolve(id, "50000.00")
    second = spending.resolve(id, "60000.00")
    assert spending.get(id)["resolution_id"] == first
    spending.end(first)
    assert (spending.get(id)["state"], spending.get(id)["resolution_id"]) == ("awaiting_signature", second)


@pytest.mark.rule(id="X7")
def test_what_is_paid_stays_paid_when_its_resolution_ends(spending: Any) -> None:
    id = spending.requested("50000.00")
    resolution = spending.resolve(id, "50000.00")
    spending.sign(id, spending.president)
    assert spending.pay(id)["state"] == "paid"
    spending.end(resolution)
    assert (spending.get(id)["state"], spending.get(id)["resolution_id"]) == ("paid", resolution)


@pytest.mark.rule(id="F4")
def test_what_the_standing_council_rejects_is_refused(spending: Any) -> None:
    id = spending.requested("50000.00")
    motion = {"motion_id": str(uuid.uuid4()), "body": "standing-council", "matter": "large-expenditure"}
    for _ in range(2):
        spending.governance_tells(
            "motion.rejected.v1",
            f"motion/{motion['motion_id']}",
            **motion,
            subject_id=id,
            decided_on=spending.day(3, 10),
        )
    refused = spending.get(id)
    assert (refused["state"], refused["waits_for"], refused["closed_by"]) == ("refused", None, None)
    assert [type_ for type_, _ in spending.told(id)] == ["expenditure.resolution-wanted.v1", "expenditure.refused.v1"]
    spending.resolve(id, "50000.00")
    assert spending.get(id)["state"] == "refused"


# --- refusing, withdrawing, paying --------------------------------------------------------------------------


@pytest.mark.rule(id="X7")
def test_the_signer_refuses_with_a_reason_and_it_stays_on_file(spending: Any) -> None:
    id = spending.requested("100.00")
    empty = spending.call("refuse_expenditure", spending.secretary_general, id=id, reason=" ")
    assert refusal(empty) == (409, "X7", "reason-needed")
    stranger = spending.call("refuse_expenditure", spending.president, id=id, reason="不同意")
    assert refusal(stranger) == (409, "F1", "not-the-signer")
    refused = spending.call("refuse_expenditure", spending.secretary_general, id=id, reason="预算不足")
    assert (refused["state"], refused["reason"]) == ("refused", "预算不足")
    assert (refused["closed_by"], refused["signatures"]) == (spending.secretary_general.person, [])
    assert spending.told(id) == [("expenditure.refused.v1", {"expenditure_id": id})]
    assert refusal(spending.sign(id, spending.secretary_general)) == (409, "F1", "not-awaiting-signature")


@pytest.mark.rule(id="X7")
def test_the_requester_withdraws_before_it_is_paid(spending: Any) -> None:
    id = spending.requested("100.00")
    other = spending.association.person("accountant")
    assert refusal(spending.call("withdraw_expenditure", other, id=id, reason="x")) == (409, "X8", "not-the-requester")
    withdrawn = spending.call("withdraw_expenditure", spending.accountant, id=id, reason="重复申请")
    assert (withdrawn["state"], withdrawn["closed_by"]) == ("withdrawn", spending.accountant.person)
    assert spending.told(id) == [("expenditure.withdrawn.v1", {"expenditure_id": id})]
    assert refusal(spending.pay(id)) == (409, "F1", "not-approved")
    paid = spending.requested("100.00")
    spending.sign(paid, spending.secretary_general)
    spending.pay(paid)
    answer = spending.call("withdraw_expenditure", spending.accountant, id=paid, reason="x")
    assert refusal(answer) == (409, "X7", "not-withdrawable")


@pytest.mark.rule(id="F4")
def test_it_is_paid_once_and_never_above_what_was_approved(spending: Any) -> None:
    id = spending.requested("100.00")
    spending.sign(id, spending.secretary_general)
    assert refusal(spending.pay(id, amount="100.01")) == (409, "F1", "over-approved")
    assert refusal(spending.pay(id, amount="0.00")) == (409, "X2", "amount")
    assert (spending.get(id)["state"], spending.vouchers(id)) == ("approved", [])
    key = str(uuid.uuid4())
    first = spending.pay(id, amount="99.99", means="cash", key=key)
    assert spending.pay(id, amount="99.99", means="cash", key=key).body == first.body
    assert refusal(spending.pay(id, amount="99.99", key=str(uuid.uuid4()))) == (409, "F1", "already-paid")
    (voucher,) = spending.vouchers(id)
    shown = spending.call("get_voucher", spending.accountant, number=voucher["number"])
    assert [(e["account"], e["debit"], e["credit"]) for e in shown["entries"]] == [
        ("520103", "99.99", "0.00"),
        ("1001", "0.00", "99.99"),
    ]


@pytest.mark.rule(id="X6")
def test_payments_are_numbered_without_gaps_whatever_is_refused_between(spending: Any) -> None:
    numbers = []
    for _ in range(2):
        id = spending.requested("10.00")
        spending.pay(id)
        spending.sign(id, spending.secretary_general)
        spending.pay(id, amount="10.01")
        numbers.append(spending.pay(id)["voucher"])
    assert numbers == [f"记-{spending.year}-03-0001", f"记-{spending.year}-03-0002"]


# --- at the same time -----------------------------------------------------------------------------------------


@pytest.mark.rule(id="X8")
def test_of_two_signatures_at_once_one_wins(spending: Any) -> None:
    id = spending.requested("100.00")
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: spending.sign(id, spending.secretary_general), range(2)))
    assert sorted(answer.status for answer in answers) == [200, 409]
    (loser,) = (answer for answer in answers if answer.status == 409)
    assert refusal(loser) == (409, "X8", "already-signed")
    assert len(spending.get(id)["signatures"]) == 1
    assert [type_ for type_, _ in spending.told(id)] == ["expenditure.approved.v1"]


@pytest.mark.rule(id="X8")
def test_of_a_signature_and_a_refusal_at_once_one_wins(spending: Any) -> None:
    id = spending.requested("100.00")
    with ThreadPoolExecutor(2) as threads:
        signing = threads.submit(spending.sign, id, spending.secretary_general)
        refusing = threads.submit(
            spending.call, "refuse_expenditure", spending.secretary_general, id=id, reason="不同意"
        )
    statuses = signing.result().status, refusing.result().status
    assert sorted(statuses) == [200, 409]
    assert spending.get(id)["state"] == ("approved" if statuses[0] == 200 else "refused")


@pytest.mark.rule(id="F4")
def test_of_two_payments_at_once_one_wins(spending: Any) -> None:
    id = spending.requested("100.00")
    spending.sign(id, spending.secretary_general)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: spending.pay(id, key=str(uuid.uuid4())), range(2)))
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert len(spending.vouchers(id)) == 1


# --- bad input, rights ------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["3000.005", "1e5", "３０００", "-1", 3000, None, ""])
def test_an_amount_that_is_none_is_refused(spending: Any, amount: Any) -> None:
    answer = spending.request(amount)
    assert (answer.status, list((answer.problem or {})["errors"])) == (422, ["amount"])
    approved = spending.requested("100.00")
    spending.sign(approved, spending.secretary_general)
    if amount is not None:
        assert spending.pay(approved, amount=amount).status == 422
    assert spending.get(approved)["state"] == "approved"


@pytest.mark.rule(id="X2")
def test_nothing_is_not_requested(spending: Any) -> None:
    assert refusal(spending.request("0.00")) == (409, "X2", "amount")
    assert spending.request("1.00", payee="  ").status == 422
    assert spending.request("1.00", kind="gold").status == 422


@pytest.mark.rule(id="X9")
def test_before_annex_two_is_in_force_nobody_may_sign(association: Association, spending: Any) -> None:
    association.set_clock("2021-02-28T23:59:00+08:00")
    before = spending.call("list_expenditures", spending.accountant, requester_id=spending.accountant.person)["items"]
    assert refusal(spending.request("100.00")) == (409, "X9", "bands-not-in-force")
    after = spending.call("list_expenditures", spending.accountant, requester_id=spending.accountant.person)["items"]
    assert before == after == []
    association.set_clock("2021-03-01T00:01:00+08:00")
    assert spending.request("100.00")["state"] == "awaiting_signature"


def test_requests_are_listed_with_what_they_wait_for(spending: Any) -> None:
    waiting, approved = spending.requested("100.00"), spending.requested("200.00")
    spending.sign(approved, spending.secretary_general)
    mine = {"requester_id": spending.accountant.person}
    lines = spending.call("list_expenditures", spending.president, **mine)["items"]
    assert [(line["id"], line["waits_for"]["step"]) for line in lines] == [
        (approved, "payment"),
        (waiting, "signature"),
    ]
    found = spending.call("list_expenditures", spending.president, state="approved", **mine)["items"]
    assert [line["id"] for line in found] == [approved]


@pytest.mark.parametrize(
    ("operation", "allowed"),
    [
        ("request_expenditure", {"accountant", "officer"}),
        ("list_expenditures", {"accountant", "officer", "cashier"}),
        ("get_expenditure", {"accountant", "officer", "cashier"}),
        ("sign_expenditure", {"officer"}),
        ("refuse_expenditure", {"officer"}),
        ("withdraw_expenditure", {"accountant", "officer"}),
        ("use_resolution", {"accountant", "officer"}),
        ("pay_expenditure", {"cashier"}),
    ],
)
def test_everybody_does_what_is_theirs(association: Association, operation: str, allowed: set[str]) -> None:
    assert association.call("finance", operation, id=uuid.uuid4()).status == 401
    for role in ("accountant", "officer", "cashier", "administrator", "editor"):
        status = association.call("finance", operation, as_=association.person(role), id=uuid.uuid4()).status
        assert (status != 403) == (role in allowed), (role, status)


def test_an_expenditure_that_is_not_there_is_not_found(spending: Any) -> None:
    for answer in (
        spending.get(str(uuid.uuid4())),
        spending.sign(str(uuid.uuid4()), spending.president),
        spending.pay(str(uuid.uuid4())),
    ):
        assert answer.status == 404


def test_governances_founding_posts_are_followed(association: Association, spending: Any) -> None:
    rows = eventually(lambda: association.rows("finance", "SELECT post FROM signer_tenures"))
    assert {row["post"] for row in rows} <= {"president", "secretary-general", "deputy-secretary-general"}
