"""Honorary posts 名誉职务: conferred by the council's resolution, ended by another or by resignation, shown (M10)."""

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select

from services.membership.honorary_posts import rules
from services.membership.honorary_posts.ending import end
from services.membership.honorary_posts.events import HonoraryPostConferred
from services.membership.honorary_posts.models import HonoraryResolution, HonoraryTenure
from services.membership.honorary_posts.rules import Ending
from services.membership.honorary_posts.schemas import (
    ConferringIn,
    EndingIn,
    HonoraryPostOut,
    HonoraryPostQuery,
    HonoraryPostsResolved,
    HonoraryResolutionEnded,
)
from services.membership.people.models import Person
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.identity.duties import Act
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx

REVOKED = "revoked"
"""How governance calls the standing of a resolution that was taken back."""


class HonoraryPosts:
    """Who is honoured with a post. Nothing follows from it: no vote and no role (M10)."""

    @on_event("governance", "resolution.adopted.v1", HonoraryPostsResolved)
    def hear_honorary_posts_resolved(
        self,
        tx: Tx,
        resolution_id: uuid.UUID,
        number: str,
        body: str,
        matter: str,
        adopted_on: date,
        subject_id: uuid.UUID | None,
    ) -> None:
        """Remembers a resolution on honorary posts, by which one may be conferred or ended (M10)."""
        if matter != rules.MATTER:
            return
        resolution = _resolution(tx, resolution_id)
        resolution.number, resolution.body = number, body
        resolution.adopted_on, resolution.subject_id = adopted_on, subject_id

    @on_event("governance", "resolution.ended.v1", HonoraryResolutionEnded)
    def hear_honorary_resolution_ended(
        self, tx: Tx, resolution_id: uuid.UUID, matter: str | None, standing: str | None, ended_on: date
    ) -> None:
        """Ends the posts that a revoked resolution conferred. One that a later resolution takes the place of ends none
        by itself: what the later one says is entered (M10, X7)."""
        if matter != rules.MATTER:
            return
        resolution = _resolution(tx, resolution_id)
        if resolution.ended_on is not None:
            return
        resolution.ended_on = ended_on
        if standing != REVOKED:
            return
        by_it = select(HonoraryTenure).where(HonoraryTenure.resolution_id == resolution_id).order_by(HonoraryTenure.id)
        for tenure in tx.all(by_it.with_for_update()):
            ruled = rules.revoked(tenure.as_ruled(), ended_on)
            if ruled.until != tenure.until:
                end(tx, tenure, ruled, Ending.REVOCATION)

    @operation(
        "POST /honorary-posts",
        permission="membership.honorary_post.confer",
        request=ConferringIn,
        response=HonoraryPostOut,
        label=("登记授予名誉职务", "Enter that an honorary post is conferred"),
        kind="create",
        apart=Act.ENTERS,
    )
    def confer_honorary_post(
        self,
        tx: Tx,
        post: str,
        person_id: uuid.UUID,
        resolution_id: uuid.UUID,
        since: date | None,
        last_day: date | None,
    ) -> HonoraryTenure:
        """Enters that somebody else holds an honorary post, by the council's resolution and by nothing else (M10,
        X8)."""
        tx.keep_apart(rules.whose_post(person_id))
        person = tx.lock(Person, person_id)
        by = tx.find(HonoraryResolution, resolution_id=resolution_id)
        resolution = rules.check_basis(by.as_ruled() if by else None, person.id)
        until = last_day + timedelta(days=1) if last_day else None
        held = tx.all(select(HonoraryTenure).where(HonoraryTenure.person_id == person.id))
        wanted = rules.Tenure(post, person.id, since or resolution.adopted_on, until)
        new = rules.conferred(wanted, resolution, [each.as_ruled() for each in held])
        tenure = tx.add(
            HonoraryTenure(
                post=post,
                person=person,
                since=new.since,
                since_precision="day",
                until=new.until,
                resolution_id=resolution.id,
                resolution=by.number if by else None,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
        )
        tx.emit(HonoraryPostConferred.of(tenure))
        return tenure

    @operation(
        "GET /honorary-posts",
        permission=SIGNED_IN,
        request=HonoraryPostQuery,
        response=HonoraryPostOut,
        label=("名誉职务", "Honorary posts"),
        kind="list",
    )
    def list_honorary_posts(self, tx: Tx, page: PageRequest, on: date | None) -> Page:
        """Who holds which honorary post on a day, those first who have held it longest (M10)."""
        day = on or tx.today
        held = select(HonoraryTenure).where(
            HonoraryTenure.since <= day, or_(HonoraryTenure.until.is_(None), HonoraryTenure.until > day)
        )
        return tx.page(held, page, key=HonoraryTenure.id, sorts={"since": HonoraryTenure.since}, default="since")

    @operation(
        "POST /honorary-posts/{id}/end",
        permission="membership.honorary_post.confer",
        request=EndingIn,
        response=HonoraryPostOut,
        label=("登记名誉职务终止", "Enter that an honorary post ends"),
        kind="action",
    )
    def end_honorary_post(
        self,
        tx: Tx,
        id: uuid.UUID,
        resolution_id: uuid.UUID | None,
        resignation: str | None,
        last_day: date | None,
    ) -> HonoraryTenure:
        """Enters the last day somebody holds an honorary post: by another resolution of the council, or since they
        resigned from it (M10, X7)."""
        tenure = tx.change(HonoraryTenure, id)
        how = rules.check_reason(resolution_id, resignation)
        number = None
        if resolution_id is not None:
            by = tx.find(HonoraryResolution, resolution_id=resolution_id)
            resolution = rules.check_basis(by.as_ruled() if by else None, tenure.person_id)
            rules.check_other(tenure.resolution_id, resolution.id)
            number = by.number if by else None
        ruled = rules.ended(tenure.as_ruled(), last_day or tx.today)
        words = resignation.strip() if resignation else None
        end(tx, tenure, ruled, how, by=resolution_id, number=number, resignation=words or None)
        return tenure


def _resolution(tx: Tx, id: uuid.UUID) -> HonoraryResolution:
    """The resolution, made when it is first heard of."""
    tx.hold(f"honorary resolution {id}")
    known = tx.find(HonoraryResolution, resolution_id=id)
    return known or tx.add(HonoraryResolution(resolution_id=id))
