"""Who signs an expenditure on a day (F1, F2, F3, F4, G11, X8, X9). Amounts are fen.

Who holds a post and who is absent is computed for the day of the signature, never kept, so a post that changes
hands between request and signature is signed for by whoever holds it then. Both are half-open intervals of dates
in Asia/Shanghai, ``[since, until)``, as governance tells them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.effective import in_force
from shared.errors import Refused
from shared.money import format_yuan, parse_yuan
from shared.spans import HalfOpen
from shared.text import Text

BANDS = Text("财务审批权限", "expenditure bands")


class Post(StrEnum):
    """The posts that sign, by their codes in governance. The executive vice-presidency 常务副理事长 is held
    together with that of the secretary-general; the signature goes with the latter."""

    SECRETARY_GENERAL = "secretary-general"
    DEPUTY = "deputy-secretary-general"
    PRESIDENT = "president"

    @property
    def label(self) -> Text:
        return _POSTS[self]


_POSTS = {
    Post.SECRETARY_GENERAL: Text("秘书长", "secretary-general"),
    Post.DEPUTY: Text("副秘书长", "deputy secretary-general"),
    Post.PRESIDENT: Text("理事长", "president"),
}


@dataclass(frozen=True, slots=True)
class Tenure(HalfOpen):
    """One person in the post of that code from ``since`` up to, not including, ``until``; None: no end known."""

    post: str
    person: UUID
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Absence(HalfOpen):
    """A recorded absence 请假 of one person from a post (G11): back on ``until``; None: not yet known when."""

    post: str
    person: UUID
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Who holds which post and who is absent, as far as governance has told."""

    tenures: Collection[Tenure]
    absences: Collection[Absence] = ()

    def holders(self, post: Post, day: date) -> frozenset[UUID]:
        """The people who hold ``post`` on ``day``; none where it is vacant."""
        return frozenset(t.person for t in self.tenures if t.post == post and t.covers(day))

    def present(self, post: Post, day: date) -> frozenset[UUID]:
        """Those of them who are not in a recorded absence from it."""
        absent = frozenset(a.person for a in self.absences if a.post == post and a.covers(day))
        return self.holders(post, day) - absent


@dataclass(frozen=True, slots=True)
class Bands:
    """One version of the bands (X4): the deputy up to and including ``deputy_up_to`` in an absence, the president
    from ``president_from`` on, a standing-council resolution as well from ``resolution_from`` on."""

    version: str
    effective_from: date
    clause: Text
    deputy_up_to: int
    president_from: int
    resolution_from: int

    def __post_init__(self) -> None:
        if not 0 < self.deputy_up_to < self.president_from <= self.resolution_from:
            raise ValueError(f"{self.version}: the bands do not follow one another")

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Bands":
        """The bands as one entry of ``versions`` in data/expenditure_bands.json gives them."""
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            clause=Text(**data["clause"]),
            deputy_up_to=parse_yuan(data["deputy_up_to"]),
            president_from=parse_yuan(data["president_from"]),
            resolution_from=parse_yuan(data["resolution_from"]),
        )


def bands_on(day: date, versions: Collection[Bands]) -> Bands:
    """The bands in force on ``day``. Refused (X9) before annex 2 is, since nobody has the right to sign then."""
    if all(day < version.effective_from for version in versions):
        first = min(version.effective_from for version in versions)
        raise Refused(
            "X9",
            f"附件2《财务管理制度》自{first.isoformat()}起施行，{day.isoformat()}尚无生效的审批权限",
            f"The finance rules of annex 2 are in force from {first.isoformat()}; "
            f"on {day.isoformat()} there are no bands to sign by",
            code="bands-not-in-force",
        )
    return in_force(versions, day, BANDS)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be spent: ``requester`` 经办人 enters it, ``claimant`` 报销人 is paid; None where that is nobody's
    own claim, such as a supplier's invoice."""

    amount: int
    requester: UUID
    claimant: UUID | None = None

    @property
    def own(self) -> frozenset[UUID]:
        """The people whose own it is, who never sign it (X8)."""
        return frozenset({self.requester} if self.claimant is None else {self.requester, self.claimant})


@dataclass(frozen=True, slots=True)
class Need:
    """What a claim needs on day ``on``, by version ``bands`` (X4) and the rule that settles it, such as "F3".

    ``resolution``: a standing-council resolution first. ``post`` signs, by one of ``people``; None where the
    resolution stands for the signature. Without ``people`` it waits, and ``waits`` says for what.
    """

    on: date
    rule: str
    resolution: bool
    post: Post | None
    people: frozenset[UUID]
    reason: Text
    waits: Text | None
    bands: str


def signature_needed(claim: Claim, roster: Roster, day: date, versions: Collection[Bands]) -> Need:
    """Whose signature ``claim`` needs on ``day``, and whether a resolution comes first.

    By amount: the secretary-general below the president's band (F1); in that post's recorded absence the deputy
    up to the deputy's limit, the president above it (F2); the president (F3), with a resolution from its
    threshold on (F4). A signer's own request or claim goes one band up: from secretary-general and deputy to the
    president, from the president to the standing council, as every claim of the president's does (X8). The claim
    of an absent secretary-general is no deputy's to sign.

    Waits where the post is vacant or its holder absent. Refused (X9): a day before the bands are in force.
    """
    bands = bands_on(day, versions)
    post, rule, reason = _by_amount(claim.amount, roster, day, bands)
    presidents = roster.holders(Post.PRESIDENT, day)
    if post is not Post.PRESIDENT:
        band = roster.holders(Post.SECRETARY_GENERAL, day) | roster.holders(post, day)
        if claim.own & band:
            post, rule, reason = Post.PRESIDENT, "X8", _OWN
    if claim.claimant in presidents or (post is Post.PRESIDENT and claim.own & presidents):
        return Need(day, "X8", True, None, frozenset(), _PRESIDENTS_OWN, None, bands.version)
    people = roster.present(post, day) - claim.own
    if post is Post.DEPUTY:
        people -= roster.holders(Post.SECRETARY_GENERAL, day)
    waits = None if people else _waiting(post, reason, vacant=not roster.holders(post, day))
    resolution = claim.amount >= bands.resolution_from
    return Need(day, rule, resolution, post, people, reason, waits, bands.version)


_OWN = Text(
    "秘书长或副秘书长本人经办、报销的支出上提一级，由理事长签批",
    "What the secretary-general or the deputy requests or claims goes one band up, to the president",
)
_PRESIDENTS_OWN = Text(
    "理事长本人的支出由常务理事会决定",
    "What is the president's own is decided by the standing council",
)


def _by_amount(amount: int, roster: Roster, day: date, bands: Bands) -> tuple[Post, str, Text]:
    yuan, clause = format_yuan(amount), bands.clause
    from_, above = format_yuan(bands.president_from), format_yuan(bands.resolution_from)
    if amount >= bands.resolution_from:
        return (
            Post.PRESIDENT,
            "F4",
            Text(
                f"{clause.zh}：{yuan}元，{above}元以上经常务理事会决议后由理事长签批",
                f"{clause.en}: {yuan} yuan; {above} and more take a standing-council resolution, then the president",
            ),
        )
    if amount >= bands.president_from:
        return (
            Post.PRESIDENT,
            "F3",
            Text(
                f"{clause.zh}：{yuan}元，{from_}元以上由理事长签批",
                f"{clause.en}: {yuan} yuan; {from_} and more are signed by the president",
            ),
        )
    if not roster.holders(Post.SECRETARY_GENERAL, day) or roster.present(Post.SECRETARY_GENERAL, day):
        return (
            Post.SECRETARY_GENERAL,
            "F1",
            Text(
                f"{clause.zh}：{yuan}元，不足{from_}元由秘书长签批",
                f"{clause.en}: {yuan} yuan; less than {from_} is signed by the secretary-general",
            ),
        )
    limit = format_yuan(bands.deputy_up_to)
    if amount <= bands.deputy_up_to:
        return (
            Post.DEPUTY,
            "F2",
            Text(
                f"{clause.zh}：{yuan}元，秘书长请假期间{limit}元以下由副秘书长签批",
                f"{clause.en}: {yuan} yuan; while the secretary-general is absent the deputy signs up to {limit}",
            ),
        )
    return (
        Post.PRESIDENT,
        "F2",
        Text(
            f"{clause.zh}：{yuan}元，秘书长请假期间超过{limit}元由理事长签批",
            f"{clause.en}: {yuan} yuan; while the secretary-general is absent the president signs above {limit}",
        ),
    )


def _waiting(post: Post, reason: Text, *, vacant: bool) -> Text:
    zh, en = post.label
    if vacant:
        return Text(f"{reason.zh}；{zh}一职空缺，等候补任", f"{reason.en}; the post of {en} is vacant, so it waits")
    return Text(f"{reason.zh}；{zh}请假，等候返回", f"{reason.en}; the {en} is absent, so it waits")


def check_signature(need: Need, person: UUID, *, resolved: bool = False) -> None:
    """Refuse ``person`` as the signer of a claim, of which ``need`` is today's; ``resolved`` says that its resolution
    is at hand.

    Refused by the rule of the need: without the resolution, where no signature is wanted, while it waits, and whoever
    is not the signer. That nobody signs their own is asked before (X8).
    """
    if need.resolution and not resolved:
        raise Refused(
            need.rule,
            f"{need.reason.zh}；尚无常务理事会决议",
            f"{need.reason.en}; there is no resolution yet",
            code="resolution-needed",
        )
    if need.waits is not None:
        raise Refused(need.rule, need.waits.zh, need.waits.en, code="signature-waits")
    if person not in need.people:
        raise Refused(need.rule, need.reason.zh, need.reason.en, code="not-the-signer")
