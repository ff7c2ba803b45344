"""Dues as receivables, credit and the slip (M3, F7, F12, X2, X7). Amounts here are fen."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.data import charts
from services.finance.dues import rules
from services.finance.dues.rules import Allocation, Credit, Payment, Receivable, State
from services.finance.ledger.rules import Entry, Purpose, Side, Voucher, check_voucher, trial_balance
from shared.errors import Refused
from shared.money import parse_yuan
from shared.text import Text

INVOICE, NEXT_INVOICE, UNIT = UUID(int=1), UUID(int=2), UUID(int=3)
FIRST, SECOND, THIRD = UUID(int=11), UUID(int=12), UUID(int=13)
DUE = date(2021, 6, 30)
LATE = DUE + timedelta(days=1)
(CHART,) = charts()


def invoiced(amount: str = "5000.00", invoice: UUID = INVOICE, due_on: date = DUE) -> Receivable:
    return rules.open_receivable(invoice, UNIT, parse_yuan(amount), due_on)


def paid(receivable: Receivable, *payments: tuple[UUID, str]) -> Receivable:
    for id_, amount in payments:
        receivable, _ = rules.receive(receivable, Payment(id_, parse_yuan(amount), LATE))
    return receivable


@pytest.mark.rule(id="M3")
def test_one_fen_short_is_owed_and_one_fen_more_settles() -> None:
    short = paid(invoiced(), (FIRST, "4999.99"))
    assert (short.owes, short.settled, short.state) == (1, False, State.OPEN)
    full = paid(short, (SECOND, "0.01"))
    assert (full.owes, full.settled, full.state) == (0, True, State.SETTLED)


@pytest.mark.rule(id="F12")
def test_money_has_not_come_later_than_today() -> None:
    rules.check_received(DUE, DUE)
    with pytest.raises(Refused) as refused:
        rules.check_received(LATE, DUE)
    assert (refused.value.rule, refused.value.code) == ("F12", "received-later")


@pytest.mark.rule(id="X7")
def test_an_invoice_heard_again_says_the_same() -> None:
    rules.check_same(invoiced(), UNIT, 500_000)
    for unit, amount in ((UNIT, 500_001), (UUID(int=4), 500_000)):
        with pytest.raises(Refused) as refused:
            rules.check_same(invoiced(), unit, amount)
        assert (refused.value.rule, refused.value.code) == ("X7", "invoice-differs")


@pytest.mark.rule(id="F12")
def test_one_slip_covers_the_payments_that_settled_the_invoice() -> None:
    full = paid(invoiced(), (FIRST, "4999.99"), (SECOND, "0.01"))
    with_slip, slip = rules.issue_slip(full, rules.slip_number(LATE, 1), LATE)
    assert (slip.number, slip.amount, slip.mark) == ("收-2021-0001", 500_000, Text("非票据", "Not a fiscal receipt"))
    assert (slip.invoice, slip.unit, slip.on) == (INVOICE, UNIT, LATE)
    assert slip.allocations == (Allocation(FIRST, 499_999, LATE), Allocation(SECOND, 1, LATE))
    assert with_slip.slip == slip.number


@pytest.mark.rule(id="F12")
def test_no_slip_before_it_is_settled_and_no_second_one() -> None:
    short = paid(invoiced(), (FIRST, "4999.99"))
    with pytest.raises(Refused) as refused:
        rules.check_slip(short)
    assert (refused.value.rule, refused.value.code) == ("F12", "not-settled")
    assert "尚欠0.01元" in refused.value.detail.zh
    with_slip, _ = rules.issue_slip(paid(short, (SECOND, "0.01")), "收-2021-0001", LATE)
    with pytest.raises(Refused) as refused:
        rules.issue_slip(with_slip, "收-2021-0002", LATE)
    assert (refused.value.rule, refused.value.code) == ("F12", "slip-issued")


@pytest.mark.rule(id="F12")
def test_slips_are_numbered_by_year() -> None:
    assert rules.slip_number(date(2021, 12, 31), 10_000) == "收-2021-10000"
    assert rules.slip_series(date(2021, 1, 1)) == rules.slip_series(date(2021, 12, 31)) == "collection-slip/2021"
    assert rules.slip_series(date(2022, 1, 1)) != rules.slip_series(date(2021, 12, 31))
    with pytest.raises(ValueError, match="begin at 1"):
        rules.slip_number(LATE, 0)


@pytest.mark.rule(id="M3")
def test_what_is_too_much_is_credit_and_settles_the_next_invoice() -> None:
    full, credit = rules.receive(invoiced(), Payment(FIRST, 600_000, DUE))
    assert (full.owes, credit) == (0, Credit(FIRST, 100_000))
    assert rules.issue_slip(full, "收-2021-0001", DUE)[1].amount == 500_000
    still, more = rules.receive(full, Payment(SECOND, 450_000, DUE))
    assert (still, more) == (full, Credit(SECOND, 450_000))
    assert credit is not None
    assert more is not None
    settled, left = rules.draw(invoiced(invoice=NEXT_INVOICE), [credit, more], LATE)
    assert (settled.settled, left) == (True, (Credit(SECOND, 50_000),))
    assert settled.allocations == (Allocation(FIRST, 100_000, LATE), Allocation(SECOND, 400_000, LATE))


@pytest.mark.rule(id="M3")
def test_credit_that_does_not_reach_settles_a_part() -> None:
    part, left = rules.draw(invoiced(), [Credit(FIRST, 100_000)], DUE)
    assert (part.owes, left) == (400_000, ())
    assert rules.draw(part, [], DUE) == (part, ())


def less(amount: int, unit: UUID = UNIT) -> rules.Reduction:
    return rules.Reduction(INVOICE, unit, amount, LATE)


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("payments", "amount", "owes", "released"),
    [
        ([], 250_000, 250_000, []),
        ([], 500_000, 0, []),
        ([(FIRST, "1000.00")], 250_000, 150_000, []),
        ([(FIRST, "2500.00")], 250_000, 0, []),
        ([(FIRST, "4000.00")], 250_000, 0, [Credit(FIRST, 150_000)]),
        ([(FIRST, "4000.00"), (SECOND, "1000.00")], 250_000, 0, [Credit(SECOND, 100_000), Credit(FIRST, 150_000)]),
        ([(FIRST, "4000.00"), (SECOND, "1000.00")], 50_000, 0, [Credit(SECOND, 50_000)]),
        ([(FIRST, "5000.00")], 500_000, 0, [Credit(FIRST, 500_000)]),
    ],
)
def test_a_reduction_takes_what_is_open_and_then_what_was_paid_last(
    payments: list[tuple[UUID, str]], amount: int, owes: int, released: list[Credit]
) -> None:
    before = paid(invoiced(), *payments)
    after, credits = rules.reduce(before, less(amount))
    assert (after.owes, after.reduced, list(credits)) == (owes, amount, released)
    assert after.allocations == before.allocations, "they stay on file"
    assert sum(each.amount for each in after.settling) == after.received == 500_000 - amount - owes


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize("wrong", [less(0), less(-1), less(500_001), less(1, UUID(int=4))])
def test_nothing_and_too_much_and_anothers_invoice_are_not_reduced(wrong: rules.Reduction) -> None:
    with pytest.raises(Refused) as refused:
        rules.reduce(invoiced(), wrong)
    assert (refused.value.rule, refused.value.code) == ("M3", "reduction-amount")


@pytest.mark.rule(id="X7")
def test_a_reduction_heard_again_says_the_same() -> None:
    rules.check_same_reduction(less(1), less(1))
    with pytest.raises(Refused) as refused:
        rules.check_same_reduction(less(1), less(2))
    assert (refused.value.rule, refused.value.code) == ("X7", "reduction-differs")


@pytest.mark.rule(id="F12")
def test_a_slip_states_what_settled_the_rest_and_there_is_none_for_nothing() -> None:
    part, _ = rules.reduce(paid(invoiced(), (FIRST, "4000.00")), less(250_000))
    with_slip, slip = rules.issue_slip(part, "收-2021-0001", LATE)
    assert (slip.amount, slip.allocations) == (250_000, (Allocation(FIRST, 250_000, LATE),))
    again, _ = rules.reduce(with_slip, less(50_000))
    assert [release.slip for release in again.releases] == [None, "收-2021-0001"]
    nothing, _ = rules.reduce(invoiced(), less(500_000))
    with pytest.raises(Refused) as refused:
        rules.issue_slip(nothing, "收-2021-0001", LATE)
    assert (refused.value.rule, refused.value.code) == ("F12", "nothing-received")


@pytest.mark.rule(id="F7")
@given(
    st.integers(1, 10**9),
    st.lists(st.tuples(st.booleans(), st.integers(1, 10**9)), max_size=8),
)
def test_whatever_is_paid_and_reduced_in_whatever_order_the_ledger_and_the_fen_agree(
    amount: int, steps: list[tuple[bool, int]]
) -> None:
    owed = rules.open_receivable(INVOICE, UNIT, amount, DUE)
    entries = [*rules.invoice_entries(amount, CHART)]
    unused = received = 0
    for place, (pays, fen) in enumerate(steps):
        if pays:
            payment = Payment(UUID(int=100 + place), fen, LATE)
            owed, credit = rules.receive(owed, payment)
            entries += rules.payment_entries(payment, credit, CHART)
            received, unused = received + fen, unused + (credit.amount if credit else 0)
        elif fen <= amount - owed.reduced:
            owed, credits = rules.reduce(owed, less(fen))
            released = sum(credit.amount for credit in credits)
            entries += rules.reduction_entries(fen, released, CHART)
            unused += released
    assert 0 <= owed.owes <= amount
    assert owed.received == received - unused
    balance = trial_balance(entries)
    assert balance.balanced
    stands = {line.account: line for line in balance.lines}

    def on(purpose: Purpose, side: Side) -> int:
        line = stands.get(CHART.account_for(purpose))
        return line.balance(side) if line else 0

    assert on(Purpose.DUES_RECEIVABLE, Side.DEBIT) == owed.owes
    assert on(Purpose.DUES_IN_ADVANCE, Side.CREDIT) == unused
    assert on(Purpose.DUES_INCOME, Side.CREDIT) == amount - owed.reduced


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize("amount", [0, -1])
def test_there_is_no_zero_invoice(amount: int) -> None:
    with pytest.raises(Refused) as refused:
        rules.open_receivable(INVOICE, UNIT, amount, DUE)
    assert (refused.value.rule, refused.value.code) == ("M3", "zero-invoice")


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", [0, -1])
def test_a_payment_is_more_than_zero(amount: int) -> None:
    with pytest.raises(Refused) as refused:
        rules.receive(invoiced(), Payment(FIRST, amount, DUE))
    assert refused.value.rule == "X2"


@pytest.mark.rule(id="F12")
def test_a_payment_counts_once() -> None:
    with pytest.raises(Refused) as refused:
        paid(invoiced(), (FIRST, "1.00"), (FIRST, "1.00"))
    assert (refused.value.rule, refused.value.code) == ("F12", "payment-entered")


@pytest.mark.rule(id="F7")
def test_the_postings_of_the_dues_flow() -> None:
    receivable, credit = rules.receive(invoiced(), Payment(FIRST, 600_000, DUE))
    assert rules.invoice_entries(500_000, CHART) == (Entry("112101", debit=500_000), Entry("420101", credit=500_000))
    assert rules.payment_entries(Payment(FIRST, 600_000, DUE), credit, CHART) == (
        Entry("1002", debit=600_000),
        Entry("112101", credit=500_000),
        Entry("2203", credit=100_000),
    )
    all_credit = rules.receive(receivable, Payment(SECOND, 100, DUE))[1]
    assert rules.payment_entries(Payment(SECOND, 100, DUE), all_credit, CHART, Purpose.CASH) == (
        Entry("1001", debit=100),
        Entry("2203", credit=100),
    )
    assert rules.draw_entries(100_000, CHART) == (Entry("2203", debit=100_000), Entry("112101", credit=100_000))


@pytest.mark.rule(id="F7")
@given(
    st.integers(1, 10**7),
    st.integers(1, 10**7),
    st.lists(st.integers(1, 10**7), max_size=8),
)
def test_the_books_say_what_the_receivables_say(first: int, second: int, payments: list[int]) -> None:
    receivable = rules.open_receivable(INVOICE, UNIT, first, DUE)
    vouchers = [Voucher(DUE, "会费通知", rules.invoice_entries(first, CHART))]
    credits: list[Credit] = []
    for number, amount in enumerate(payments, 11):
        payment = Payment(UUID(int=number), amount, DUE)
        receivable, credit = rules.receive(receivable, payment)
        credits += [credit] if credit else []
        vouchers.append(Voucher(DUE, "收会费", rules.payment_entries(payment, credit, CHART)))
    following = rules.open_receivable(NEXT_INVOICE, UNIT, second, DUE)
    vouchers.append(Voucher(LATE, "会费通知", rules.invoice_entries(second, CHART)))
    following, left = rules.draw(following, credits, LATE)
    if following.received:
        vouchers.append(Voucher(LATE, "预收转会费", rules.draw_entries(following.received, CHART)))

    for voucher in vouchers:
        check_voucher(voucher, charts())
    balance = trial_balance(entry for voucher in vouchers for entry in voucher.entries)
    on = {line.account: line.balance(Side.DEBIT) for line in balance.lines}
    assert balance.balanced
    assert on.get("1002", 0) == sum(payments)
    assert on["112101"] == receivable.owes + following.owes
    assert -on.get("2203", 0) == sum(credit.amount for credit in left)
    assert -on["420101"] == first + second
    assert receivable.owes == max(0, first - sum(payments))
    for each in (receivable, following):
        assert each.owes >= 0
        assert each.settled == (each.owes == 0)
        assert all(allocation.amount > 0 for allocation in each.allocations)
        if each.settled:
            assert rules.issue_slip(each, "收-2021-0001", LATE)[1].amount == each.amount
