"""Dues standards 会费标准: kept as the assembly resolves them, ended with their resolution, published (M3, X7)."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, not_, select

from services.membership.data import dues_publication
from services.membership.standards import rules
from services.membership.standards.models import DuesAmount, DuesStandard, DuesWaiver
from services.membership.standards.months import Joining, Leaving
from services.membership.standards.schemas import (
    DuesStandardOut,
    DuesStandardQuery,
    PublicationIn,
    ResolutionAdopted,
    ResolutionEnded,
)
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.tx import Tx


class DuesStandards:
    """What units pay, by resolution of the assembly."""

    @on_event("governance", "resolution.adopted.v1", ResolutionAdopted)
    def keep_dues_standard(
        self,
        tx: Tx,
        resolution_id: uuid.UUID,
        number: str,
        body: str,
        matter: str,
        adopted_on: date,
        dues_amounts: Sequence[dict[str, Any]] | None,
        effective_from: date | None,
        dues_joining: str | None,
        dues_leaving: str | None,
        dues_waivers: Sequence[dict[str, Any]] | None,
    ) -> None:
        """Keeps the dues standard that the assembly has resolved; there is no other way to one (M3)."""
        if matter != rules.MATTER or dues_amounts is None:
            return
        waivers = [rules.Waiver(**each) for each in dues_waivers or ()]
        tiers = [rules.TierAmount(**each) for each in dues_amounts]
        amounts = rules.check_standard(body, tiers, effective_from, waivers)
        publication = rules.publication_terms_on(dues_publication(), adopted_on)
        tx.hold(f"resolution {resolution_id}")
        if tx.find(DuesStandard, resolution_id=resolution_id) is None:
            tx.add(
                DuesStandard(
                    resolution_id=resolution_id,
                    resolution=number,
                    adopted_on=adopted_on,
                    effective_from=effective_from,
                    joining=dues_joining or Joining.WHOLE_YEAR,
                    leaving=dues_leaving or Leaving.NOTHING_BACK,
                    publish_by=publication.publish_by(adopted_on) if publication else None,
                    publication_terms=publication.version if publication else None,
                    recorded_at=tx.now,
                    amounts=[DuesAmount(tier=tier, amount=amount) for tier, amount in amounts.items()],
                    waivers=[DuesWaiver(**each._asdict()) for each in waivers],
                )
            )

    @on_event("governance", "resolution.ended.v1", ResolutionEnded)
    def end_dues_standard(self, tx: Tx, resolution_id: uuid.UUID, ended_on: date) -> None:
        """Ends the standard whose resolution does not stand any more; what was invoiced by it stays (X4, X7)."""
        standard = tx.find(DuesStandard, resolution_id=resolution_id)
        if standard is not None:
            standard.ended_on = ended_on

    @operation(
        "GET /dues-standards",
        permission="membership.dues_standard.read",
        request=DuesStandardQuery,
        response=DuesStandardOut,
        label=("会费标准", "Dues standards"),
        kind="list",
    )
    def list_dues_standards(self, tx: Tx, page: PageRequest, overdue: bool | None) -> Page:
        """Dues standards with the resolutions they stand on, the latest first; those in force still or to come whose
        publication to the members is overdue today, or the others (M3)."""
        query = select(DuesStandard)
        if overdue is not None:
            late = and_(
                DuesStandard.published_on.is_(None),
                DuesStandard.ended_on.is_(None),
                DuesStandard.publish_by.is_not(None),
                DuesStandard.publish_by < tx.today,
            )
            query = query.where(late if overdue else not_(late))
        sorts = {"effective_from": DuesStandard.effective_from, "recorded": DuesStandard.recorded_at}
        return tx.page(query, page, key=DuesStandard.id, sorts=sorts, default="-effective_from")

    @operation(
        "POST /dues-standards/{id}/publication",
        permission="membership.dues_standard.publish",
        request=PublicationIn,
        response=DuesStandardOut,
        label=("登记会费标准公布", "Record that a dues standard was published"),
        kind="action",
    )
    def record_publication(self, tx: Tx, id: uuid.UUID, published_on: date | None) -> DuesStandard:
        """Records on which day a standard was published to the members, once (M3, X7)."""
        standard = tx.lock(DuesStandard, id)
        day = published_on or tx.today
        rules.check_publication(standard.adopted_on, day, standard.published_on, tx.today)
        standard.published_on, standard.published_by = day, tx.principal.name
        return standard


def standards(tx: Tx) -> list[rules.Standard]:
    """Every standard, as :func:`rules.standard_for` takes them."""
    # Of two for the same first day the one resolved later holds.
    latest = select(DuesStandard).order_by(DuesStandard.adopted_on.desc(), DuesStandard.recorded_at.desc())
    return [standard.as_ruled() for standard in tx.all(latest)]
