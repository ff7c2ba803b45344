"""What a service says of its own books, in its books.py and then in its plugin.

    def fees_follow_articles(look: Look) -> Faults:
        \"\"\"Each published article has exactly one fee, of the amount that publishing found (F14).\"\"\"
        for told in look.heard("publishing", "article.published.v1", ArticlePublished):
            ...
            yield Fault(f"manuscript_fees {told.data['article_id']}", Text("…", "…"))

    BOOKS = Books(
        checks=(fees_follow_articles, …),
        numbers=(Numbers(Text("凭证字号", "Vouchers"), vouchers_given, counter="voucher/"), …),
    )

Checks only read. They are functions of what is in the databases, so that the same state gives the same faults in the
same words.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.orm import Session

from shared.text import Text

if TYPE_CHECKING:
    from shared.books.look import Look


@dataclass(frozen=True)
class Fault:
    """Something that does not fit, and ``where``: the table and the row, such as "vouchers 记-2021-03-0001"."""

    where: str
    what: Text


Faults = Iterator[Fault]


class Given(NamedTuple):
    """A number that was given: the ``number``-th of ``series``, to the thing at ``where``."""

    series: str
    number: int
    where: str


@dataclass(frozen=True)
class Numbers:
    """What a service numbers from 1 without gaps, and once each.

    ``given`` reads every number that was given. Where they come from :meth:`shared.store.tx.Tx.number`, ``counter`` is
    what the names of their counters begin with, and the last number is the counter's; else it is the highest given.
    """

    label: Text
    given: Callable[[Session], Iterable[Given]]
    counter: str | None = None


@dataclass(frozen=True)
class Books:
    """The checks of one service, each a function whose docstring says what must hold, and what it numbers."""

    checks: tuple[Callable[["Look"], Faults], ...] = ()
    numbers: tuple[Numbers, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A fault and who has it: ``service`` in whose database it was found, ``check`` by which check."""

    service: str
    check: str
    where: str
    what: Text

    def __str__(self) -> str:
        return f"{self.service}: {self.check}: {self.where}: {self.what.en}"
