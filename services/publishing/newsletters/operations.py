"""Issues of the newsletter 会刊: opened, filled, published; publication makes the fees (P1, P6)."""

import uuid

from sqlalchemy import select

from services.publishing.articles import rules as article_rules
from services.publishing.articles.models import Article
from services.publishing.data import fee_terms
from services.publishing.events import ArticlePublished, IssuePublished
from services.publishing.fees import rules as fee_rules
from services.publishing.newsletters import rules
from services.publishing.newsletters.models import Issue, Placement
from services.publishing.newsletters.schemas import IssueIn, IssueOut, PlacementIn, PlacementPath
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.api.sentences import kept
from shared.effective import in_force
from shared.identity.duties import Act
from shared.store.tx import Tx


class Newsletters:
    """The newsletter, issue by issue."""

    @operation(
        "POST /issues",
        permission="publishing.issue.edit",
        request=IssueIn,
        response=IssueOut,
        label=("开编一期会刊", "Open an issue"),
        kind="create",
    )
    def open_issue(self, tx: Tx, kind: str, theme: str) -> Issue:
        """Opens an issue; its number comes with publication (X6)."""
        opened = rules.open_issue(rules.Kind(kind), theme)
        return tx.add(Issue(kind=opened.kind, theme=opened.theme, opened_at=tx.now, placements=[]))

    @operation(
        "GET /issues",
        permission="publishing.issue.read",
        response=IssueOut,
        label=("会刊", "Issues of the newsletter"),
        kind="list",
    )
    def list_issues(self, tx: Tx, page: PageRequest) -> Page:
        """Issues, the newest first."""
        return tx.page(select(Issue), page, key=Issue.id, sorts={"opened": Issue.opened_at}, default="-opened")

    @operation(
        "GET /issues/{id}",
        permission="publishing.issue.read",
        response=IssueOut,
        label=("一期会刊", "An issue"),
        kind="detail",
    )
    def get_issue(self, tx: Tx, id: uuid.UUID) -> Issue:
        """An issue and what stands in it."""
        return tx.get(Issue, id)

    @operation(
        "POST /issues/{id}/articles",
        permission="publishing.issue.edit",
        request=PlacementIn,
        response=IssueOut,
        label=("编入稿件", "Place an article"),
        kind="action",
        apart=Act.APPROVES,
    )
    def place_article(self, tx: Tx, id: uuid.UUID, article_id: uuid.UUID, rate: int | None) -> Issue:
        """Places a reviewed article; an article is published once, in one issue (P1, P5).

        Whoever places a paid article chooses its rate, so nobody places their own or their own unit's (P6, X8).
        """
        issue = tx.change(Issue, id)
        article = tx.lock(Article, article_id)
        tx.keep_apart(*rules.whose_fee(article.as_ruled().author))
        placed = tx.find(Placement, article_id=article_id)
        rules.add(issue.as_ruled(), article_id, article.as_ruled(), placed.issue_id if placed else None)
        self._fee(tx, article, rate)
        issue.placements.append(Placement(article_id=article_id, rate=rate))
        return issue

    @operation(
        "DELETE /issues/{id}/articles/{article_id}",
        permission="publishing.issue.edit",
        request=PlacementPath,
        response=IssueOut,
        label=("撤下稿件", "Take an article out"),
        kind="action",
    )
    def take_article_out(self, tx: Tx, id: uuid.UUID, article_id: uuid.UUID) -> Issue:
        """Takes an article out of an issue that is still open."""
        issue = tx.change(Issue, id)
        left = rules.remove(issue.as_ruled(), article_id).articles
        issue.placements = [placement for placement in issue.placements if placement.article_id in left]
        return issue

    @operation(
        "POST /issues/{id}/publication",
        permission="publishing.issue.publish",
        response=IssueOut,
        label=("出刊", "Publish an issue"),
        kind="action",
    )
    def publish_issue(self, tx: Tx, id: uuid.UUID) -> Issue:
        """Publishes an issue: it gets its number, and each article what it earns (P1, P6)."""
        issue = tx.change(Issue, id)
        articles = [tx.lock(Article, placement.article_id) for placement in issue.placements]
        tx.hold("newsletter numbers")
        numbered = tx.all(select(Issue).where(Issue.year == tx.today.year))
        published = rules.publish(
            issue.as_ruled(),
            {article.id: article.as_ruled() for article in articles},
            tx.today.year,
            [other.number for other in numbered if other.number],
        )
        assert published.number is not None
        issue.year, issue.serial, issue.published_at = published.number.year, published.number.serial, tx.now
        for article, placement in zip(articles, issue.placements, strict=True):
            self._publish(tx, issue, article, placement)
        tx.emit(IssuePublished.of(issue))
        return issue

    def _publish(self, tx: Tx, issue: Issue, article: Article, placement: Placement) -> None:
        earned = self._fee(tx, article, placement.rate)
        article.state = article_rules.publish(article.as_ruled()).state
        article.published_at = tx.now
        article.fee, article.fee_terms, article.fee_mode = earned.amount, earned.terms, earned.mode
        article.fee_rate, article.fee_arithmetic = earned.rate, kept(earned.arithmetic)
        article.fee_warning = kept(earned.warning) if earned.warning else None
        tx.emit(ArticlePublished.of(article, issue_id=issue.id))

    @staticmethod
    def _fee(tx: Tx, article: Article, rate: int | None) -> fee_rules.Fee:
        terms = in_force(fee_terms(), tx.today, fee_rules.WHAT)
        writer = fee_rules.Writer.CONTRIBUTOR if article.unit_id else fee_rules.Writer.SECRETARIAT
        return fee_rules.fee(article.characters, terms, rate, writer=writer)
