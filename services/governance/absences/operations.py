"""Absences 请假 of those who hold posts, and what finance asks when somebody signs (G11, F1, F2, F3)."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.governance.absences import rules
from services.governance.absences.models import Absence
from services.governance.absences.schemas import (
    AbsenceEndIn,
    AbsenceIn,
    AbsenceOut,
    AbsenceQuery,
    SigningPostOut,
)
from services.governance.data.matrix import deputyships
from services.governance.events import AbsenceEnded, AbsenceRecorded
from services.governance.posts.models import Post, PostOnDay, Tenure
from services.governance.rights import READ_ABSENCES, READ_SIGNING_POSTS, RECORD_ABSENCE, actor
from services.governance.wording import DayQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx

SIGNING = ("president", "secretary-general", "deputy-secretary-general")
"""The posts that sign expenditures (F1, F2, F3), by code."""


@dataclass(frozen=True)
class SigningPost(PostOnDay):
    """A post that signs, as it stands on one day; ``absences`` are those from it on that day."""

    absences: list[Absence]

    @property
    def absent(self) -> list[uuid.UUID]:
        """Those who hold it and are away, by the record."""
        away = rules.absent_on(self.post.id, [each.as_ruled() for each in self.absences], self.day)
        return [person for person in self.holders if person in away]


class Absences:
    """Who is away from which post, by the record."""

    @operation(
        "POST /absences",
        permission=RECORD_ABSENCE,
        request=AbsenceIn,
        response=AbsenceOut,
        label=("登记请假", "Record an absence"),
        kind="create",
        apart=Act.ENTERS,
    )
    def record_absence(self, tx: Tx, post: str, person_id: uuid.UUID, since: date | None, last_day: date) -> Absence:
        """Records that the holder of a post is away through a last day: never afterwards (G11), and not whoever would
        act then (X8)."""
        held = tx.lock(Post, tx.need(Post, code=post).id)
        new = rules.Absence(held.id, person_id, since or tx.today, rules.day_after(last_day))
        tenures = [each.as_ruled() for each in tx.all(select(Tenure))]
        recorded = [each.as_ruled() for each in tx.all(select(Absence).where(Absence.post_id == held.id))]
        rules.check_absence(new, recorded, tenures, tx.today)
        tx.keep_apart(rules.whose_absence(new, tenures, deputyships()))
        absence = tx.add(
            Absence(
                post=held,
                person_id=person_id,
                since=new.since,
                until=new.until,
                recorded_at=tx.now,
                recorded_by=actor(tx),
            )
        )
        tx.emit(AbsenceRecorded.of(absence))
        return absence

    @operation(
        "POST /absences/{id}/end",
        permission=RECORD_ABSENCE,
        request=AbsenceEndIn,
        response=AbsenceOut,
        label=("提前结束请假", "End an absence early"),
        kind="action",
    )
    def end_absence(self, tx: Tx, id: uuid.UUID, last_day: date | None) -> Absence:
        """Lets an absence end earlier than recorded, today at the earliest (G11)."""
        absence = tx.change(Absence, id)
        return _shortened(tx, absence, rules.ended(absence.as_ruled(), last_day or tx.today, tx.today))

    @operation(
        "POST /absences/{id}/calling-off",
        permission=RECORD_ABSENCE,
        response=AbsenceOut,
        label=("撤销请假", "Call an absence off"),
        kind="action",
    )
    def call_absence_off(self, tx: Tx, id: uuid.UUID) -> Absence:
        """Calls an absence off before it begins; it stays on record without a day (X7)."""
        absence = tx.change(Absence, id)
        return _shortened(tx, absence, rules.called_off(absence.as_ruled(), tx.today))

    @operation(
        "GET /absences",
        permission=READ_ABSENCES,
        request=AbsenceQuery,
        response=AbsenceOut,
        label=("请假", "Absences"),
        kind="list",
    )
    def list_absences(self, tx: Tx, page: PageRequest, post: str | None, on: date | None) -> Page:
        """Absences on record, the latest first; from one post, on one day."""
        query = select(Absence)
        if post:
            query = query.where(Absence.post_id == tx.need(Post, code=post).id)
        if on:
            query = query.where(Absence.since <= on, Absence.until > on)
        return tx.page(query, page, key=Absence.id, sorts={"since": Absence.since}, default="-since")

    @operation(
        "GET /signing-posts",
        permission=READ_SIGNING_POSTS,
        request=DayQuery,
        response=SigningPostOut,
        label=("签批职务", "Posts that sign"),
        kind="list",
    )
    def list_signing_posts(self, tx: Tx, page: PageRequest, on: date | None) -> Page:
        """The posts that sign expenditures, who holds them on a day and who of these is away; all on one page."""
        day = on or tx.today
        posts = tx.all(select(Post).where(Post.code.in_(SIGNING)).order_by(Post.position))
        away = tx.all(select(Absence).where(Absence.since <= day, Absence.until > day).order_by(Absence.since))
        return Page(
            [SigningPost(post, day, [each for each in away if each.post_id == post.id]) for post in posts], None
        )


def _shortened(tx: Tx, absence: Absence, ruled: rules.Absence) -> Absence:
    absence.until, absence.ended_by = ruled.until, actor(tx)
    tx.emit(AbsenceEnded.of(absence))
    return absence
