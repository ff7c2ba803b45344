"""Articles 稿件 from submission to retraction (P1, P5, X7, X8)."""

import uuid

from sqlalchemy import Select, select

from services.publishing.articles import rules
from services.publishing.articles.models import Article, Review
from services.publishing.articles.schemas import (
    ArticleIn,
    ArticleLine,
    ArticleOut,
    ArticleQuery,
    RetractionIn,
    ReviewIn,
)
from services.publishing.data import columns
from services.publishing.events import ArticleRetracted
from services.publishing.parties import party_of
from services.publishing.rights import EDIT, GRANTS
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.errors import NotFound
from shared.identity.principals import authorise
from shared.store.tx import Tx


class Articles:
    """What correspondents write and editors answer for."""

    @operation(
        "POST /articles",
        permission="publishing.article.submit",
        request=ArticleIn,
        response=ArticleOut,
        label=("投稿", "Submit an article"),
        kind="create",
        scope="own",
    )
    def submit_article(self, tx: Tx, title: str, body: str, column: str) -> Article:
        """Submits an article in the name of whoever is signed in and the unit they represent (P4, P5)."""
        rules.check_text(title, body)
        rules.check_column(column, columns())
        author = party_of(tx.principal)
        return tx.add(
            Article(
                title=title,
                body=body,
                column=column,
                author_id=author.person,
                unit_id=author.unit,
                state=rules.State.SUBMITTED,
                revision=1,
                characters=rules.word_count(body),
                submitted_at=tx.now,
                reviews=[],
            )
        )

    @operation(
        "GET /articles",
        permission="publishing.article.read",
        request=ArticleQuery,
        response=ArticleLine,
        label=("稿件", "Articles"),
        kind="list",
    )
    def list_articles(self, tx: Tx, page: PageRequest, state: str | None, column: str | None) -> Page:
        """Articles, newest first; editors see all, correspondents their own and their unit's (P5)."""
        query = self._readable(tx)
        if state:
            query = query.where(Article.state == state)
        if column:
            query = query.where(Article.column == column)
        sorts = {"submitted": Article.submitted_at, "title": Article.title}
        return tx.page(query, page, key=Article.id, sorts=sorts, default="-submitted")

    @operation(
        "GET /articles/{id}",
        permission="publishing.article.read",
        response=ArticleOut,
        label=("稿件详情", "An article"),
        kind="detail",
    )
    def get_article(self, tx: Tx, id: uuid.UUID) -> Article:
        """An article with its reviews and what it earned, to whoever may see it in the list."""
        article = tx.get(Article, id)
        if not tx.all(self._readable(tx).where(Article.id == id)):
            raise NotFound("没有这个稿件", "There is no such article")
        return article

    @operation(
        "PUT /articles/{id}",
        permission="publishing.article.submit",
        request=ArticleIn,
        response=ArticleOut,
        label=("修改稿件", "Revise an article"),
        kind="action",
        scope="own",
    )
    def revise_article(self, tx: Tx, id: uuid.UUID, title: str, body: str, column: str) -> Article:
        """Replaces one's own text before publication; earlier reviews no longer count (P5, X8)."""
        article = tx.change(Article, id)
        rules.check_text(title, body)
        rules.check_column(column, columns())
        revised = rules.revise(article.as_ruled(), party_of(tx.principal))
        article.title, article.body, article.column = title, body, column
        article.characters = rules.word_count(body)
        article.state, article.revision = revised.state, revised.revision
        return article

    @operation(
        "POST /articles/{id}/reviews",
        permission="publishing.article.review",
        request=ReviewIn,
        response=ArticleOut,
        label=("审核稿件", "Review an article"),
        kind="action",
    )
    def review_article(self, tx: Tx, id: uuid.UUID, kind: str, revision: int, passed: bool, note: str) -> Article:
        """One of the three reviews of P5, the editorial one by an editor; nobody reviews their own (X8)."""
        if kind == rules.Kind.EDITORIAL:
            authorise(tx.principal, EDIT, GRANTS)
        article = tx.change(Article, id)
        reviewer = party_of(tx.principal)
        verdict = rules.Review(rules.Kind(kind), reviewer, revision, passed, note)
        article.state = rules.review(article.as_ruled(), verdict).state
        article.reviews.append(
            Review(
                kind=kind,
                reviewer_id=reviewer.person,
                reviewer_unit_id=reviewer.unit,
                revision=revision,
                passed=passed,
                note=note,
                made_at=tx.now,
            )
        )
        return article

    @operation(
        "POST /articles/{id}/retraction",
        permission="publishing.article.retract",
        request=RetractionIn,
        response=ArticleOut,
        label=("撤稿", "Retract an article"),
        kind="action",
    )
    def retract_article(self, tx: Tx, id: uuid.UUID, reason: str) -> Article:
        """Withdraws a published article; it stays on file and its fee is taken back (X7, F14)."""
        article = tx.change(Article, id)
        article.state = rules.retract(article.as_ruled(), reason).state
        article.retracted_at, article.retraction_reason = tx.now, reason
        tx.emit(ArticleRetracted.of(article))
        return article

    @staticmethod
    def _readable(tx: Tx) -> Select[Article]:
        everything = select(Article)
        if tx.may(EDIT):
            return everything
        return everything.where(Article.readable_by(tx.principal))
