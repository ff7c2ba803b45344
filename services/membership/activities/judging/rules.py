"""Judging entries 评选 (M9, X2, X8): marks by criterion, a mean without whoever is recused, ranks, prizes.

A judge marks each criterion with at most one decimal place. Their score of an entry is the marks by weight, exact in
thousandths; the mean over the judges stays a fraction and is rounded once, half up, where it is shown. Ranks go by the
exact mean: entries with the same one share a rank, and as many ranks after it are left out (1, 1, 3).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from services.membership.activities.planning.rules import State as ActivityState
from shared.errors import Refused
from shared.identity.duties import Bond, acted, own, own_unit
from shared.text import Text

MATTER = "commendations"
"""The matter on which prizes are resolved (G21)."""
COUNCIL = "council"
"""The only body that resolves on it."""
TERMS = Text("评选办法", "terms of judging")
_ENTRY = Text("参评作品", "entry")
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class JudgingTerms:
    """One version of how entries are judged (X4)."""

    version: str
    effective_from: date
    highest_mark: int
    judges_at_least: int
    places: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "JudgingTerms":
        """The terms as one entry of ``versions`` in data/judging_terms.json gives them."""
        return cls(
            data["id"],
            date.fromisoformat(data["effective_from"]),
            data["highest_mark"],
            data["judges_at_least"],
            data["places"],
        )


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge, and the units they are of: the one they were named for, and those they represent today."""

    person: UUID
    units: frozenset[UUID]

    def recused(self, unit: UUID | None, author: UUID | None) -> bool:
        """Whether an entry of ``unit`` by ``author`` is not theirs to judge (X8)."""
        return unit in self.units or author == self.person


def whose_entry(unit: UUID | None, author: UUID | None, judge: Judge) -> tuple[Bond, ...]:
    """Who does not score an entry (X8): its author, whoever represents its unit, whoever is on file as of that unit."""
    of_unit = [judge.person] if unit in judge.units else []
    return (
        own(_ENTRY, [author]),
        own_unit(_ENTRY, [unit]),
        acted(_ENTRY, Text("登记为该单位人员", "is on file as of its unit"), of_unit, code="own-unit"),
    )


def whose_list(units: Iterable[UUID | None]) -> tuple[Bond, ...]:
    """Who does not draw up the list of prizes (X8): whoever represents a unit with an entry."""
    return (own_unit(_ENTRY, units),)


def check_judged(judged: bool) -> None:
    """Refuse (M9) entries and judging for a kind of activity that has none."""
    if not judged:
        raise _refused("此类活动不设评选", "This kind of activity is not judged", "not-judged")


def check_arrangement(weights: Sequence[int], judges: Sequence[UUID], terms: JudgingTerms) -> None:
    """Refuse (M9) weights that do not total 100, too few judges, and one named twice."""
    if sum(weights) != _WHOLE or min(weights, default=0) < 1:
        raise _refused(
            f"各项权重须为正整数且合计{_WHOLE}（现为{sum(weights)}）",
            f"Weights are above zero and total {_WHOLE} (they total {sum(weights)})",
            "weights",
            "criteria",
        )
    if len(set(judges)) < len(judges):
        raise _refused("评委不得重复", "A judge is named once", "judge-twice", "judges")
    if len(judges) < terms.judges_at_least:
        raise _refused(
            f"评委至少{terms.judges_at_least}人",
            f"There are at least {terms.judges_at_least} judges",
            "too-few-judges",
            "judges",
        )


def check_has_account(person: UUID, known: Collection[UUID]) -> None:
    """Refuse (M9) a judge who has no account to score with."""
    if person not in known:
        raise _refused("评委须有可用账号", "A judge has an account", "judge-without-account", "judges")


def check_arrangeable(state: ActivityState, scored: bool) -> None:
    """Refuse (M9) to change criteria, judges or prizes once a score was given, or of what is over."""
    if scored or state in (ActivityState.REPORTED, ActivityState.CALLED_OFF):
        raise _refused(
            "已有评分或活动已结束，评选安排不再更改",
            "Criteria, judges and prizes stay once there is a score, or the activity is over",
            "judging-settled",
        )


def check_scoring(state: ActivityState, *, arranged: bool, closed: bool) -> None:
    """Refuse (M9) to score before entries are all in, without criteria, and after the judging was closed."""
    if closed:
        raise _refused("评选已结束，评分不再更改", "The judging is closed; scores stay", "judging-closed")
    if not arranged or state not in (ActivityState.CLOSED, ActivityState.HELD):
        raise _refused(
            "报名（投稿）截止并确定评分项后方可评分",
            "Entries are scored once they are all in and criteria are set",
            "not-scoring",
        )


def read_marks(
    given: Sequence[tuple[UUID, Decimal]], criteria: Collection[UUID], terms: JudgingTerms
) -> dict[UUID, Decimal]:
    """The marks of one judge for one entry, by criterion. Refused (M9): a criterion left out, unknown or twice. Refused
    (X2): a mark below zero, above the highest, or with more than one decimal place."""
    marks = dict(given)
    if len(marks) < len(given) or set(marks) != set(criteria):
        raise _refused("每个评分项须评一次分", "Each criterion is marked once", "marks-incomplete", "marks")
    for mark in marks.values():
        tenths = mark * 10
        if not 0 <= mark <= terms.highest_mark or tenths != tenths.to_integral_value():
            raise Refused(
                "X2",
                f"评分为0至{terms.highest_mark}，至多一位小数",
                f"A mark is 0 to {terms.highest_mark} with at most one decimal place",
                code="mark",
                field="marks",
            )
    return marks


def changed(standing: Mapping[UUID, Decimal], given: Mapping[UUID, Decimal], reason: str) -> dict[UUID, Decimal]:
    """Those of the marks ``given`` that differ from what stands. Refused (X7): one that stands changed without a
    reason."""
    news = {criterion: mark for criterion, mark in given.items() if standing.get(criterion) != mark}
    if standing and news and not reason.strip():
        raise Refused("X7", "更改评分须说明理由", "Say why a score is changed", code="reason-needed", field="reason")
    return news


def score(marks: Mapping[UUID, Decimal], weights: Mapping[UUID, int]) -> int:
    """A judge's score of an entry, in thousandths: exact, since marks have one decimal place and weights are whole."""
    return sum(int(mark * 10) * weights[criterion] for criterion, mark in marks.items())


class Result(NamedTuple):
    """What an entry came to: the mean, rounded to ``places``, as a decimal; its rank and whether others share it; over
    how many judges; and the arithmetic."""

    mean: Decimal
    rank: int
    tied: bool
    judges: int
    arithmetic: Text


def results(scores: Mapping[UUID, Sequence[int]], terms: JudgingTerms) -> dict[UUID, Result]:
    """What each entry came to by the scores, in thousandths, of the judges that were not recused from it.

    Refused (M9): an entry with fewer judges than the terms ask for.
    """
    if any(len(each) < terms.judges_at_least for each in scores.values()):
        raise _refused(
            f"每件作品须有至少{terms.judges_at_least}名不回避的评委评分",
            f"Each entry takes the scores of at least {terms.judges_at_least} judges who are not recused",
            "too-few-scores",
        )
    means = {entry: Fraction(sum(each), 1000 * len(each)) for entry, each in scores.items()}
    shared = Counter(means.values())
    return {
        entry: Result(
            mean := _half_up(exact, terms.places),
            rank=1 + sum(number for other, number in shared.items() if other > exact),
            tied=shared[exact] > 1,
            judges=len(scores[entry]),
            arithmetic=_arithmetic(scores[entry], mean),
        )
        for entry, exact in means.items()
    }


def check_complete(missing: int) -> None:
    """Refuse (M9) to close the judging while a judge who is not recused has not scored an entry."""
    if missing:
        raise _refused(f"还缺{missing}份评分", f"{missing} scores are missing yet", "scores-missing")


def check_closed(closed: bool) -> None:
    """Refuse (M9) a list of prizes before results are frozen."""
    if not closed:
        raise _refused("评选结束后方可拟定获奖名单", "Prizes follow from closed judging", "judging-open")


def check_not_awarded(awarded: bool) -> None:
    """Refuse (X7) to change a list of prizes on which the council has decided."""
    if awarded:
        raise Refused("X7", "获奖名单已经理事会决定，不再更改", "The council has decided on the list", code="awarded")


def check_prizes(
    awards: Sequence[tuple[UUID, UUID]], prizes: Mapping[UUID, int], ranks: Mapping[UUID, int]
) -> dict[UUID, UUID]:
    """Entry → prize, as ``awards`` list them. ``prizes`` are how many there are of each, the highest first.

    Refused (M9): an entry twice or unknown, a prize unknown or given more often than there are; a lower or no prize for
    an entry that ranks higher or the same: entries of one rank are treated alike.
    """
    given = dict(awards)
    if len(given) < len(awards) or not set(given) <= set(ranks) or not set(given.values()) <= set(prizes):
        raise _refused(
            "获奖名单有误：作品或奖项不存在或重复", "An entry or prize is unknown or twice", "prizes", "awards"
        )
    for prize, number in Counter(given.values()).items():
        if number > prizes[prize]:
            raise _refused(f"该奖项至多{prizes[prize]}名", f"There are {prizes[prize]} of it", "too-many", "awards")
    none = len(prizes)
    position = {prize: place for place, prize in enumerate(prizes)}
    got = {entry: position[given[entry]] if entry in given else none for entry in ranks}
    highest: dict[int, int] = {}
    for entry, rank in ranks.items():
        highest[rank] = min(highest.get(rank, none), got[entry])
    lowest_above = -1
    for rank in sorted(highest):
        here = [got[entry] for entry, at in ranks.items() if at == rank]
        if min(here) != max(here) or highest[rank] < lowest_above:
            raise _refused(
                "名次在前的不得低于名次在后的，同名次同奖",
                "A higher rank has no lower prize, and one rank has one prize",
                "out-of-order",
                "awards",
            )
        lowest_above = max(here)
    return given


def check_resolved(body: str) -> None:
    """Refuse (G21) a commendation by any body but the council."""
    if body != COUNCIL:
        raise Refused("G21", "表彰须由理事会决定", "The council decides on commendations", code="not-the-council")


def check_carries(*, listed: bool, ended: bool) -> None:
    """Refuse (G21) to award without a list of prizes, or by a resolution that does not stand any more."""
    if not listed:
        raise Refused("G21", "尚无获奖名单", "There is no list of prizes yet", code="no-list")
    if ended:
        raise Refused("G21", "该决议已终止", "The resolution does not stand any more", code="resolution-ended")


def _half_up(exact: Fraction, places: int) -> Decimal:
    units = (2 * exact * 10**places + 1) // 2
    return Decimal(units).scaleb(-places)


def _arithmetic(scores: Sequence[int], mean: Decimal) -> Text:
    sum_ = "＋".join(format(Decimal(each) / 1000, ".3f") for each in scores)
    said = f"（{sum_}）÷{len(scores)}＝{mean}"
    return Text(said, said)


def _refused(zh: str, en: str, code: str, field: str | None = None) -> Refused:
    return Refused("M9", zh, en, code=code, field=field)
