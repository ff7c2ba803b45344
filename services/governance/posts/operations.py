"""Posts 职务: who holds them, taking one up, leaving it, and where two of them conflict (G10, M11)."""

import uuid
from datetime import date

from sqlalchemy import or_, select

from services.governance.bodies.models import Body
from services.governance.events import PostLeft, PostTakenUp
from services.governance.posts import rules
from services.governance.posts.models import Post, PostOnDay, Tenure
from services.governance.posts.schemas import (
    AppointmentIn,
    ConflictOut,
    DepartureIn,
    PostOut,
    PostQuery,
    TenureOut,
)
from services.governance.rights import APPOINT
from services.governance.wording import DayQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.api.sentences import kept
from shared.identity.duties import Act
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


class Posts:
    """Posts and the people in them, day by day."""

    @operation(
        "GET /posts",
        permission=SIGNED_IN,
        request=PostQuery,
        response=PostOut,
        label=("职务", "Posts"),
        kind="list",
    )
    def list_posts(self, tx: Tx, page: PageRequest, on: date | None, body_id: uuid.UUID | None) -> Page:
        """Posts and who holds them on a day, in the order of the document."""
        query = select(Post)
        if body_id:
            query = query.where(Post.body_id == body_id)
        sorts = {"position": Post.position, "code": Post.code}
        found = tx.page(query, page, key=Post.id, sorts=sorts, default="position")
        return Page([PostOnDay(post, on or tx.today) for post in found.items], found.next)

    @operation(
        "GET /posts/{code}/holders",
        permission=SIGNED_IN,
        request=DayQuery,
        response=TenureOut,
        label=("任职人", "Holders of a post"),
        kind="list",
    )
    def list_holders(self, tx: Tx, page: PageRequest, code: str, on: date | None) -> Page:
        """Who holds a post on a day, by the code of the post; nobody where it is vacant."""
        post, day = tx.need(Post, code=code), on or tx.today
        held = select(Tenure).where(
            Tenure.post_id == post.id, Tenure.since <= day, or_(Tenure.until.is_(None), Tenure.until > day)
        )
        return tx.page(held, page, key=Tenure.id, sorts={"since": Tenure.since}, default="since")

    @operation(
        "POST /posts/{id}/tenures",
        permission=APPOINT,
        request=AppointmentIn,
        response=TenureOut,
        label=("登记任职", "Enter an appointment"),
        kind="create",
        apart=Act.ENTERS,
    )
    def take_up_post(
        self, tx: Tx, id: uuid.UUID, person_id: uuid.UUID, since: date | None, until: date | None, decision: str
    ) -> Tenure:
        """Enters that somebody else takes a post up, by the decision it follows from; conflicts are warned of (G10,
        X8)."""
        post = tx.lock(Post, id)
        tx.keep_apart(rules.whose_appointment(person_id))
        rules.check_decision(decision)
        new = rules.Tenure(post.id, person_id, since or tx.today, until)
        rules.check_take_up(post.as_ruled(), post.tenures_as_ruled(), new)
        tenure = Tenure(
            person_id=person_id,
            since=new.since,
            since_precision="day",
            until=until,
            decision=decision.strip(),
            warnings=[kept(conflict.warning) for conflict in self._conflicts_of(tx, post, new)],
        )
        post.take_up(tenure)
        tx.flush()
        tx.emit(PostTakenUp.of(post, tenure_id=tenure.id, person_id=person_id, since=new.since, until=until))
        return tenure

    @operation(
        "POST /tenures/{id}/end",
        permission=APPOINT,
        request=DepartureIn,
        response=TenureOut,
        label=("登记离任", "Enter a departure"),
        kind="action",
    )
    def leave_post(self, tx: Tx, id: uuid.UUID, last_day: date | None, decision: str) -> Tenure:
        """Enters the last day somebody holds a post, by the decision it follows from (G10, X7)."""
        tenure = tx.change(Tenure, id)
        post = tx.lock(Post, tenure.post_id)
        rules.check_decision(decision)
        ended = rules.ended(tenure.as_ruled(), last_day or tx.today)
        tenure.until, tenure.leaving_decision = ended.until, decision.strip()
        post.changed_hands()
        tx.flush()
        tx.emit(PostLeft.of(post, tenure_id=tenure.id, person_id=tenure.person_id, until=tenure.until))
        return tenure

    @operation(
        "GET /conflicts",
        permission=SIGNED_IN,
        request=DayQuery,
        response=ConflictOut,
        label=("职务冲突", "Conflicts of posts"),
        kind="list",
    )
    def list_conflicts(self, tx: Tx, page: PageRequest, on: date | None) -> Page:
        """Everybody who supervises a body they also hold a post in, on a day; all on one page (G10)."""
        tenures = [tenure.as_ruled() for tenure in tx.all(select(Tenure).order_by(Tenure.id))]
        return Page(self._conflicts(tx, tenures, on or tx.today), None)

    def _conflicts_of(self, tx: Tx, post: Post, new: rules.Tenure) -> list[rules.Conflict]:
        """The conflicts that ``new`` makes, seen on its first day."""
        held = tx.all(select(Tenure).where(Tenure.person_id == new.person))
        found = self._conflicts(tx, [*(tenure.as_ruled() for tenure in held), new], new.since)
        return [conflict for conflict in found if post.id in (conflict.supervising.id, conflict.supervised.id)]

    @staticmethod
    def _conflicts(tx: Tx, tenures: list[rules.Tenure], day: date) -> list[rules.Conflict]:
        posts = [post.as_ruled() for post in tx.all(select(Post))]
        supervises = {body.id: frozenset(body.supervises) for body in tx.all(select(Body))}
        return rules.conflicts(posts, tenures, supervises, day)
