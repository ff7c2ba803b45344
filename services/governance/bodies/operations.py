"""Bodies 机构: which there are, what they do, how they decide and who belongs to them (G1)."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.governance.bodies.models import Body, BodyDecisionRule
from services.governance.bodies.schemas import BodyLine, BodyOut
from services.governance.posts import rules as post_rules
from services.governance.posts.models import Post, PostOnDay
from services.governance.versions import Duties
from services.governance.wording import DayQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


@dataclass(frozen=True)
class BodyOnDay:
    """A body as it stands on one day; ``posts`` are all of the association's."""

    body: Body
    posts: list[Post]
    day: date

    @property
    def heads(self) -> list[uuid.UUID]:
        return self._holding(post_rules.Kind.HEAD)

    @property
    def members(self) -> list[uuid.UUID]:
        return self._holding(post_rules.Kind.MEMBER)

    @property
    def voters(self) -> list[uuid.UUID]:
        tenures = [tenure for post in self.posts for tenure in post.tenures_as_ruled()]
        return sorted(post_rules.voters_of(self.body.id, [p.as_ruled() for p in self.posts], tenures, self.day))

    @property
    def decision_rule(self) -> BodyDecisionRule | None:
        return self.body.decision_rule_on(self.day)

    @property
    def duties(self) -> Duties | None:
        return self.body.duties_on(self.day)

    def _holding(self, kind: post_rules.Kind) -> list[uuid.UUID]:
        theirs = [post for post in self.posts if post.body_id == self.body.id and post.kind == kind]
        return [person for post in theirs for person in PostOnDay(post, self.day).holders]


class Bodies:
    """The association's bodies, from the assembly to the working bodies."""

    @operation("GET /bodies", permission=SIGNED_IN, response=BodyLine, label=("机构", "Bodies"), kind="list")
    def list_bodies(self, tx: Tx, page: PageRequest) -> Page:
        """Bodies in the order of the document."""
        sorts = {"position": Body.position, "code": Body.code}
        return tx.page(select(Body), page, key=Body.id, sorts=sorts, default="position")

    @operation(
        "GET /bodies/{id}",
        permission=SIGNED_IN,
        request=DayQuery,
        response=BodyOut,
        label=("机构详情", "A body"),
        kind="detail",
    )
    def get_body(self, tx: Tx, id: uuid.UUID, on: date | None) -> BodyOnDay:
        """A body on a day: its duties, how it decides, its heads, members and voters (G1, X9)."""
        body = tx.get(Body, id)
        return BodyOnDay(body, tx.all(select(Post).order_by(Post.position)), on or tx.today)
