"""What must fit together in publishing: what came out and what was told of it, and the numbers of issues."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.publishing.articles.models import Article
from services.publishing.events import ArticlePublished, ArticleRetracted, IssuePublished
from services.publishing.newsletters.models import Issue, Placement
from shared.books.declared import Books, Faults, Given, Numbers
from shared.books.look import Look
from shared.books.matching import matched
from shared.personal.books import erasures_ordered_by
from shared.text import Text

_SAID = ("issue_id", "author_id", "unit_id", "characters", "fee", "published_at")


def published_articles_were_told_once(look: Look) -> Faults:
    """Each article that came out was told once, with what it earned (P6)."""
    told = ((each.data["id"], tuple(each.data[name] for name in _SAID)) for each in look.told(ArticlePublished))
    columns = (
        *(Article.id, Placement.issue_id, Article.author_id, Article.unit_id, Article.characters, Article.fee),
        Article.published_at,
    )
    came_out = (
        select(*columns)
        .outerjoin(Placement, Placement.article_id == Article.id)
        .where(Article.published_at.is_not(None))
    )
    wanted = {row.id: tuple(row)[1:] for row in look.session.execute(came_out)}
    yield from matched("chassis.outbox article.published.v1", wanted, told)


def retractions_were_told_once(look: Look) -> Faults:
    """Each retraction was told once (X7)."""
    told = ((each.data["id"], each.data["retracted_at"]) for each in look.told(ArticleRetracted))
    retracted = select(Article.id, Article.retracted_at).where(Article.retracted_at.is_not(None))
    wanted = {row.id: row.retracted_at for row in look.session.execute(retracted)}
    yield from matched("chassis.outbox article.retracted.v1", wanted, told)


def published_issues_were_told_once(look: Look) -> Faults:
    """Each issue that came out was told once, under its number (P1)."""
    told = (
        (each.data["id"], (each.data["year"], each.data["kind"], each.data["serial"]))
        for each in look.told(IssuePublished)
    )
    came_out = select(Issue.id, Issue.year, Issue.kind, Issue.serial).where(Issue.published_at.is_not(None))
    wanted = {row.id: tuple(row)[1:] for row in look.session.execute(came_out)}
    yield from matched("chassis.outbox issue.published.v1", wanted, told)


def issues_given(session: Session) -> Iterator[Given]:
    numbered = select(Issue.id, Issue.year, Issue.kind, Issue.serial).where(Issue.serial.is_not(None))
    for row in session.execute(numbered):
        yield Given(f"issues {row.year} {row.kind}", row.serial, f"issues {row.id}")


BOOKS = Books(
    checks=(
        published_articles_were_told_once,
        retractions_were_told_once,
        published_issues_were_told_once,
        erasures_ordered_by("membership"),
    ),
    numbers=(Numbers(Text("会刊期号", "Issues of the newsletter"), issues_given),),
)
