"""What may be posted and how it is taken back (F7, F13, X4, X7). Amounts here are fen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.data import charts, expense_kinds, expenses
from services.finance.ledger import rules
from services.finance.ledger.rules import Account, AccountClass, Chart, Entry, Purpose, Side, TrialLine, Voucher
from shared.errors import Refused
from shared.text import Text

(CHART,) = charts()
DAY = date(2021, 3, 5)
GOOD = Voucher(DAY, "办公用品", (Entry("520103", debit=299_999), Entry("1002", credit=299_999)))
POSTABLE = [account.code for account in CHART.accounts.values() if not account.detailed]


def refusal(voucher: Voucher, closed_through: str | None = None) -> tuple[str | None, str]:
    with pytest.raises(Refused) as refused:
        rules.check_voucher(voucher, charts(), closed_through)
    return refused.value.rule, refused.value.code


@st.composite
def vouchers(draw: st.DrawFn) -> Voucher:
    """A balanced voucher of up to nine entries."""
    amounts = draw(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
    account, day = st.sampled_from(POSTABLE), st.dates(date(2005, 1, 1), date(2030, 12, 31))
    debits = [Entry(draw(account), debit=amount) for amount in amounts]
    entries = draw(st.permutations([*debits, Entry(draw(account), credit=sum(amounts))]))
    if draw(st.booleans()):
        entries = [Entry(entry.account, entry.credit, entry.debit) for entry in entries]
    return Voucher(draw(day), "摘要", tuple(entries))


@pytest.mark.rule(id="F7")
def test_a_balanced_voucher_is_posted_by_the_chart_of_its_day() -> None:
    assert rules.check_voucher(GOOD, charts()) is CHART
    assert (GOOD.debit, GOOD.credit) == (299_999, 299_999)


@pytest.mark.rule(id="F7")
@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ((), "voucher-entries"),
        ((Entry("1002", debit=1),), "voucher-entries"),
        ((Entry("1002", debit=100), Entry("1001", credit=99)), "unbalanced"),
        ((Entry("1002", debit=100), Entry("1001", debit=100)), "unbalanced"),
        ((Entry("1002", debit=0), Entry("1001", credit=0)), "entry-amount"),
        ((Entry("1002", debit=-5), Entry("1001", credit=-5)), "entry-amount"),
        ((Entry("1002", debit=5, credit=-5), Entry("1001", credit=10)), "entry-amount"),
        ((Entry("1002", debit=5, credit=5), Entry("1001", debit=5, credit=5)), "entry-amount"),
        ((Entry("1002", debit=True), Entry("1001", credit=True)), "entry-amount"),
        ((Entry("1002", debit=5), Entry("9999", credit=5)), "unknown-account"),
        ((Entry("1002", debit=5), Entry("42", credit=5)), "unknown-account"),
        ((Entry("1002", debit=5), Entry("4201", credit=5)), "account-has-details"),
    ],
)
def test_a_wrong_voucher_is_refused(entries: tuple[Entry, ...], code: str) -> None:
    assert refusal(replace(GOOD, entries=entries)) == ("F7", code)


@pytest.mark.rule(id="F7")
def test_a_voucher_needs_a_summary() -> None:
    assert refusal(replace(GOOD, summary=" \n")) == ("F7", "voucher-summary")


@pytest.mark.rule(id="F7")
def test_the_refusal_names_both_sums() -> None:
    with pytest.raises(Refused) as refused:
        rules.check_voucher(replace(GOOD, entries=(Entry("1002", debit=100), Entry("1001", credit=99))), charts())
    assert refused.value.detail.zh == "借贷不平：借方1.00元，贷方0.99元"


@pytest.mark.rule(id="F7")
@given(vouchers(), st.integers(1, 10**6), st.data())
def test_one_amount_off_is_always_seen(voucher: Voucher, off: int, data: st.DataObject) -> None:
    rules.check_voucher(voucher, charts())
    index = data.draw(st.integers(0, len(voucher.entries) - 1))
    entry = voucher.entries[index]
    wrong = entry._replace(debit=entry.debit + off) if entry.debit else entry._replace(credit=entry.credit + off)
    entries = (*voucher.entries[:index], wrong, *voucher.entries[index + 1 :])
    assert refusal(replace(voucher, entries=entries)) == ("F7", "unbalanced")


@pytest.mark.rule(id="F7")
def test_a_closed_month_takes_nothing() -> None:
    assert refusal(GOOD, "2021-03") == ("F7", "month-closed")
    assert refusal(GOOD, "2021-04") == ("F7", "month-closed")
    assert refusal(GOOD, "2022-01") == ("F7", "month-closed")
    for closed_through in ("2021-02", "2020-12", None):
        rules.check_voucher(GOOD, charts(), closed_through)


@pytest.mark.rule(id="F7")
@given(st.dates(date(2005, 1, 1)), st.dates(date(2005, 1, 1)))
def test_months_sort_as_they_follow_one_another(one: date, other: date) -> None:
    if rules.period_of(one) < rules.period_of(other):
        assert one < other
    if one <= other:
        assert rules.period_of(one) <= rules.period_of(other)


@pytest.mark.rule(id="F7")
def test_vouchers_are_numbered_by_month() -> None:
    assert rules.voucher_number(DAY, 1) == "记-2021-03-0001"
    assert rules.voucher_number(date(2021, 12, 31), 10_000) == "记-2021-12-10000"
    assert rules.voucher_series(date(2021, 3, 1)) == rules.voucher_series(date(2021, 3, 31)) == "voucher/2021-03"
    assert rules.voucher_series(date(2021, 4, 1)) != rules.voucher_series(date(2021, 3, 31))
    assert rules.voucher_series(date(2022, 3, 1)) != rules.voucher_series(date(2021, 3, 1))
    with pytest.raises(ValueError, match="begin at 1"):
        rules.voucher_number(DAY, 0)


@pytest.mark.rule(id="X7")
def test_a_reversal_swaps_the_sides_and_names_the_original() -> None:
    taken_back = rules.reversal(GOOD, "记-2021-03-0001", date(2021, 4, 1), " 科目用错 ")
    assert taken_back == Voucher(
        date(2021, 4, 1),
        "冲销记-2021-03-0001：科目用错",
        (Entry("520103", credit=299_999), Entry("1002", debit=299_999)),
        reverses="记-2021-03-0001",
    )
    rules.check_voucher(taken_back, charts(), "2021-03")
    assert refusal(taken_back, "2021-04") == ("F7", "month-closed")


@pytest.mark.rule(id="X7")
def test_what_cannot_be_reversed() -> None:
    reversed_ = rules.reversal(GOOD, "记-2021-03-0001", DAY, "重复")
    cases = [
        (GOOD, DAY, " ", None, "reason-needed"),
        (GOOD, DAY, "重复", "记-2021-03-0002", "already-reversed"),
        (reversed_, DAY, "重复", None, "reversal-of-reversal"),
        (GOOD, DAY - timedelta(days=1), "重复", None, "reversal-too-early"),
    ]
    for original, on, reason, reversed_by, code in cases:
        with pytest.raises(Refused) as refused:
            rules.reversal(original, "记-2021-03-0001", on, reason, reversed_by=reversed_by)
        assert (refused.value.rule, refused.value.code) == ("X7", code)


@pytest.mark.rule(id="F7")
@given(st.lists(vouchers(), max_size=6))
def test_the_trial_balance_always_balances_and_a_reversal_leaves_nothing(posted: list[Voucher]) -> None:
    entries = [entry for voucher in posted for entry in voucher.entries]
    balance = rules.trial_balance(entries)
    assert balance.balanced
    assert balance.debit == sum(voucher.debit for voucher in posted)
    assert [line.account for line in balance.lines] == sorted({entry.account for entry in entries})
    for number, voucher in enumerate(posted, 1):
        back = rules.reversal(voucher, rules.voucher_number(voucher.on, number), voucher.on, "错")
        rules.check_voucher(back, charts())
        entries.extend(back.entries)
    assert all(line.balance(Side.DEBIT) == 0 for line in rules.trial_balance(entries).lines)


@pytest.mark.rule(id="F7")
def test_the_trial_balance_sums_by_account() -> None:
    entries = (
        Entry("1002", debit=500),
        Entry("420101", credit=500),
        Entry("520103", debit=30),
        Entry("1002", credit=30),
    )
    balance = rules.trial_balance(entries)
    assert balance.lines == (TrialLine("1002", 500, 30), TrialLine("420101", 0, 500), TrialLine("520103", 30, 0))
    assert (balance.debit, balance.credit) == (530, 530)
    assert balance.lines[0].balance(Side.DEBIT) == 470
    assert balance.lines[1].balance(Side.CREDIT) == 500
    assert not rules.trial_balance(entries[:3]).balanced


@pytest.mark.rule(id="F7")
@pytest.mark.parametrize(
    ("code", "zh", "kind", "side"),
    [
        ("1001", "现金", AccountClass.ASSET, Side.DEBIT),
        ("1002", "银行存款", AccountClass.ASSET, Side.DEBIT),
        ("1121", "应收账款", AccountClass.ASSET, Side.DEBIT),
        ("1502", "累计折旧", AccountClass.ASSET, Side.CREDIT),
        ("2202", "应付账款", AccountClass.LIABILITY, Side.CREDIT),
        ("2203", "预收账款", AccountClass.LIABILITY, Side.CREDIT),
        ("3101", "非限定性净资产", AccountClass.NET_ASSETS, Side.CREDIT),
        ("3102", "限定性净资产", AccountClass.NET_ASSETS, Side.CREDIT),
        ("4201", "会费收入", AccountClass.INCOME, Side.CREDIT),
        ("5101", "业务活动成本", AccountClass.EXPENSE, Side.DEBIT),
        ("5201", "管理费用", AccountClass.EXPENSE, Side.DEBIT),
    ],
)
def test_the_chart_of_2004(code: str, zh: str, kind: AccountClass, side: Side) -> None:
    account = CHART.accounts[code]
    assert (account.name.zh, account.kind, account.side, account.parent) == (zh, kind, side, None)


@pytest.mark.rule(id="F7")
def test_the_chart_hangs_together() -> None:
    own = [account for account in CHART.accounts.values() if account.parent is None]
    details = [account for account in CHART.accounts.values() if account.parent is not None]
    assert (len(own), all(len(account.code) == 4 for account in own)) == (48, True)
    for detail in details:
        parent = CHART.accounts[detail.code[:4]]
        assert (detail.parent, detail.kind, detail.side) == (parent.code, parent.kind, parent.side)
        assert parent.detailed
        assert not detail.detailed
    for account in CHART.accounts.values():
        assert account.code[0] == str([*AccountClass].index(account.kind) + 1)
        assert account.name.en
        assert account.kind.label.zh
    by_income = [{d.restricted for d in details if d.parent == a.code} for a in own if a.kind is AccountClass.INCOME]
    assert by_income == [{True, False}] * 7
    assert (CHART.accounts["3101"].restricted, CHART.accounts["3102"].restricted) == (False, True)
    assert CHART.accounts[CHART.account_for(Purpose.DUES_INCOME)].restricted is False


@pytest.mark.rule(id="X4")
def test_the_chart_holds_from_2005() -> None:
    first = replace(GOOD, on=date(2005, 1, 1))
    assert rules.check_voucher(first, charts()).version == "chart-2005-01-01"
    assert refusal(replace(GOOD, on=date(2004, 12, 31))) == ("X4", "no-terms")


@pytest.mark.rule(id="X4")
def test_the_chart_of_the_vouchers_day_counts() -> None:
    bank = Account("1012", Text("银行", "Bank"), AccountClass.ASSET, Side.DEBIT)
    later = Chart("later", date(2026, 1, 1), Text("新", "new"), {"1012": bank}, dict.fromkeys(Purpose, "1012"))
    moved = replace(GOOD, on=date(2026, 1, 1), entries=(Entry("1012", debit=1), Entry("1012", credit=1)))
    assert rules.check_voucher(moved, (*charts(), later)) is later
    for voucher in (replace(moved, on=date(2025, 12, 31)), replace(GOOD, on=date(2026, 1, 1))):
        with pytest.raises(Refused) as refused:
            rules.check_voucher(voucher, (*charts(), later))
        assert refused.value.code == "unknown-account"


@pytest.mark.rule(id="F7")
def test_a_chart_without_an_account_for_every_purpose_is_no_chart() -> None:
    with pytest.raises(ValueError, match="every purpose"):
        replace(CHART, purposes={Purpose.BANK: "1002"})
    with pytest.raises(Refused):
        replace(CHART, purposes={**CHART.purposes, Purpose.BANK: "1121"})
    same = {"code": "1001", "name": {"zh": "现金", "en": "Cash"}, "class": "asset", "side": "debit"}
    data = {"id": "x", "effective_from": "2005-01-01", "clause": {"zh": "", "en": ""}, "purposes": {}}
    with pytest.raises(ValueError, match="twice"):
        Chart.from_data({**data, "accounts": [same, same]})


@pytest.mark.rule(id="F13")
def test_every_kind_of_expense_has_an_account_for_expenses() -> None:
    assert {label.zh for label in expense_kinds().values()} >= {
        "水电",
        "通信",
        "办公用品",
        "福利",
        "差旅",
        "培训",
        "稿费",
    }
    for code, kind in expenses().items():
        account = kind.account_in(CHART)
        CHART.check_postable(account)
        assert (kind.code, CHART.accounts[account].kind) == (code, AccountClass.EXPENSE)


@pytest.mark.rule(id="F13")
def test_a_kind_without_an_account_in_the_chart_is_not_posted() -> None:
    with pytest.raises(Refused) as refused:
        expenses()["travel"].account_in(replace(CHART, version="another"))
    assert (refused.value.rule, refused.value.code) == ("F13", "kind-without-account")
