"""Articles 稿件: how long one is, and what must happen before it is published (P1, P5, P6, X7, X8).

    submitted ── three reviews passed ──▶ reviewed ── its issue is out ──▶ published ──▶ retracted
    submitted, reviewed ── a review refused ──▶ rejected
    submitted, reviewed, rejected ── a new revision of the text ──▶ submitted

A review belongs to the revision of the text that was read: a new revision starts without any.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, Caller, own, own_unit
from shared.text import Text

# Counted one by one: Han with radicals and extensions, kana, bopomofo, Hangul, CJK punctuation and symbols,
# and the full-width and half-width forms. The ideographic space U+3000 is white space and left out.
_ASIAN = (
    "\u1100-\u11ff\u2e80-\u2fff\u3001-\u4dbf\u4dc0-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uffef\U0001b000-\U0001b2ff\U00020000-\U0003ffff"
)
# The Chinese punctuation marks that share their code points with Latin typography.
_SHARED_MARKS = "‘’“”—…·"
_WORD = f"[^\\s{_ASIAN}{_SHARED_MARKS}]+"
_COUNTED = re.compile(f"[{_ASIAN}]|{_WORD}(?:’{_WORD})*|[{_SHARED_MARKS}]")
# Marks on another character, invisible format characters, controls and lone surrogates.
_UNCOUNTED = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def word_count(text: str) -> int:
    """字数 as Word counts it (P6): the number that the fee is made of.

    - A Chinese character or punctuation mark is one, also “ ” ‘ ’ — … · (so —— and …… are two each); so are
      kana, Hangul and every full-width letter, digit or sign: "５Ｇ" is two.
    - What stands between those and white space is one each, however long: "e-mail", "3.14", "91.44%", "5G+",
      a run of emoji, a run of half-width punctuation. "5G+工业互联网" is 1 + 5, "2020年" is 2, "你好,世界" 5.
    - ’ inside a Latin word is its apostrophe: "it’s" is one.
    - White space of any kind and line breaks count nothing and end a word. Combining marks, variation
      selectors, zero-width characters, controls and lone surrogates count nothing and end no word.

    Code points, not UTF-16 units, are looked at: a character beyond U+FFFF such as "𠮷" is one.
    """
    visible = "".join(c for c in text if c.isspace() or not (unicodedata.category(c) in _UNCOUNTED or c in _FILLERS))
    return sum(1 for _ in _COUNTED.finditer(visible))


def layout_count(characters_per_line: int, lines: int) -> int:
    """版面字数 (P6): characters in a full printed line times the lines the text takes.

    A line that is only partly filled (a heading, the end of a paragraph) is a whole line.
    Both numbers are read off the printed page; anything under one is refused.
    """
    if characters_per_line < 1 or lines < 1:
        raise Refused(
            "P6",
            "版面字数须由每行字数和行数计算，两者均不小于1",
            "A count by layout needs at least one character per line and one line",
            code="layout-count",
            field="lines" if characters_per_line >= 1 else "characters_per_line",
        )
    return characters_per_line * lines


def check_text(title: str, body: str) -> None:
    """Refuse an article without a title or a text, or with characters that cannot be stored (P5)."""
    for field, text, name in (("title", title, Text("标题", "title")), ("body", body, Text("正文", "text"))):
        if any(c == "\0" or unicodedata.category(c) == "Cs" for c in text):
            raise Refused(
                "P5",
                f"稿件{name.zh}含有无法保存的字符",
                f"The {name.en} of the article holds characters that cannot be stored",
                code="article-text",
                field=field,
            )
        if not word_count(text):
            raise Refused(
                "P5",
                f"稿件{name.zh}不能为空",
                f"The article needs a {name.en}",
                code="article-text",
                field=field,
            )


def check_column(column: str, columns: Collection[str]) -> None:
    """Refuse a column 栏目 that the newsletter does not have (P1). ``columns`` are the codes in force."""
    if column not in columns:
        raise Refused(
            "P1",
            "会刊没有这个栏目",
            "The newsletter has no such column",
            code="unknown-column",
            field="column",
        )


class State(StrEnum):
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    RETRACTED = "retracted"
    REJECTED = "rejected"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.SUBMITTED: Text("已投稿", "Submitted"),
    State.REVIEWED: Text("已审核", "Reviewed"),
    State.PUBLISHED: Text("已刊登", "Published"),
    State.RETRACTED: Text("已撤稿", "Retracted"),
    State.REJECTED: Text("已退回", "Sent back"),
}


class Kind(StrEnum):
    """The three reviews that an article needs (P5)."""

    EDITORIAL = "editorial"
    FACTS = "facts"
    SECRECY = "secrecy"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.EDITORIAL: Text("编辑审", "Editorial review"),
    Kind.FACTS: Text("单位核实", "Facts attested by the unit"),
    Kind.SECRECY: Text("保密审查", "Trade-secret check"),
}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who writes or reviews, and the unit acted for; None is the association's own secretariat."""

    person: UUID
    unit: UUID | None


@dataclass(frozen=True, slots=True)
class Review:
    """One verdict on one revision of the text. A refusal says why in ``note``."""

    kind: Kind
    by: Party
    revision: int
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What the rules need to know of an article. ``reviews`` are those of every revision, oldest first."""

    author: Party
    state: State = State.SUBMITTED
    revision: int = 1
    reviews: tuple[Review, ...] = ()

    def missing(self) -> tuple[Kind, ...]:
        """The reviews that the present text still lacks, in the order in which they are made."""
        passed = {
            review.kind
            for review in self.reviews
            if review.passed and review.revision == self.revision and _may_review(review.by, review.kind, self.author)
        }
        return tuple(kind for kind in Kind if kind not in passed)


def whose_article(kind: Kind, author: Party) -> tuple[Bond, ...]:
    """Who does not make that review of an article (X8): its author, and for the editorial one the author's unit. The
    secretariat's own articles are edited by a colleague there; facts and secrets are the unit's to see to (P5)."""
    article = Text("稿件", "article")
    authors = own(article, [author.person], code="own-article")
    return (authors, own_unit(article, [author.unit])) if kind is Kind.EDITORIAL else (authors,)


def check_reviewer(by: Party, kind: Kind, author: Party) -> None:
    """Refuse (P5) a reviewer who may not make that review; :func:`whose_article` says whom X8 keeps from it.

    Facts are attested by the author's unit only. The trade-secret check is open to both sides and to no third: annex 3,
    article 7 puts it on the unit, the editorial office may make it too, and another unit may be a competitor.
    """
    refusal = _refused_reviewer(by, kind, author)
    if refusal is not None:
        raise refusal


def _may_review(by: Party, kind: Kind, author: Party) -> bool:
    caller = Caller.of(by.person, units=[by.unit])
    tied = any(bond.holds(caller) for bond in whose_article(kind, author))
    return not tied and _refused_reviewer(by, kind, author) is None


def _refused_reviewer(by: Party, kind: Kind, author: Party) -> Refused | None:
    if kind is Kind.FACTS and by.unit != author.unit:
        return Refused(
            "P5",
            "稿件事实须由作者所在单位核实",
            "Facts are attested by the author's own unit",
            code="not-the-authors-unit",
        )
    if kind is Kind.SECRECY and by.unit not in (None, author.unit):
        return Refused(
            "P5",
            "保密审查由作者所在单位或编辑部进行",
            "The trade-secret check is made by the author's unit or the editorial office",
            code="another-units-secrets",
        )
    return None


def review(article: Article, verdict: Review) -> Article:
    """The article after ``verdict``: reviewed with the third pass, sent back by a refusal, else still open.

    A refusal is possible until publication, after all three passes too. Refused: a reviewer who may not (P5), an
    article not under review, a verdict on another revision, a second pass of the same kind, a refusal
    without its reason.
    """
    check_reviewer(verdict.by, verdict.kind, article.author)
    if article.state not in (State.SUBMITTED, State.REVIEWED):
        raise Refused(
            "P5",
            f"稿件{article.state.label.zh}，不在审核中",
            f"The article is not under review ({article.state.label.en.lower()})",
            code="not-under-review",
        )
    if verdict.revision != article.revision:
        raise Refused(
            "P5",
            f"稿件现为第{article.revision}稿，审核意见针对第{verdict.revision}稿",
            f"The text is now revision {article.revision}; the review is of revision {verdict.revision}",
            code="review-of-another-revision",
            field="revision",
        )
    if verdict.passed and verdict.kind not in article.missing():
        raise Refused(
            "P5",
            f"{verdict.kind.label.zh}已经通过",
            f"Already passed: {verdict.kind.label.en.lower()}",
            code="already-reviewed",
            field="kind",
        )
    if not verdict.passed and not word_count(verdict.note):
        raise Refused(
            "P5", "退回稿件须说明理由", "Say why the article is sent back", code="reason-needed", field="note"
        )
    after = replace(article, reviews=(*article.reviews, verdict))
    if not verdict.passed:
        return replace(after, state=State.REJECTED)
    return after if after.missing() else replace(after, state=State.REVIEWED)


def revise(article: Article, by: Party) -> Article:
    """The article with a new text by its author: submitted again, one revision on, no earlier review counting (P5).

    Refused for anybody else, who would otherwise review a text of their own (X8), and once it is published or
    retracted.
    """
    if by.person != article.author.person:
        raise Refused(
            "X8",
            "稿件由作者本人修改；如有意见请在审核中提出",
            "An article is revised by its author; say in a review what is wrong with it",
            code="not-the-author",
        )
    if article.state in (State.PUBLISHED, State.RETRACTED):
        raise Refused(
            "P5",
            "稿件已刊登，不得再改；如有错误请撤稿",
            "A published article is not changed; retract it if it is wrong",
            code="article-closed",
        )
    return replace(article, state=State.SUBMITTED, revision=article.revision + 1)


def check_publishable(article: Article) -> None:
    """Refuse an article that is not reviewed or lacks one of the three reviews of its present text (P5)."""
    if article.state in (State.PUBLISHED, State.RETRACTED):
        raise Refused(
            "P5",
            f"稿件{article.state.label.zh}，不能再次刊登",
            f"The article cannot be published again ({article.state.label.en.lower()})",
            code="article-closed",
        )
    missing = article.missing()
    if article.state is not State.REVIEWED or missing:
        lacking = Text(
            "、".join(kind.label.zh for kind in missing), ", ".join(kind.label.en.lower() for kind in missing)
        )
        raise Refused(
            "P5",
            "三项审核全部通过才能刊登" + (f"，尚缺：{lacking.zh}" if missing else ""),
            "Nothing is published without all three reviews" + (f"; missing: {lacking.en}" if missing else ""),
            code="not-reviewed",
        )


def publish(article: Article) -> Article:
    """The article once the issue it stands in is out. Refused by :func:`check_publishable`."""
    check_publishable(article)
    return replace(article, state=State.PUBLISHED)


def retract(article: Article, reason: str) -> Article:
    """The article withdrawn after publication; it stays on file and in its issue, marked (X7).

    Refused where it is not published, and without a reason.
    """
    if article.state is not State.PUBLISHED:
        raise Refused(
            "X7",
            f"稿件{article.state.label.zh}，只有已刊登的稿件可以撤稿",
            f"Only a published article is retracted ({article.state.label.en.lower()})",
            code="not-published",
        )
    if not word_count(reason):
        raise Refused("X7", "撤稿须说明理由", "Say why the article is retracted", code="reason-needed", field="reason")
    return replace(article, state=State.RETRACTED)
