"""The newsletter 会刊: issues regular and special 特刊, what goes in, what it says of itself (P1, X6)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.publishing.articles.rules import Article, Party, check_publishable
from shared.errors import Refused
from shared.identity.duties import Bond, own, own_unit
from shared.text import Text


class Kind(StrEnum):
    REGULAR = "regular"
    SPECIAL = "special"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {Kind.REGULAR: Text("正刊", "Regular issue"), Kind.SPECIAL: Text("特刊", "Special issue")}


class Number(NamedTuple):
    """An issue's number: regular and special issues each count from 1 in every year, without gaps.

    There is no number running through all years: the document does not say how many issues came before.
    """

    year: int
    kind: Kind
    serial: int

    @property
    def text(self) -> Text:
        if self.kind is Kind.SPECIAL:
            return Text(f"{self.year}年特刊第{self.serial}期", f"Special issue No. {self.serial} of {self.year}")
        return Text(f"{self.year}年第{self.serial}期", f"No. {self.serial} of {self.year}")


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue and the ids of its articles in their order; open until it has a number."""

    kind: Kind
    theme: str = ""
    articles: tuple[UUID, ...] = ()
    number: Number | None = None


# In 日本刊登, 基本刊发 or 样本刊载 the two characters belong to two words.
_OURSELVES = re.compile(r"(?<![日基样文书资版原课剧脚成根标副])本刊")


def open_issue(kind: Kind, theme: str = "") -> Issue:
    """A new issue without articles. A special issue needs its theme; no theme may say 本刊 (P1)."""
    if kind is Kind.SPECIAL and not theme.strip():
        raise Refused("P1", "特刊须写明专题", "A special issue names its theme", code="theme-needed", field="theme")
    check_front_matter(theme)
    return Issue(kind, theme.strip())


def add(issue: Issue, article_id: UUID, article: Article, stands_in: UUID | None) -> Issue:
    """The issue with one more article at its end.

    ``stands_in`` is the id of the issue that holds the article already, this one or another: an article is
    published once. Refused also: a closed issue, an article without its three reviews (P5).
    """
    _check_open(issue)
    check_publishable(article)
    if stands_in is not None or article_id in issue.articles:
        raise Refused(
            "P1",
            "稿件已编入一期会刊，一篇稿件只刊登一次",
            "The article stands in an issue already; it is published once",
            code="article-placed",
            field="article",
        )
    return replace(issue, articles=(*issue.articles, article_id))


def whose_fee(author: Party) -> tuple[Bond, ...]:
    """Who does not place an article (X8): its author and the author's unit, since placing chooses its rate (P6).

    The secretariat's own articles are not paid, so there is nothing to choose.
    """
    if author.unit is None:
        return ()
    rate = Text("稿酬标准", "rate")
    return own(rate, [author.person], code="own-fee"), own_unit(rate, [author.unit], code="own-fee")


def remove(issue: Issue, article_id: UUID) -> Issue:
    """The issue without that article. Refused: a closed issue, an article that is not in it."""
    _check_open(issue)
    if article_id not in issue.articles:
        raise Refused(
            "P1",
            "本期没有这篇稿件",
            "The issue has no such article",
            code="article-not-placed",
            field="article",
        )
    return replace(issue, articles=tuple(placed for placed in issue.articles if placed != article_id))


def publish(issue: Issue, articles: Mapping[UUID, Article], year: int, taken: Iterable[Number]) -> Issue:
    """The issue closed, with the next number of ``year`` (the business year of publication, X3).

    ``articles`` holds every article of the issue, ``taken`` the numbers given so far. Refused, and no number
    burnt (X6): a closed issue, an empty one, an article that lost a review since it was placed (P5).
    """
    _check_open(issue)
    if not issue.articles:
        raise Refused("P1", "没有稿件的会刊不得出刊", "An issue without articles is not published", code="empty-issue")
    for article_id in issue.articles:
        check_publishable(articles[article_id])
    return replace(issue, number=next_number(taken, issue.kind, year))


def next_number(taken: Iterable[Number], kind: Kind, year: int) -> Number:
    """The number after the highest of that kind and year in ``taken``."""
    serials = (number.serial for number in taken if number.kind is kind and number.year == year)
    return Number(year, kind, max(serials, default=0) + 1)


def _check_open(issue: Issue) -> None:
    if issue.number is not None:
        raise Refused(
            "P1",
            f"会刊{issue.number.text.zh}已出刊，不再增删稿件",
            f"The issue is out and closed ({issue.number.text.en})",
            code="issue-closed",
        )


def check_front_matter(text: str) -> None:
    """Refuse words of the newsletter's own that call it 本刊, which only a registered periodical is (P1)."""
    if _OURSELVES.search(text):
        raise Refused(
            "P1",
            "内部资料不得自称“本刊”",
            "The newsletter is internal material and does not call itself 本刊",
            code="calls-itself-periodical",
        )


def print_imprint(print_permit: str | None, imprint: Text) -> Text:
    """The line a print edition carries: 准印证 number and wording. Refused while there is no number (P1)."""
    if not (print_permit or "").strip():
        raise Refused(
            "P1",
            "尚未登记准印证号，不能出印刷版",
            "No print permit number is on record, so there is no print edition",
            code="print-permit-missing",
        )
    return Text(f"准印证号：{print_permit}　{imprint.zh}", f"Print permit {print_permit}. {imprint.en}")
