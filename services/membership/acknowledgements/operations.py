"""Acknowledgements 落实情况: papers served on units, read and acknowledged by them, reported (M6)."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from services.membership.acknowledgements import rules
from services.membership.acknowledgements.events import AcknowledgementAcknowledged, AcknowledgementServed
from services.membership.acknowledgements.models import Acknowledgement, Paper
from services.membership.acknowledgements.rules import Audience, Source, State
from services.membership.acknowledgements.schemas import (
    AcknowledgementIn,
    AcknowledgementOut,
    AcknowledgementQuery,
    PaperIn,
    PaperOut,
    PaperQuery,
    ReportOut,
    ResolutionGone,
    ResolutionOffered,
    ServiceIn,
    ServiceOut,
)
from services.membership.units.models import Unit
from services.membership.units.rules import is_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.tx import Tx


class Acknowledgements:
    """Which unit knows of what."""

    @on_event("governance", "resolution.adopted.v1", ResolutionOffered)
    def offer_resolution(self, tx: Tx, resolution_id: uuid.UUID, number: str) -> None:
        """Has a resolution ready to be served; whether it is, and on whom, is for the secretariat to say (M6)."""
        _paper(tx, resolution_id).title = number

    @on_event("governance", "resolution.ended.v1", ResolutionGone)
    def withdraw_resolution(self, tx: Tx, resolution_id: uuid.UUID, ended_on: date) -> None:
        """Notes that a resolution does not stand any more: it is served on nobody else; what was served stays (X7)."""
        _paper(tx, resolution_id).ended_on = ended_on

    @operation(
        "POST /papers",
        permission="membership.acknowledgement.serve",
        request=PaperIn,
        response=PaperOut,
        label=("登记待送达文件", "Enter a document to be served"),
        kind="create",
    )
    def enter_paper(self, tx: Tx, subject_id: uuid.UUID, title: str) -> Paper:
        """Enters a document that units are to be served with, once, under the id it has elsewhere (M6)."""
        tx.hold(f"paper {subject_id}")
        known = tx.find(Paper, source=Source.DOCUMENT, subject_id=subject_id)
        rules.check_new_paper(known.id if known else None)
        return tx.add(
            Paper(
                source=Source.DOCUMENT,
                subject_id=subject_id,
                title=rules.paper_title(title),
                entered_at=tx.now,
                entered_by=tx.principal.name,
            )
        )

    @operation(
        "GET /papers",
        permission="membership.acknowledgement.report",
        request=PaperQuery,
        response=PaperOut,
        label=("待送达文件", "Papers to be served"),
        kind="list",
    )
    def list_papers(self, tx: Tx, page: PageRequest, source: str | None, subject_id: uuid.UUID | None) -> Page:
        """Resolutions and documents that units can be served with, the latest first; of a source, or by the id it has
        there."""
        wanted = {"source": source, "subject_id": subject_id}
        query = select(Paper).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        return tx.page(query, page, key=Paper.id, sorts={"entered": Paper.entered_at}, default="-entered")

    @operation(
        "POST /papers/{id}/services",
        permission="membership.acknowledgement.serve",
        request=ServiceIn,
        response=ServiceOut,
        label=("送达会员单位", "Serve a paper on units"),
        kind="action",
    )
    def serve_paper(
        self,
        tx: Tx,
        id: uuid.UUID,
        audience: str,
        tier: str | None,
        unit_ids: Sequence[uuid.UUID],
        served_on: date | None,
    ) -> dict[str, Any]:
        """Serves a paper on the members of that day: all, those of a tier, or those named. A unit is served with it
        once, so a later service reaches those it has not been served on (M6)."""
        paper, day = tx.lock(Paper, id), served_on or tx.today
        to = Audience(audience)
        rules.check_day(day, tx.today)
        rules.check_stands(paper.ended_on)
        rules.check_audience(to, tier, unit_ids)
        units = [
            rules.Member(each.id, each.tier, each.admitted_on, each.left_on)
            for each in tx.all(select(Unit).order_by(Unit.id))
        ]
        reached = rules.served_on(to, tier, unit_ids, units, day)
        before = set(tx.all(select(Acknowledgement.unit_id).where(Acknowledgement.paper_id == paper.id)))
        new = [member for member in reached if member.id not in before]
        rules.check_somebody(new)
        for member in new:
            served = tx.add(
                Acknowledgement(
                    paper=paper,
                    unit_id=member.id,
                    tier=member.tier,
                    state=State.SERVED,
                    served_on=day,
                    served_at=tx.now,
                    served_by=tx.principal.name,
                )
            )
            tx.emit(AcknowledgementServed.of(served))
        return {"id": paper.id, "served": len(new), "served_on": day}

    @operation(
        "GET /papers/{id}/report",
        permission="membership.acknowledgement.report",
        response=ReportOut,
        label=("落实情况统计", "How far units have come"),
        kind="figure",
    )
    def report_paper(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """How many units a paper was served on, and how many have read and acknowledged it, in all and by tier (M6).
        Who has not is in the list of acknowledgements (``outstanding``)."""
        paper = tx.get(Paper, id)
        query = (
            select(Acknowledgement.tier, Acknowledgement.state, Unit.left_on)
            .join(Unit, Unit.id == Acknowledgement.unit_id)
            .where(Acknowledgement.paper_id == paper.id)
        )
        served = [
            rules.Served(tier, State(state), is_member(left_on, tx.today))
            for tier, state, left_on in tx.session.execute(query)
        ]
        return {
            "paper_id": paper.id,
            "total": rules.figures(served),
            "tiers": rules.figures_by_tier(served),
            "as_of": tx.today,
        }

    @operation(
        "GET /acknowledgements",
        permission="membership.acknowledgement.read",
        request=AcknowledgementQuery,
        response=AcknowledgementOut,
        label=("落实情况", "Acknowledgements"),
        kind="list",
    )
    def list_acknowledgements(self, tx: Tx, page: PageRequest, outstanding: bool, **wanted: Any) -> Page:
        """What was served on whom and how far they have come, the latest first; of a paper, unit or state; only
        members that have not acknowledged. A unit that left is no more among those (M6)."""
        query = select(Acknowledgement).filter_by(**{name: each for name, each in wanted.items() if each is not None})
        if outstanding:
            members = select(Unit.id).where(or_(Unit.left_on.is_(None), Unit.left_on > tx.today))
            query = query.where(Acknowledgement.state != State.ACKNOWLEDGED, Acknowledgement.unit_id.in_(members))
        sorts = {"served": Acknowledgement.served_at}
        return tx.page(query, page, key=Acknowledgement.id, sorts=sorts, default="-served")

    @operation(
        "POST /acknowledgements/{id}/reading",
        permission="membership.acknowledgement.give",
        response=AcknowledgementOut,
        label=("阅读送达文件", "Open what was served"),
        kind="action",
    )
    def read_paper(self, tx: Tx, id: uuid.UUID) -> Acknowledgement:
        """Opens what was served on one's unit, as its representative. That counts as read, the first time; opened again
        nothing changes (M6)."""
        served = tx.lock(Acknowledgement, id)
        rules.check_for_the_unit(served.unit_id, tx.principal.units)
        served.read(_person(tx), tx.now)
        return served

    @operation(
        "POST /acknowledgements/{id}/acknowledgement",
        permission="membership.acknowledgement.give",
        request=AcknowledgementIn,
        response=AcknowledgementOut,
        label=("确认送达文件", "Acknowledge what was served"),
        kind="action",
    )
    def acknowledge_paper(self, tx: Tx, id: uuid.UUID, remark: str) -> Acknowledgement:
        """Acknowledges for the unit, as its representative, once, with a remark or without; who acknowledges has read
        it (M6)."""
        served = tx.change(Acknowledgement, id)
        rules.check_for_the_unit(served.unit_id, tx.principal.units)
        rules.check_not_acknowledged(State(served.state))
        served.read(_person(tx), tx.now)
        served.state, served.acknowledged_at, served.acknowledged_by = State.ACKNOWLEDGED, tx.now, _person(tx)
        served.remark = remark.strip() or None
        tx.emit(AcknowledgementAcknowledged.of(served))
        return served


def _paper(tx: Tx, resolution: uuid.UUID) -> Paper:
    """The paper that a resolution is, made when it is first heard of."""
    tx.hold(f"paper {resolution}")
    known = tx.find(Paper, source=Source.RESOLUTION, subject_id=resolution)
    return known or tx.add(
        Paper(source=Source.RESOLUTION, subject_id=resolution, entered_at=tx.now, entered_by=tx.principal.name)
    )


def _person(tx: Tx) -> uuid.UUID | None:
    return uuid.UUID(tx.principal.person) if tx.principal.person else None
