"""What waits for a resolution: heard of finance and membership, shown to whoever prepares the meetings (F4, G9, M1)."""

import uuid

from sqlalchemy import or_, select

from services.governance.data.matrix import matters
from services.governance.matters.rules import SubjectKind, subject_kind
from services.governance.resolutions.models import Resolution
from services.governance.resolutions.rules import Standing
from services.governance.rights import READ_WANTED
from services.governance.wanted.models import WantedResolution
from services.governance.wanted.rules import COLUMNS, EXPENDITURE_BODY, State
from services.governance.wanted.schemas import (
    ApplicationWithdrawn,
    DecisionWanted,
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
    """What waits for a body."""

    @on_event("finance", "expenditure.resolution-wanted.v1", ResolutionWanted)
    def want_resolution(self, tx: Tx, expenditure_id: uuid.UUID, amount: int, kind: str) -> None:
        """Lets an expenditure wait for the standing council; one decided ahead of this waits no more (F4)."""
        _want(tx, SubjectKind.EXPENDITURE, expenditure_id, EXPENDITURE_BODY.value, amount=amount, kind=kind)

    @on_event("finance", "expenditure.refused.v1", ExpenditureRefused)
    def drop_wanted_resolution(self, tx: Tx, expenditure_id: uuid.UUID) -> None:
        """Stops waiting for a resolution on an expenditure that finance has refused."""
        _drop(tx, SubjectKind.EXPENDITURE, expenditure_id)

    @on_event("finance", "expenditure.withdrawn.v1", ExpenditureWithdrawn)
    def withdraw_wanted_resolution(self, tx: Tx, expenditure_id: uuid.UUID) -> None:
        """Stops waiting for a resolution on an expenditure that was taken back (X7)."""
        _drop(tx, SubjectKind.EXPENDITURE, expenditure_id)

    @on_event("membership", "application.decision-wanted.v1", DecisionWanted)
    def want_admission(self, tx: Tx, application_id: uuid.UUID, body: str) -> None:
        """Lets an application for membership wait for the body that admits (M1)."""
        _want(tx, SubjectKind.APPLICATION, application_id, body)

    @on_event("membership", "application.withdrawn.v1", ApplicationWithdrawn)
    def drop_wanted_admission(self, tx: Tx, application_id: uuid.UUID) -> None:
        """Stops waiting for a decision on an application that was taken back (X7)."""
        _drop(tx, SubjectKind.APPLICATION, application_id)

    @operation(
        "GET /wanted-resolutions",
        permission=READ_WANTED,
        request=WantedQuery,
        response=WantedOut,
        label=("待决事项", "What waits for a resolution"),
        kind="list",
    )
    def list_wanted_resolutions(
        self,
        tx: Tx,
        page: PageRequest,
        state: str | None,
        about: str | None,
        subject_id: uuid.UUID | None,
        expenditure_id: uuid.UUID | None,
    ) -> Page:
        """Expenditures and applications that wait, or waited, for a resolution, the longest waiting first."""
        wanted = {"state": state, "expenditure_id": expenditure_id}
        query = select(WantedResolution).filter_by(**{name: value for name, value in wanted.items() if value})
        if about:
            query = query.where(getattr(WantedResolution, COLUMNS[SubjectKind(about)]).is_not(None))
        if subject_id:
            query = query.where(or_(*(getattr(WantedResolution, column) == subject_id for column in COLUMNS.values())))
        sorts = {"wanted_at": WantedResolution.wanted_at}
        return tx.page(query, page, key=WantedResolution.id, sorts=sorts, default="wanted_at")


def wanted_by(tx: Tx, about: SubjectKind | None, subject_id: uuid.UUID | None) -> WantedResolution | None:
    """What waits, or waited, for a resolution on that thing."""
    if about not in COLUMNS or subject_id is None:
        return None
    return tx.find(WantedResolution, **{COLUMNS[about]: subject_id})


def hold_subject(tx: Tx, subject_id: uuid.UUID) -> None:
    """Let nobody else decide on that thing, or hear that it waits, until the end of the transaction."""
    tx.hold(f"subject {subject_id}")


def _want(tx: Tx, about: SubjectKind, subject_id: uuid.UUID, body: str, **says: object) -> None:
    """Have it wait, or stand as a resolution that was made ahead of this left it."""
    hold_subject(tx, subject_id)
    wanted = wanted_by(tx, about, subject_id) or tx.add(
        WantedResolution(**{COLUMNS[about]: subject_id}, body=body, wanted_at=tx.now)
    )
    for name, value in says.items():
        setattr(wanted, name, value)
    wanted.state = State.WAITING.value
    made = select(Resolution).filter_by(subject_id=subject_id, standing=Standing.IN_FORCE.value)
    for each in tx.all(made):
        if subject_kind(each.matter, matters()) is about:
            wanted.decided(State.ADOPTED, each.adopted_on, each.id)


def _drop(tx: Tx, about: SubjectKind, subject_id: uuid.UUID) -> None:
    wanted = wanted_by(tx, about, subject_id)
    if wanted is not None and wanted.state == State.WAITING:
        wanted.state = State.DROPPED.value
