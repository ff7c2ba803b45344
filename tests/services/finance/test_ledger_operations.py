"""The ledger as it is kept and read: balanced, immutable, numbered without gaps (F7, X7)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from services.finance.ledger.models import Voucher
from services.finance.ledger.posting import Source, SourceKind, post
from services.finance.ledger.rules import Entry
from shared.api.asking import Asker
from shared.errors import Refused
from shared.identity.keys import Keyring
from shared.identity.principals import Principal
from shared.identity.sealing import Vault
from shared.store.traces import Traces
from shared.store.tx import Origin, Tx
from shared.testing.association import Association

BANK, SUPPLIES, TRAVEL = "1002", "520103", "520105"


class Books:
    """Posts as finance's own code does, in transactions of the test."""

    def __init__(self, association: Association, keys: Path) -> None:
        self.association = association
        self.keyring = Keyring.load(keys, "finance")

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with Session(self.association.database("finance"), expire_on_commit=False) as session:
            yield Tx(
                lambda: session,
                Origin(Principal("service", service="finance"), str(uuid.uuid4())),
                source="finance",
                now=datetime.now(UTC),
                vault=Vault(self.keyring.secret),
                keyring=self.keyring,
                asker=Asker("", self.keyring),
                grants={},
                public_url="",
                traces=Traces(),
            )
            session.commit()

    def post(self, day: date, amount: int, *, account: str = SUPPLIES, source: uuid.UUID | None = None) -> Voucher:
        with self.begin() as tx:
            return self.within(tx, day, amount, account=account, source=source)

    @staticmethod
    def within(tx: Tx, day: date, amount: int, *, account: str = SUPPLIES, source: uuid.UUID | None = None) -> Voucher:
        entries = [Entry(account, debit=amount), Entry(BANK, credit=amount)]
        from_ = Source(SourceKind.EXPENDITURE, source or uuid.uuid4())
        return post(tx, day=day, entries=entries, summary="购买办公用品", source=from_)

    def post_unbalanced(self, day: date) -> None:
        with self.begin() as tx:
            entries = [Entry(SUPPLIES, debit=100), Entry(BANK, credit=99)]
            post(tx, day=day, entries=entries, summary="x", source=Source(SourceKind.EXPENDITURE, uuid.uuid4()))

    def post_and_fail(self, day: date) -> None:
        with self.begin() as tx:
            self.within(tx, day, 100)
            raise RuntimeError("the use case fails after it has posted")

    def run(self, *statements: tuple[str, dict[str, object]]) -> None:
        """SQL in one transaction, past everything that posting checks."""
        with self.association.database("finance").begin() as connection:
            for statement, values in statements:
                connection.execute(text(statement), values)


@pytest.fixture
def books(association: Association, keys: Path) -> Books:
    return Books(association, keys)


@pytest.mark.rule(id="F7")
def test_a_voucher_is_numbered_in_its_month_and_shown_whole(association: Association, books: Books) -> None:
    numbers = [books.post(date(2051, 3, 5), 299_999).number for _ in range(2)]
    april = books.post(date(2051, 4, 1), 1).number
    assert (numbers, april) == (["记-2051-03-0001", "记-2051-03-0002"], "记-2051-04-0001")
    shown = association.call("finance", "get_voucher", as_=association.person("accountant"), number=numbers[1])
    assert (shown["total"], shown["period"], shown["day"]) == ("2999.99", "2051-03", "2051-03-05")
    assert [(e["account"], e["name"]["zh"], e["debit"], e["credit"]) for e in shown["entries"]] == [
        (SUPPLIES, "办公用品费", "2999.99", "0.00"),
        (BANK, "银行存款", "0.00", "2999.99"),
    ]


@pytest.mark.rule(id="X6")
def test_a_voucher_that_is_not_posted_burns_no_number(books: Books) -> None:
    day = date(2051, 5, 1)
    with pytest.raises(Refused) as refused:
        books.post_unbalanced(day)
    assert (refused.value.rule, refused.value.code) == ("F7", "unbalanced")
    with pytest.raises(RuntimeError):
        books.post_and_fail(day)
    assert books.post(day, 100).number == "记-2051-05-0001"


@pytest.mark.rule(id="F7")
def test_one_source_is_posted_once(books: Books) -> None:
    source = uuid.uuid4()
    books.post(date(2051, 6, 1), 100, source=source)
    with pytest.raises(IntegrityError):
        books.post(date(2051, 6, 1), 100, source=source)
    assert books.post(date(2051, 6, 1), 100).number == "记-2051-06-0002"


@pytest.mark.rule(id="F7")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vouchers SET summary = 'x' WHERE id = :voucher",
        "DELETE FROM vouchers WHERE id = :voucher",
        "UPDATE voucher_entries SET debit = debit + 1 WHERE voucher_id = :voucher AND debit > 0",
        "DELETE FROM voucher_entries WHERE voucher_id = :voucher",
        "TRUNCATE vouchers, voucher_entries",
    ],
)
def test_the_database_refuses_to_change_what_was_posted(association: Association, books: Books, statement: str) -> None:
    voucher = books.post(date(2051, 7, 1), 4200)
    with pytest.raises(DBAPIError, match="post a reversal instead"):
        books.run((statement, {"voucher": voucher.id} if ":voucher" in statement else {}))
    shown = association.call("finance", "get_voucher", as_=association.person("accountant"), number=voucher.number)
    assert (shown["total"], len(shown["entries"])) == ("42.00", 2)


INSERT_ENTRY = """INSERT INTO voucher_entries (id, voucher_id, position, account, debit, credit)
    VALUES (gen_random_uuid(), :voucher, :position, '1002', :debit, :credit)"""


def entry(voucher: uuid.UUID, position: int, *, debit: int = 0, credit: int = 0) -> tuple[str, dict[str, object]]:
    return INSERT_ENTRY, {"voucher": voucher, "position": position, "debit": debit, "credit": credit}


@pytest.mark.rule(id="F7")
def test_the_database_refuses_an_entry_added_later(books: Books) -> None:
    voucher = books.post(date(2051, 7, 2), 4200)
    added = [entry(voucher.id, 3, debit=100), entry(voucher.id, 4, credit=100)]
    with pytest.raises(DBAPIError, match="do not balance"):
        books.run(*added)


@pytest.mark.rule(id="F7")
@pytest.mark.parametrize("debit", [0, 99])
def test_the_database_refuses_a_voucher_that_does_not_balance(books: Books, debit: int) -> None:
    header = """INSERT INTO vouchers (id, number, period, day, summary, chart, source_kind, source_id, total, lines,
        posted_at, posted_by) VALUES (:voucher, :number, '2051-07', '2051-07-03', 'x', 'chart-2005-01-01',
        'expenditure', gen_random_uuid(), 100, 2, now(), 'x')"""
    voucher = uuid.uuid4()
    statements: list[tuple[str, dict[str, object]]] = [(header, {"voucher": voucher, "number": str(voucher)})]
    if debit:
        statements += [entry(voucher, 1, debit=debit), entry(voucher, 2, credit=100)]
    with pytest.raises(DBAPIError, match="do not balance"):
        books.run(*statements)


@pytest.mark.rule(id="F7")
def test_the_trial_balance_sums_the_days_asked_for(association: Association, books: Books) -> None:
    books.post(date(2052, 1, 31), 10_000)
    books.post(date(2052, 2, 1), 25_050)
    books.post(date(2052, 2, 29), 99, account=TRAVEL)
    books.post(date(2052, 3, 1), 1)
    trial = association.call(
        "finance",
        "get_trial_balance",
        as_=association.person("officer"),
        since="2052-02-01",
        through="2052-02-29",
    )
    assert (trial["debit"], trial["credit"], trial["balanced"]) == ("251.49", "251.49", True)
    assert [(x["account"], x["side"], x["debit"], x["credit"], x["balance"]) for x in trial["lines"]] == [
        (BANK, "debit", "0.00", "251.49", "-251.49"),
        (SUPPLIES, "debit", "250.50", "0.00", "250.50"),
        (TRAVEL, "debit", "0.99", "0.00", "0.99"),
    ]


def test_vouchers_are_found_by_month_and_by_source(association: Association, books: Books) -> None:
    source = uuid.uuid4()
    first = books.post(date(2053, 1, 1), 100, source=source).number
    second = books.post(date(2053, 1, 2), 100).number
    accountant = association.person("accountant")
    january = association.call("finance", "list_vouchers", as_=accountant, period="2053-01", sort="number")
    assert [voucher["number"] for voucher in january["items"]] == [first, second]
    found = association.call("finance", "list_vouchers", as_=accountant, source_id=source)
    assert [voucher["number"] for voucher in found["items"]] == [first]
    assert association.call("finance", "list_vouchers", as_=accountant, period="2053-13").status == 422
    assert association.call("finance", "get_voucher", as_=accountant, number="记-2053-01-0099").status == 404


@pytest.mark.parametrize("operation", ["list_vouchers", "get_trial_balance"])
def test_the_ledger_is_read_by_those_who_may(association: Association, operation: str) -> None:
    assert association.call("finance", operation).status == 401
    for role, status in (("accountant", 200), ("officer", 200), ("cashier", 403), ("editor", 403)):
        assert association.call("finance", operation, as_=association.person(role)).status == status
