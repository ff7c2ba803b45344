"""Notices 寄送: what was sent to whom (M3, M5)."""

import uuid

from sqlalchemy import select

from services.membership.notices.models import Notice
from services.membership.notices.schemas import NoticeOut, NoticeQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class Notices:
    """What units are sent."""

    @operation(
        "GET /notices",
        permission="membership.notice.read",
        request=NoticeQuery,
        response=NoticeOut,
        label=("寄送记录", "Notices sent"),
        kind="list",
    )
    def list_notices(
        self, tx: Tx, page: PageRequest, unit_id: uuid.UUID | None, kind: str | None, outcome: str | None
    ) -> Page:
        """What units were sent, the latest first: slips (M5) and yearly accounts (M3); of one unit, kind or outcome."""
        wanted = {"unit_id": unit_id, "kind": kind, "outcome": outcome}
        query = select(Notice).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        return tx.page(query, page, key=Notice.id, sorts={"recorded": Notice.recorded_at}, default="-recorded")
