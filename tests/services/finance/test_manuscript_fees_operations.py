"""Manuscript fees through the bus: what publishing tells becomes a debt, once (F14, X7)."""

import json
import uuid
from typing import Any

import pytest

from shared.testing.association import Answer, Association, Person, eventually

PUBLISHED, RETRACTED = "article.published.v1", "article.retracted.v1"
PUBLISHED_AT, RETRACTED_AT = "2021-03-30T09:00:00+08:00", "2021-04-02T10:00:00+08:00"


class Article:
    """An article as finance hears of it, and what finance made of that."""

    def __init__(self, association: Association, fee: str = "150.00") -> None:
        self.association = association
        self.accountant: Person = association.person("accountant")
        self.id, self.author = str(uuid.uuid4()), str(uuid.uuid4())
        self.fee = fee

    def tell(self, type_: str, *, event_id: str | None = None, **changed: Any) -> str:
        """Put an event of publishing on the bus as publishing would; returns its id."""
        event_id = event_id or str(uuid.uuid4())
        told = {
            PUBLISHED: {
                "article_id": self.id,
                "issue_id": str(uuid.uuid4()),
                "author_id": self.author,
                "unit_id": str(uuid.uuid4()),
                "characters": 1450,
                "fee": self.fee,
                "fee_terms": "fee-2021-01-18",
                "fee_mode": "CAPPED",
                "published_at": PUBLISHED_AT,
            },
            RETRACTED: {"article_id": self.id, "retracted_at": RETRACTED_AT},
        }[type_]
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": "publishing",
            "type": type_,
            "time": PUBLISHED_AT,
            "subject": f"article/{self.id}",
        }
        self.association.publish(
            "publishing.events",
            type_,
            json.dumps({**told, **changed}).encode(),
            headers={f"cloudEvents_{name}": value for name, value in attributes.items()},
        )
        return event_id

    def heard(self, event_id: str, state: str = "done") -> None:
        """Wait until finance has settled the event so."""
        row = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = '{state}'"
        eventually(lambda: self.association.rows("finance", row))

    def fees(self, **filters: Any) -> list[dict[str, Any]]:
        answer = self.association.call(
            "finance", "list_manuscript_fees", as_=self.accountant, **{"article_id": self.id, **filters}
        )
        items: list[dict[str, Any]] = answer["items"]
        return items

    def detail(self) -> Answer:
        (line,) = self.fees()
        return self.association.call("finance", "get_manuscript_fee", as_=self.accountant, id=line["id"])

    def emitted(self) -> list[tuple[str, dict[str, Any]]]:
        """What finance told of this article's fee, in order."""
        rows = self.association.rows("finance", "SELECT type, body FROM chassis.outbox ORDER BY position")
        events = [(row["type"], json.loads(row["body"])) for row in rows]
        return [(type_, body) for type_, body in events if body.get("article_id") == self.id]


@pytest.fixture
def article(association: Association) -> Article:
    return Article(association)


@pytest.mark.rule(id="F14")
def test_a_published_article_is_a_debt_to_its_author(article: Article) -> None:
    article.heard(article.tell(PUBLISHED))
    fee = article.detail()
    assert (fee["amount"], fee["owed"], fee["state"]) == ("150.00", "150.00", "accrued")
    assert (fee["author_id"], fee["terms"]) == (article.author, "fee-2021-01-18")
    assert (fee["published_at"], fee["retracted_at"]) == (PUBLISHED_AT, None)
    assert [(entry["kind"], entry["amount"]) for entry in fee["entries"]] == [("accrual", "150.00")]
    expected = {"fee_id": fee["id"], "article_id": article.id, "author_id": article.author, "amount": "150.00"}
    assert article.emitted() == [("fee.accrued.v1", expected)]


@pytest.mark.rule(id="F14")
@pytest.mark.parametrize("same_event", [True, False])
def test_the_publication_heard_again_changes_nothing(article: Article, same_event: bool) -> None:
    first = article.tell(PUBLISHED)
    article.heard(first)
    before = article.detail().body
    article.tell(
        PUBLISHED, event_id=first if same_event else None, issue_id=before["issue_id"], unit_id=before["unit_id"]
    )
    last = article.tell(RETRACTED)
    article.heard(last)
    after = article.detail().body
    assert after["entries"][:1] == before["entries"]
    assert [entry["kind"] for entry in after["entries"]] == ["accrual", "reversal"]
    assert [type_ for type_, _ in article.emitted()] == ["fee.accrued.v1", "fee.reversed.v1"]


@pytest.mark.rule(id="F14")
def test_a_retraction_takes_the_debt_back_and_keeps_both_entries(article: Article) -> None:
    article.heard(article.tell(PUBLISHED))
    article.heard(article.tell(RETRACTED))
    article.heard(article.tell(RETRACTED, retracted_at="2021-05-01T10:00:00+08:00"))
    fee = article.detail()
    assert (fee["amount"], fee["owed"], fee["state"]) == ("150.00", "0.00", "reversed")
    assert fee["retracted_at"] == RETRACTED_AT
    assert [(e["kind"], e["amount"]) for e in fee["entries"]] == [("accrual", "150.00"), ("reversal", "-150.00")]
    (_, (type_, body)) = article.emitted()
    assert (type_, body["amount"], body["receivable"]) == ("fee.reversed.v1", "150.00", "0.00")


@pytest.mark.rule(id="F14")
def test_a_retraction_heard_first_waits_for_its_publication_and_nets_to_zero(article: Article) -> None:
    article.heard(article.tell(RETRACTED))
    waiting = article.detail()
    assert (waiting["state"], waiting["amount"], waiting["author_id"], waiting["entries"]) == (
        "awaited",
        None,
        None,
        [],
    )
    article.heard(article.tell(PUBLISHED))
    fee = article.detail()
    assert (fee["state"], fee["owed"]) == ("reversed", "0.00")
    assert [entry["kind"] for entry in fee["entries"]] == ["accrual", "reversal"]
    assert [type_ for type_, _ in article.emitted()] == ["fee.accrued.v1", "fee.reversed.v1"]


@pytest.mark.rule(id="F14")
def test_an_unpaid_article_is_recorded_and_owes_nothing(association: Association) -> None:
    article = Article(association, fee="0.00")
    article.heard(article.tell(PUBLISHED))
    fee = article.detail()
    assert (fee["state"], fee["amount"], fee["owed"], fee["entries"]) == ("unpaid", "0.00", "0.00", [])
    article.heard(article.tell(RETRACTED))
    assert article.detail()["owed"] == "0.00"
    assert article.emitted() == []


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("changed", [{"fee": "150.01"}, {"author_id": str(uuid.uuid4())}])
def test_another_amount_or_author_is_a_dead_letter_and_changes_nothing(
    article: Article, changed: dict[str, str]
) -> None:
    article.heard(article.tell(PUBLISHED))
    before = article.detail().body
    event_id = article.tell(PUBLISHED, **changed)
    article.heard(event_id, "dead")
    assert article.detail().body == before
    letters = article.association.call(
        "finance", "list_dead_letters", as_=article.association.person("administrator"), limit=200
    )
    (letter,) = [letter for letter in letters["items"] if letter["id"] == event_id]
    assert letter["error"].startswith("Refused: 150.00 yuan are accrued for this article")


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("fee", ["150.005", "-1.00", "1e5", "１５０", 150])
def test_an_amount_that_is_none_never_becomes_a_debt(association: Association, fee: Any) -> None:
    article = Article(association)
    article.heard(article.tell(PUBLISHED, fee=fee), "dead")
    assert article.fees() == []


def test_fees_are_found_by_author_and_state(association: Association) -> None:
    author = str(uuid.uuid4())
    articles = [Article(association, fee) for fee in ("150.00", "0.00", "100.00")]
    for article in articles:
        article.author = author
        article.heard(article.tell(PUBLISHED))
    articles[2].heard(articles[2].tell(RETRACTED))
    states = {
        state: articles[0].fees(article_id=None, author_id=author, state=state) for state in ("accrued", "unpaid")
    }
    assert [fee["article_id"] for fee in states["accrued"]] == [articles[0].id]
    assert [fee["article_id"] for fee in states["unpaid"]] == [articles[1].id]
    everything = articles[0].fees(article_id=None, author_id=author)
    assert [fee["article_id"] for fee in everything] == [article.id for article in reversed(articles)]


def test_fees_are_listed_page_by_page(association: Association) -> None:
    author = str(uuid.uuid4())
    articles = [Article(association) for _ in range(3)]
    for article in articles:
        article.author = author
        article.heard(article.tell(PUBLISHED))

    def page(cursor: str | None) -> Answer:
        reader = association.person("accountant")
        return association.call(
            "finance", "list_manuscript_fees", as_=reader, author_id=author, limit=2, sort="recorded", cursor=cursor
        )

    first = page(None)
    second = page(first["next"])
    assert [fee["article_id"] for fee in first["items"] + second["items"]] == [article.id for article in articles]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("role", "status"), [("accountant", 200), ("editor", 403), ("correspondent", 403), ("administrator", 403)]
)
def test_only_the_accountant_reads_fees(association: Association, role: str, status: int) -> None:
    assert association.call("finance", "list_manuscript_fees", as_=association.person(role)).status == status


def test_nobody_reads_fees_without_signing_in(association: Association) -> None:
    assert association.call("finance", "list_manuscript_fees").status == 401
    assert association.call("finance", "get_manuscript_fee", id=uuid.uuid4()).status == 401


def test_a_fee_that_is_not_there_is_not_found(association: Association) -> None:
    answer = association.call("finance", "get_manuscript_fee", as_=association.person("accountant"), id=uuid.uuid4())
    assert answer.problem is not None
    assert (answer.status, answer.problem["detail"]) == (404, "没有这个稿费")
