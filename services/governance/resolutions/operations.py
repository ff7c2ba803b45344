"""Resolutions 决议: which there are, and what became of them (X6, X7)."""

import uuid

from sqlalchemy import select

from services.governance.resolutions.models import Resolution
from services.governance.resolutions.schemas import ResolutionLine, ResolutionOut, ResolutionQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


class Resolutions:
    """What the bodies have resolved. Resolutions are made by votes; see the motions."""

    @operation(
        "GET /resolutions",
        permission=SIGNED_IN,
        request=ResolutionQuery,
        response=ResolutionLine,
        label=("决议", "Resolutions"),
        kind="list",
    )
    def list_resolutions(
        self,
        tx: Tx,
        page: PageRequest,
        number: str | None,
        body: str | None,
        matter: str | None,
        subject_id: uuid.UUID | None,
        standing: str | None,
    ) -> Page:
        """Resolutions, the latest first; by number, body, matter, what they are about, or standing."""
        wanted = {"number": number, "body": body, "matter": matter, "subject_id": subject_id, "standing": standing}
        query = select(Resolution).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"adopted_on": Resolution.adopted_on, "serial": Resolution.serial}
        return tx.page(query, page, key=Resolution.id, sorts=sorts, default="-adopted_on")

    @operation(
        "GET /resolutions/{id}",
        permission=SIGNED_IN,
        response=ResolutionOut,
        label=("决议详情", "A resolution"),
        kind="detail",
    )
    def get_resolution(self, tx: Tx, id: uuid.UUID) -> Resolution:
        """A resolution with its vote and arithmetic (X1), and what ended it (X7)."""
        return tx.get(Resolution, id)
