"""What waits for a resolution: heard of finance, shown to whoever prepares the meetings (F4, G9)."""

import uuid

from sqlalchemy import select

from services.governance.resolutions.models import Resolution
from services.governance.resolutions.rules import Standing
from services.governance.rights import READ_WANTED
from services.governance.wanted.models import WantedResolution
from services.governance.wanted.rules import BODY, State
from services.governance.wanted.schemas import (
    ExpenditureRefused,
    ExpenditureWithdrawn,
    ResolutionWanted,
    WantedOut,
    WantedQuery,
)
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.tx import Tx


class WantedResolutions:
    """Expenditures that wait for the standing council."""

    @on_event("finance", "expenditure.resolution-wanted.v1", ResolutionWanted)
    def want_resolution(self, tx: Tx, expenditure_id: uuid.UUID, amount: int, kind: str) -> None:
        """Lets an expenditure wait for the standing council; one decided ahead of this waits no more (F4)."""
        tx.hold(f"expenditure {expenditure_id}")
        wanted = tx.find(WantedResolution, expenditure_id=expenditure_id) or tx.add(
            WantedResolution(expenditure_id=expenditure_id, body=BODY.value, wanted_at=tx.now)
        )
        wanted.amount, wanted.kind = amount, kind
        wanted.state = State.WAITING.value
        about = select(Resolution).filter_by(subject_id=expenditure_id, standing=Standing.IN_FORCE.value)
        for made in tx.all(about):
            if made.limit is not None:
                wanted.decided(State.ADOPTED, made.adopted_on, made.id)

    @on_event("finance", "expenditure.refused.v1", ExpenditureRefused)
    def drop_wanted_resolution(self, tx: Tx, expenditure_id: uuid.UUID) -> None:
        """Stops waiting for a resolution on an expenditure that finance has refused."""
        self._drop(tx, expenditure_id)

    @on_event("finance", "expenditure.withdrawn.v1", ExpenditureWithdrawn)
    def withdraw_wanted_resolution(self, tx: Tx, expenditure_id: uuid.UUID) -> None:
        """Stops waiting for a resolution on an expenditure that was taken back (X7)."""
        self._drop(tx, expenditure_id)

    @staticmethod
    def _drop(tx: Tx, expenditure_id: uuid.UUID) -> None:
        wanted = tx.find(WantedResolution, expenditure_id=expenditure_id)
        if wanted is not None and wanted.state == State.WAITING:
            wanted.state = State.DROPPED.value

    @operation(
        "GET /wanted-resolutions",
        permission=READ_WANTED,
        request=WantedQuery,
        response=WantedOut,
        label=("待决支出", "Expenditures that wait for a resolution"),
        kind="list",
    )
    def list_wanted_resolutions(
        self, tx: Tx, page: PageRequest, state: str | None, expenditure_id: uuid.UUID | None
    ) -> Page:
        """Expenditures that wait, or waited, for the standing council, the longest waiting first."""
        wanted = {"state": state, "expenditure_id": expenditure_id}
        query = select(WantedResolution).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"wanted_at": WantedResolution.wanted_at}
        return tx.page(query, page, key=WantedResolution.id, sorts=sorts, default="wanted_at")
