"""Manuscript fees 稿费: what publishing tells becomes a debt, and a retraction takes it back (F14)."""

import uuid
from datetime import datetime

from sqlalchemy import select

from services.finance.events import FeeAccrued, FeeReversed
from services.finance.manuscript_fees import rules
from services.finance.manuscript_fees.models import ManuscriptFee
from services.finance.manuscript_fees.schemas import (
    ArticlePublished,
    ArticleRetracted,
    ManuscriptFeeLine,
    ManuscriptFeeOut,
    ManuscriptFeeQuery,
)
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.tx import Tx


class ManuscriptFees:
    """Fees by article: heard of, accrued, reversed, shown."""

    @on_event("publishing", "article.published.v1", ArticlePublished)
    def accrue_manuscript_fee(
        self,
        tx: Tx,
        article_id: uuid.UUID,
        issue_id: uuid.UUID,
        author_id: uuid.UUID,
        unit_id: uuid.UUID | None,
        fee: int,
        fee_terms: str,
        published_at: datetime,
    ) -> None:
        """Accrues what a published article earned; an unpaid one is recorded and owes nothing (F14, P6)."""
        known = tx.find(ManuscriptFee, article_id=article_id)
        accrued = rules.accrue(known.as_ruled() if known else None, article_id, author_id, fee)
        record = known or tx.add(ManuscriptFee(article_id=article_id, recorded_at=tx.now, entries=[]))
        record.issue_id, record.unit_id, record.terms = issue_id, unit_id, fee_terms
        record.published_at = published_at
        self._enter(tx, record, accrued)

    @on_event("publishing", "article.retracted.v1", ArticleRetracted)
    def reverse_manuscript_fee(self, tx: Tx, article_id: uuid.UUID, retracted_at: datetime) -> None:
        """Takes the fee of a retracted article back: a receivable where it was paid (F14, X7)."""
        known = tx.find(ManuscriptFee, article_id=article_id)
        reversed_ = rules.reverse(known.as_ruled() if known else None, article_id)
        record = known or tx.add(ManuscriptFee(article_id=article_id, recorded_at=tx.now, entries=[]))
        record.retracted_at = record.retracted_at or retracted_at
        self._enter(tx, record, reversed_)

    @operation(
        "GET /manuscript-fees",
        permission="finance.manuscript_fee.read",
        request=ManuscriptFeeQuery,
        response=ManuscriptFeeLine,
        label=("稿费", "Manuscript fees"),
        kind="list",
    )
    def list_manuscript_fees(
        self,
        tx: Tx,
        page: PageRequest,
        article_id: uuid.UUID | None,
        author_id: uuid.UUID | None,
        state: str | None,
    ) -> Page:
        """Manuscript fees, the latest first; by article, author or state."""
        wanted = {"article_id": article_id, "author_id": author_id, "state": state}
        query = select(ManuscriptFee).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"recorded": ManuscriptFee.recorded_at}
        return tx.page(query, page, key=ManuscriptFee.id, sorts=sorts, default="-recorded")

    @operation(
        "GET /manuscript-fees/{id}",
        permission="finance.manuscript_fee.read",
        response=ManuscriptFeeOut,
        label=("稿费详情", "A manuscript fee"),
        kind="detail",
    )
    def get_manuscript_fee(self, tx: Tx, id: uuid.UUID) -> ManuscriptFee:
        """A manuscript fee and every entry that made it what it is."""
        return tx.get(ManuscriptFee, id)

    @staticmethod
    def _enter(tx: Tx, record: ManuscriptFee, ruled: rules.Accrual) -> None:
        added = record.follow(ruled, tx.now)
        tx.flush()
        for entry in added:
            if entry.kind == rules.EntryKind.ACCRUAL:
                tx.emit(FeeAccrued.of(record))
            else:
                tx.emit(FeeReversed.of(record))
