"""How many may vote in a body on a day, from the posts held then (X1)."""

from datetime import date

from sqlalchemy import select

from services.governance.bodies.models import Body
from services.governance.meetings.rules import Entitled, entitled_on
from services.governance.posts.models import Post, PostOnDay
from services.governance.posts.rules import Occupancy, voters_of
from shared.store.tx import Tx


def entitled_in(tx: Tx, body: Body, day: date, roll: int | None) -> Entitled:
    """The entitled of ``body`` on ``day``: the seats filled then, or ``roll`` where records leave somebody unnamed.

    They name nobody where delegates sit, and not everybody while a voting post is held by people whom the founding
    document leaves out. Refused (X1) as :func:`services.governance.meetings.rules.entitled_on`.
    """
    posts = [post for post in tx.all(select(Post)) if body.id in post.votes_in]
    tenures = [tenure for post in posts for tenure in post.tenures_as_ruled()]
    recorded = voters_of(body.id, [post.as_ruled() for post in posts], tenures, day)
    unnamed = any(PostOnDay(post, day).occupancy is Occupancy.UNNAMED for post in posts)
    return entitled_on(len(recorded), complete=bool(posts) and not unnamed, roll=roll)
