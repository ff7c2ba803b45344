"""Manuscript fees 稿酬: what an article earns when the newsletter publishes it (P6, P8, X2, X4).

The clause names two prices that contradict each other, per hundred characters and per thousand; two modes of
reading it are data, and each fee records which one made it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from shared.errors import Refused
from shared.money import format_yuan, parse_yuan
from shared.text import Text

WHAT = Text("稿酬标准", "manuscript fee terms")


class Mode(StrEnum):
    """How the prices per hundred and per thousand are read together (P6)."""

    CAPPED = "CAPPED"
    LITERAL = "LITERAL"

    @property
    def label(self) -> Text:
        return _MODES[self]


_MODES = {Mode.CAPPED: Text("封顶计法", "capped"), Mode.LITERAL: Text("字面计法", "literal")}


class Counting(StrEnum):
    """What the number of characters 字数 is: counted as Word does, or from the layout 版面字数 (P6)."""

    WORD = "word"
    LAYOUT = "layout"

    @property
    def label(self) -> Text:
        return _COUNTINGS[self]


_COUNTINGS = {Counting.WORD: Text("字数", "as Word counts"), Counting.LAYOUT: Text("版面字数", "by layout")}


class Use(StrEnum):
    """Where the article appears; only the newsletter 会刊 pays (P6, P8)."""

    NEWSLETTER = "newsletter"
    WEBSITE = "website"
    REPRINT = "reprint"


class Writer(StrEnum):
    """Who wrote it: secretariat staff are unpaid unless that was approved (P6)."""

    CONTRIBUTOR = "contributor"
    SECRETARIAT = "secretariat"
    SECRETARIAT_APPROVED = "secretariat_approved"


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the fee terms; amounts in fen, ``half_below`` in characters (P6, X4)."""

    version: str
    effective_from: date
    clause: Text
    mode: Mode
    rate_least: int
    rate_most: int
    per_thousand: int
    cap_under_thousand: int
    half_below: int

    def __post_init__(self) -> None:
        if self.per_thousand % 2:
            raise ValueError(f"{self.version}: half of the price per thousand must be a whole number of fen")
        if not 0 < self.rate_least <= self.rate_most:
            raise ValueError(f"{self.version}: the rates per hundred are no range")

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Terms":
        """The terms as one entry of ``versions`` in data/fee_terms.json gives them."""
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            clause=Text(data["clause"]["zh"], data["clause"]["en"]),
            mode=Mode(data["mode"]),
            rate_least=parse_yuan(data["rate_per_hundred"]["least"]),
            rate_most=parse_yuan(data["rate_per_hundred"]["most"]),
            per_thousand=parse_yuan(data["per_thousand"]),
            cap_under_thousand=parse_yuan(data["cap_under_thousand"]),
            half_below=data["half_below"],
        )


@dataclass(frozen=True, slots=True)
class Fee:
    """What an article earns and how that was found (X4). ``amount`` and ``rate`` in fen; zero is unpaid.

    ``rate`` is the editor's rate per hundred, None where it played no part. ``warning`` is for the editor.
    """

    amount: int
    characters: int
    counting: Counting
    terms: str
    mode: Mode
    rate: int | None
    arithmetic: Text
    warning: Text | None = None


_UNPAID_USES = {
    Use.WEBSITE: Text("仅在网站发布，不计稿酬（P8）", "Published on the website only, no fee (P8)"),
    Use.REPRINT: Text("他刊转载，不再计稿酬（P8）", "A reprint earns no second fee (P8)"),
}
_UNPAID_STAFF = Text(
    "秘书处人员稿件未经批准，不计稿酬（P6）", "Written by the secretariat, not approved for a fee (P6)"
)


def fee(
    characters: int,
    terms: Terms,
    rate: int | None = None,
    *,
    mode: Mode | None = None,
    counting: Counting = Counting.WORD,
    use: Use = Use.NEWSLETTER,
    writer: Writer = Writer.CONTRIBUTOR,
) -> Fee:
    """The fee for one article, in fen, exact (P6).

    Under 1000 characters each hundred begun earns ``rate`` (fen, the editor's choice within the terms, needed
    there): CAPPED stops at the cap, LITERAL does not and warns. From 1000 on each thousand earns the price
    per thousand and a remainder half of it or all of it; the rate plays no part. ``mode`` is that of the
    terms unless another is given. Website-only, reprinted and unapproved secretariat articles earn zero.

    Refused: no characters, a rate outside the terms, no rate where it is needed.
    """
    if characters < 1:
        raise Refused("P6", "字数须不小于1", "There is nothing to count", code="no-characters", field="characters")
    mode = mode or terms.mode
    unpaid = _UNPAID_USES.get(use) or (_UNPAID_STAFF if writer is Writer.SECRETARIAT else None)
    if unpaid is not None:
        return Fee(0, characters, counting, terms.version, mode, None, unpaid)
    if rate is not None and not terms.rate_least <= rate <= terms.rate_most:
        raise _refused_rate(terms)
    if characters >= 1000:
        rate = None
        amount, sum_ = _by_thousand(characters, terms)
    elif rate is None:
        raise _refused_rate(terms)
    else:
        amount, sum_ = _by_hundred(characters, rate, terms, mode)
    arithmetic = Text(
        f"{terms.clause.zh}，{terms.version}，{mode.label.zh}，{counting.label.zh}{characters}：{sum_.zh}",
        f"{terms.clause.en}, {terms.version}, {mode.label.en}, {characters} characters {counting.label.en}: {sum_.en}",
    )
    warning = _literal_warning(terms) if mode is Mode.LITERAL else None
    return Fee(amount, characters, counting, terms.version, mode, rate, arithmetic, warning)


def _refused_rate(terms: Terms) -> Refused:
    least, most = format_yuan(terms.rate_least), format_yuan(terms.rate_most)
    return Refused(
        "P6",
        f"每百字标准由编辑在{least}至{most}元之间选定，不足千字的稿件必须选定",
        f"The editor's rate is {least} to {most} yuan per hundred, and needed under a thousand characters",
        code="fee-rate",
        field="rate",
    )


def _by_hundred(characters: int, rate: int, terms: Terms, mode: Mode) -> tuple[int, Text]:
    hundreds = -(-characters // 100)
    earned = hundreds * rate
    zh = f"{format_yuan(rate)}元×{hundreds}（不足百字按百字计）＝{format_yuan(earned)}元"
    en = f"{format_yuan(rate)} × {hundreds} hundreds begun = {format_yuan(earned)} yuan"
    if mode is Mode.LITERAL or earned <= terms.cap_under_thousand:
        return earned, Text(zh, en)
    cap = format_yuan(terms.cap_under_thousand)
    return terms.cap_under_thousand, Text(f"{zh}，封顶{cap}元", f"{en}, capped at {cap} yuan")


def _by_thousand(characters: int, terms: Terms) -> tuple[int, Text]:
    thousands, remainder = divmod(characters, 1000)
    price = terms.per_thousand
    zh, en = f"{format_yuan(price)}元×{thousands}", f"{format_yuan(price)} × {thousands}"
    if remainder == 0:
        added = 0
    elif remainder < terms.half_below:
        added = price // 2
        zh += f"＋{format_yuan(added)}元（余{remainder}字，不足{terms.half_below}字计半）"
        en += f" + {format_yuan(added)} (the other {remainder} are under {terms.half_below}: half)"
    else:
        added = price
        zh += f"＋{format_yuan(added)}元（余{remainder}字，满{terms.half_below}字按千字计）"
        en += f" + {format_yuan(added)} (the other {remainder} reach {terms.half_below}: a whole thousand)"
    amount = thousands * price + added
    return amount, Text(f"{zh}＝{format_yuan(amount)}元", f"{en} = {format_yuan(amount)} yuan")


def _literal_warning(terms: Terms) -> Text:
    # Ten hundreds begun are the most that an article under a thousand characters can have.
    least, most = format_yuan(10 * terms.rate_least), format_yuan(10 * terms.rate_most)
    price = format_yuan(terms.per_thousand)
    return Text(
        f"按字面执行：999字可得{least}至{most}元，1000字只得{price}元，两项标准相互矛盾",
        f"Read to the letter, 999 characters earn {least} to {most} yuan and 1000 only {price}: "
        "the two prices contradict each other",
    )
