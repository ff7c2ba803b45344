"""A request to spend, its resolution, its signature, its payment (F1, F3, F4, F7, X2, X7, X8). Amounts here are fen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import ParamSpec
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.data import charts, expenditure_bands, expenses
from services.finance.expenditures import rules
from services.finance.expenditures.rules import Expenditure, Resolution, State
from services.finance.ledger.rules import Entry, Purpose, Voucher, check_voucher
from services.finance.signers.rules import Claim, Need, Post, Roster, Tenure, signature_needed
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

P = ParamSpec("P")

PRESIDENT, SECRETARY, CLERK, TEACHER, SUCCESSOR = (UUID(int=number) for number in range(1, 6))
ID, OTHER, DECISION = UUID(int=11), UUID(int=12), UUID(int=13)
DAY = date(2021, 3, 10)
SINCE = date(2020, 1, 1)
(CHART,) = charts()
HELD = (Tenure("president", PRESIDENT, SINCE), Tenure("secretary-general", SECRETARY, SINCE))
ROSTER = Roster(HELD)


def need(claim: Claim, roster: Roster = ROSTER, day: date = DAY) -> Need:
    return signature_needed(claim, roster, day, expenditure_bands())


def requested(amount: int, claimant: UUID | None = None) -> tuple[Expenditure, Need]:
    claim = Claim(amount, CLERK, claimant)
    needed = need(claim)
    return rules.request(ID, claim, needed), needed


def adopted(amount: int) -> Resolution:
    return Resolution(DECISION, "standing-council", ID, amount, adopted=True)


def approved(amount: int = 299_999) -> Expenditure:
    expenditure, needed = requested(amount)
    if expenditure.state is State.AWAITING_RESOLUTION:
        expenditure, _ = rules.use_resolution(expenditure, adopted(amount), needed)
    return rules.sign(expenditure, next(iter(needed.people)), needed)


def kept_apart(expenditure: Expenditure, person: UUID) -> None:
    keep_apart(Act.SIGNS, Caller.of(person), expenditure.whose)


def refusal(act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> tuple[str | None, str]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="F1")
@pytest.mark.parametrize("amount", [299_999, 2_999_999])
def test_the_secretary_general_signs_and_it_is_paid_once(amount: int) -> None:
    expenditure, needed = requested(amount)
    assert expenditure.state is State.AWAITING_SIGNATURE
    expenditure = rules.sign(expenditure, SECRETARY, needed)
    (signature,) = expenditure.signatures
    assert expenditure.state is State.APPROVED
    assert (signature.person, signature.post, signature.on) == (SECRETARY, Post.SECRETARY_GENERAL, DAY)
    assert (signature.rule, signature.bands) == ("F1", "expenditure-bands-2021-03-01")
    paid = rules.pay(expenditure, amount)
    assert (paid.state, paid.paid) == (State.PAID, amount)
    assert refusal(rules.pay, paid, amount) == ("F1", "already-paid")


@pytest.mark.rule(id="F3")
@pytest.mark.parametrize("amount", [3_000_000, 4_999_999])
def test_the_president_signs_without_a_resolution(amount: int) -> None:
    expenditure, needed = requested(amount)
    assert expenditure.state is State.AWAITING_SIGNATURE
    assert refusal(rules.sign, expenditure, SECRETARY, needed) == ("F3", "not-the-signer")
    assert rules.sign(expenditure, PRESIDENT, needed).state is State.APPROVED
    assert refusal(rules.use_resolution, expenditure, adopted(amount), needed) == ("F4", "not-awaiting-resolution")


@pytest.mark.rule(id="F4")
def test_fifty_thousand_waits_for_its_resolution_then_for_the_president_then_is_paid() -> None:
    expenditure, needed = requested(5_000_000)
    assert expenditure.state is State.AWAITING_RESOLUTION
    assert refusal(rules.sign, expenditure, PRESIDENT, needed) == ("F4", "resolution-needed")
    assert refusal(rules.pay, expenditure, 5_000_000) == ("F4", "not-approved")
    resolved, used = rules.use_resolution(expenditure, adopted(5_000_000), needed)
    assert (resolved.state, resolved.resolution, used.used_by) == (State.AWAITING_SIGNATURE, DECISION, ID)
    assert refusal(rules.pay, resolved, 5_000_000) == ("F4", "not-approved")
    signed = rules.sign(resolved, PRESIDENT, needed)
    assert refusal(rules.pay, signed, 5_000_001) == ("F4", "over-approved")
    assert rules.pay(signed, 5_000_000).state is State.PAID


@pytest.mark.rule(id="F4")
def test_a_resolution_that_does_not_carry_it() -> None:
    expenditure, needed = requested(5_000_001)
    good = adopted(5_000_001)
    cases = [
        (replace(good, amount=5_000_000), "resolution-amount"),
        (replace(good, used_by=ID), "resolution-used"),
        (replace(good, used_by=OTHER), "resolution-used"),
        (replace(good, request=OTHER), "resolution-of-another"),
        (replace(good, body="council"), "resolution-of-another-body"),
        (replace(good, adopted=False), "resolution-not-adopted"),
    ]
    for resolution, code in cases:
        assert refusal(rules.use_resolution, expenditure, resolution, needed) == ("F4", code)
    rules.check_resolution(good, expenditure)
    rules.check_resolution(replace(good, amount=6_000_000), expenditure)


@pytest.mark.rule(id="F4")
def test_a_resolution_is_used_once() -> None:
    expenditure, needed = requested(5_000_000)
    resolved, used = rules.use_resolution(expenditure, adopted(5_000_000), needed)
    assert refusal(rules.use_resolution, expenditure, used, needed) == ("F4", "resolution-used")
    again = replace(adopted(5_000_000), id=OTHER)
    assert refusal(rules.use_resolution, resolved, again, needed) == ("F4", "not-awaiting-resolution")
    another = rules.request(OTHER, expenditure.claim, needed)
    assert refusal(rules.use_resolution, another, used, needed) == ("F4", "resolution-used")


@pytest.mark.rule(id="F4")
def test_a_signature_stands_no_longer_than_the_resolution_it_rests_on() -> None:
    signed, needed = approved(5_000_000), need(Claim(5_000_000, CLERK))
    assert rules.let_go(signed, OTHER, needed) is signed, "it never rested on that one"
    paid = rules.pay(signed, 5_000_000)
    assert rules.let_go(paid, DECISION, needed) is paid
    open_again = rules.let_go(signed, DECISION, needed)
    assert (open_again.state, open_again.resolution) == (State.AWAITING_RESOLUTION, None)
    assert (open_again.signed_by, len(open_again.signatures)) == (set(), 1)
    ended = replace(adopted(5_000_000), ended=True)
    assert refusal(rules.use_resolution, open_again, ended, needed) == ("F4", "resolution-ended")
    another = replace(adopted(5_000_000), id=OTHER)
    resolved, _ = rules.use_resolution(open_again, another, needed)
    assert rules.sign(resolved, PRESIDENT, needed).state is State.APPROVED


@pytest.mark.rule(id="F4")
def test_what_the_standing_council_rejects_is_refused() -> None:
    expenditure, needed = requested(5_000_000)
    rejected = replace(adopted(5_000_000), adopted=False)
    turned_down = rules.turn_down(expenditure, rejected, needed, " 常务理事会未通过 ")
    assert (turned_down.state, turned_down.reason) == (State.REFUSED, "常务理事会未通过")
    for wrong in (adopted(5_000_000), replace(rejected, request=OTHER), replace(rejected, body="council")):
        assert refusal(rules.turn_down, expenditure, wrong, needed, "否") == ("F4", "resolution-not-rejecting")
    small, small_need = requested(100)
    assert refusal(rules.turn_down, small, rejected, small_need, "否") == ("F4", "not-awaiting-resolution")


@pytest.mark.rule(id="X8")
def test_the_presidents_own_claim_is_approved_by_the_standing_council_alone() -> None:
    expenditure, needed = requested(10_000, claimant=PRESIDENT)
    assert (expenditure.state, expenditure.rule) == (State.AWAITING_RESOLUTION, "X8")
    assert refusal(kept_apart, expenditure, PRESIDENT) == ("X8", "own-claim")
    for person in (PRESIDENT, SECRETARY):
        assert refusal(rules.sign, expenditure, person, needed) == ("X8", "resolution-needed")
    resolved, _ = rules.use_resolution(expenditure, adopted(10_000), needed)
    assert (resolved.state, resolved.signatures) == (State.APPROVED, ())
    assert rules.pay(resolved, 10_000).state is State.PAID


@pytest.mark.rule(id="X8")
def test_self_approval_is_refused() -> None:
    claim = Claim(299_999, CLERK, SECRETARY)
    needed = need(claim)
    expenditure = rules.request(ID, claim, needed)
    for person in (SECRETARY, CLERK):
        assert refusal(kept_apart, expenditure, person) == ("X8", "own-claim")
        assert refusal(rules.sign, expenditure, person, needed) == ("X8", "not-the-signer")
    kept_apart(expenditure, PRESIDENT)
    assert rules.sign(expenditure, PRESIDENT, needed).signatures[0].rule == "X8"


@pytest.mark.rule(id="X8")
def test_of_two_signatures_the_second_is_refused() -> None:
    signed = approved()
    needed = need(signed.claim)
    assert refusal(kept_apart, signed, SECRETARY) == ("X8", "already-signed")
    kept_apart(signed, PRESIDENT)
    for person in (SECRETARY, PRESIDENT):
        assert refusal(rules.sign, signed, person, needed) == ("F1", "not-awaiting-signature")


@pytest.mark.rule(id="M11")
def test_the_post_changes_hands_between_request_and_signature() -> None:
    handover = DAY + timedelta(days=1)
    tenures = (HELD[0], replace(HELD[1], until=handover), Tenure("secretary-general", SUCCESSOR, handover))
    claim, roster = Claim(299_999, CLERK), Roster(tenures)
    expenditure = rules.request(ID, claim, need(claim, roster))
    after = need(claim, roster, handover)
    assert refusal(rules.sign, expenditure, SECRETARY, after) == ("F1", "not-the-signer")
    assert rules.sign(expenditure, SUCCESSOR, after).signatures[0].on == handover


@pytest.mark.rule(id="X8")
def test_a_claimant_who_becomes_president_goes_to_the_standing_council_and_back() -> None:
    handover = DAY + timedelta(days=1)
    claim = Claim(299_999, CLERK, TEACHER)
    roster = Roster((replace(HELD[0], until=handover), HELD[1], Tenure("president", TEACHER, handover)))
    expenditure = rules.request(ID, claim, need(claim, roster))
    assert expenditure.state is State.AWAITING_SIGNATURE
    after = need(claim, roster, handover)
    assert refusal(rules.sign, expenditure, SECRETARY, after) == ("X8", "resolution-needed")
    followed = rules.follow(expenditure, after)
    assert (followed.state, followed.rule) == (State.AWAITING_RESOLUTION, "X8")
    resolved, _ = rules.use_resolution(expenditure, adopted(299_999), after)
    assert resolved.state is State.APPROVED
    assert rules.follow(followed, need(claim, ROSTER)).state is State.AWAITING_SIGNATURE


@pytest.mark.rule(id="X7")
def test_the_signer_may_refuse_with_a_reason() -> None:
    expenditure, needed = requested(299_999)
    assert refusal(rules.refuse, expenditure, SECRETARY, needed, " ") == ("X7", "reason-needed")
    assert refusal(rules.refuse, expenditure, PRESIDENT, needed, "不必") == ("F1", "not-the-signer")
    refused = rules.refuse(expenditure, SECRETARY, needed, " 不必 ")
    assert (refused.state, refused.reason) == (State.REFUSED, "不必")
    assert refusal(rules.pay, refused, 1) == ("F1", "not-approved")
    assert refusal(rules.sign, refused, SECRETARY, needed) == ("F1", "not-awaiting-signature")


@pytest.mark.rule(id="X7")
def test_its_requester_or_claimant_withdraws_it_until_it_is_paid() -> None:
    waiting, needed = requested(5_000_000, claimant=TEACHER)
    for expenditure in (waiting, requested(299_999)[0], approved(), approved(5_000_000)):
        withdrawn = rules.withdraw(expenditure, CLERK, "不再需要")
        assert (withdrawn.state, withdrawn.reason) == (State.WITHDRAWN, "不再需要")
        assert refusal(rules.pay, withdrawn, 1)[1] == "not-approved"
        assert refusal(rules.withdraw, withdrawn, CLERK, "再撤")[1] == "not-withdrawable"
        assert refusal(rules.withdraw, expenditure, SECRETARY, "撤") == ("X8", "not-the-requester")
        assert refusal(rules.withdraw, expenditure, CLERK, "") == ("X7", "reason-needed")
    assert rules.withdraw(waiting, TEACHER, "不再需要").state is State.WITHDRAWN
    paid = rules.pay(approved(), 299_999)
    assert refusal(rules.withdraw, paid, CLERK, "撤") == ("X7", "not-withdrawable")
    assert refusal(rules.use_resolution, rules.withdraw(waiting, CLERK, "撤"), adopted(5_000_000), needed) == (
        "F4",
        "not-awaiting-resolution",
    )


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_neither_requested_nor_paid(amount: int) -> None:
    _, needed = requested(100)
    assert refusal(rules.request, ID, Claim(amount, CLERK), needed) == ("X2", "amount")
    assert refusal(rules.pay, approved(), amount) == ("X2", "amount")


@pytest.mark.rule(id="F1")
def test_less_than_approved_may_be_paid_and_ends_it() -> None:
    paid = rules.pay(approved(299_999), 299_998)
    assert (paid.state, paid.paid) == (State.PAID, 299_998)
    assert refusal(rules.pay, paid, 1)[1] == "already-paid"
    assert refusal(rules.pay, approved(299_999), 300_000) == ("F1", "over-approved")


@pytest.mark.rule(id="F7")
@pytest.mark.parametrize("code", list(expenses()))
def test_a_payment_posts_the_expense_against_bank_or_cash(code: str) -> None:
    kind = expenses()[code]
    entries = rules.payment_entries(299_999, kind, CHART)
    assert entries == (Entry(kind.accounts[CHART.version], debit=299_999), Entry("1002", credit=299_999))
    assert rules.payment_entries(1, kind, CHART, Purpose.CASH)[1] == Entry("1001", credit=1)
    check_voucher(Voucher(DAY, kind.label.zh, entries), charts())


PEOPLE = st.sampled_from([PRESIDENT, SECRETARY, CLERK, TEACHER, SUCCESSOR])
STEPS = st.one_of(
    st.tuples(st.just("sign"), PEOPLE),
    st.tuples(st.just("refuse"), PEOPLE),
    st.tuples(st.just("withdraw"), PEOPLE),
    st.tuples(st.just("resolve"), st.integers(-1, 1)),
    st.tuples(st.just("pay"), st.integers(-1, 1)),
)


@pytest.mark.rule(id="F4")
@given(
    st.sampled_from([1, 300_000, 2_999_999, 3_000_000, 4_999_999, 5_000_000, 5_000_001]),
    PEOPLE,
    st.none() | PEOPLE,
    st.lists(STEPS, max_size=12),
)
def test_whatever_is_tried_nothing_is_paid_that_was_not_approved(
    amount: int, requester: UUID, claimant: UUID | None, steps: list[tuple[str, UUID | int]]
) -> None:
    claim = Claim(amount, requester, claimant)
    needed = need(claim)
    expenditure = rules.request(ID, claim, needed)
    used: list[Resolution] = []
    payments = 0
    for step, what in steps:
        before = expenditure
        try:
            if isinstance(what, UUID):
                if step == "sign":
                    expenditure = rules.sign(expenditure, what, needed)
                elif step == "refuse":
                    expenditure = rules.refuse(expenditure, what, needed, "不必")
                else:
                    expenditure = rules.withdraw(expenditure, what, "撤")
            elif step == "resolve":
                expenditure, resolution = rules.use_resolution(expenditure, adopted(amount + what), needed)
                used.append(resolution)
            else:
                expenditure = rules.pay(expenditure, amount + what)
                payments += 1
        except Refused:
            assert expenditure is before
    assert payments == (expenditure.state is State.PAID)
    assert len(used) <= 1
    assert all(resolution.amount >= amount for resolution in used)
    assert not expenditure.signed_by & claim.own
    if expenditure.state is State.PAID:
        assert expenditure.paid is not None
        assert 0 < expenditure.paid <= amount
        assert bool(used) == (amount >= 5_000_000 or needed.post is None)
        assert expenditure.signed_by == (set() if needed.post is None else needed.people)


@pytest.mark.rule(id="F4")
def test_every_state_has_a_name() -> None:
    assert all(state.label.zh and state.label.en for state in State)
