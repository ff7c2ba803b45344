"""When a body may decide and whether it has decided: integer arithmetic, the same for every body (X1).

Entitled are the seats filled on that day, present those there at the vote. Votes are measured against the
present, so abstentions and invalid ballots weigh like votes against. 以上 includes the number itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.errors import Refused
from shared.text import Text


class Share(NamedTuple):
    """A share that counts as reached at exactly itself, such as 2/3以上 (X1)."""

    numerator: int
    denominator: int


class Kind(StrEnum):
    """What sort of body 机构 it is."""

    ASSEMBLY = "assembly"
    COUNCIL = "council"
    STANDING_COUNCIL = "standing-council"
    SUPERVISORY_BOARD = "supervisory-board"
    PARTY_BRANCH = "party-branch"
    WORKING_BODY = "working-body"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.ASSEMBLY: Text("会员代表大会", "Assembly"),
    Kind.COUNCIL: Text("理事会", "Council"),
    Kind.STANDING_COUNCIL: Text("常务理事会", "Standing council"),
    Kind.SUPERVISORY_BOARD: Text("监事会", "Supervisory board"),
    Kind.PARTY_BRANCH: Text("党支部", "Party branch"),
    Kind.WORKING_BODY: Text("工作机构", "Working body"),
}


HALF = Share(1, 2)
TWO_THIRDS = Share(2, 3)

EXACTLY_HALF = Text("恰为半数", "exactly half")


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """How one body decides: the share that must be present and the share of those that must agree.

    ``version`` is the id of the version in force, kept with every decision made under it (X4); ``rule``
    names the rule it comes from, such as "G5".
    """

    version: UUID
    rule: str
    quorum: Share
    majority: Share


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a vote, with the sums it was reached by (X1) and the version of the rule it used (X4).

    ``stamp`` is set only where exactly half of the present carried it.
    """

    rule_version: UUID
    rule: str
    entitled: int
    present: int
    yes: int
    quorate: bool
    passed: bool
    stamp: Text | None
    arithmetic: Text


def has_quorum(present: int, entitled: int, quorum: Share = TWO_THIRDS) -> bool:
    """Whether enough of those entitled are present. A body without a filled seat has no quorum.

    Refused (X1) where the counts cannot be: negative, not whole, or more present than entitled.
    """
    _check_counts(present, entitled, Text("实到人数", "present"), Text("应到人数", "entitled"))
    return _reaches(present, entitled, quorum)


def passes_majority(yes: int, present: int) -> bool:
    """半数以上: half of the present or more. Exactly half passes. Refused (X1) as :func:`has_quorum`."""
    return _passes(yes, present, HALF)


def passes_two_thirds(yes: int, present: int) -> bool:
    """2/3以上: two thirds of the present or more. Refused (X1) as :func:`has_quorum`."""
    return _passes(yes, present, TWO_THIRDS)


def exactly_half(yes: int, present: int) -> bool:
    """Whether the vote stands at exactly half of the present. Refused (X1) as :func:`has_quorum`."""
    _check_votes(yes, present)
    return present > 0 and 2 * yes == present


def decide(rule: DecisionRule, *, entitled: int, present: int, yes: int) -> Decision:
    """The outcome of one vote. Without a quorum nothing passes, whatever the votes.

    Refused (X1) where the counts cannot be: negative, not whole, more present than entitled, more votes
    than present.
    """
    quorate = has_quorum(present, entitled, rule.quorum)
    passed = _passes(yes, present, rule.majority) and quorate
    stamp = EXACTLY_HALF if passed and rule.majority == HALF and exactly_half(yes, present) else None
    return Decision(
        rule_version=rule.version,
        rule=rule.rule,
        entitled=entitled,
        present=present,
        yes=yes,
        quorate=quorate,
        passed=passed,
        stamp=stamp,
        arithmetic=_arithmetic(rule, entitled, present, yes, quorate=quorate, passed=passed, stamp=stamp),
    )


def _passes(yes: int, present: int, majority: Share) -> bool:
    _check_votes(yes, present)
    return _reaches(yes, present, majority)


def _reaches(part: int, whole: int, share: Share) -> bool:
    # 0 of 0 would reach every share, yet where nobody is there nobody decides.
    return whole > 0 and share.denominator * part >= share.numerator * whole


def _arithmetic(
    rule: DecisionRule,
    entitled: int,
    present: int,
    yes: int,
    *,
    quorate: bool,
    passed: bool,
    stamp: Text | None,
) -> Text:
    quorum_sum = _comparison(present, entitled, rule.quorum)
    quorum, majority = _name(rule.quorum), _name(rule.majority)
    zh = f"应到{entitled}，实到{present}：{quorum_sum}，"
    en = f"entitled {entitled}, present {present}: {quorum_sum}, "
    if not quorate:
        return Text(f"{zh}不足{quorum.zh}，未达法定人数", f"{en}less than {quorum.en}, no quorum")
    zh += f"达到{quorum.zh}以上；赞成{yes}：{_comparison(yes, present, rule.majority)}，"
    en += f"at least {quorum.en}; in favour {yes}: {_comparison(yes, present, rule.majority)}, "
    if not passed:
        return Text(f"{zh}不足{majority.zh}，未通过", f"{en}less than {majority.en}, not passed")
    if stamp is not None:
        return Text(f"{zh}{stamp.zh}，通过", f"{en}{stamp.en}, passed")
    return Text(f"{zh}达到{majority.zh}以上，通过", f"{en}at least {majority.en}, passed")


def _comparison(part: int, whole: int, share: Share) -> str:
    left, right = share.denominator * part, share.numerator * whole
    sign = ">" if left > right else "=" if left == right else "<"
    return f"{_product(share.denominator, part)} {sign} {_product(share.numerator, whole)}"


def _product(factor: int, count: int) -> str:
    return str(count) if factor == 1 else f"{factor}×{count}={factor * count}"


def _name(share: Share) -> Text:
    if share == HALF:
        return Text("半数", "half")
    return Text(f"{share.numerator}/{share.denominator}", f"{share.numerator}/{share.denominator}")


def _check_votes(yes: int, present: int) -> None:
    _check_counts(yes, present, Text("赞成票数", "votes in favour"), Text("实到人数", "present"))


def _check_counts(part: int, whole: int, part_name: Text, whole_name: Text) -> None:
    for count, name in ((part, part_name), (whole, whole_name)):
        # A bool is an int to Python, and a float such as 2.0 compares equal to one.
        if type(count) is not int or count < 0:
            raise Refused(
                "X1",
                f"{name.zh}须为不小于零的整数",
                f"The number {name.en} is a whole number, zero or more",
                code="count",
            )
    if part > whole:
        raise Refused(
            "X1",
            f"{part_name.zh}（{part}）多于{whole_name.zh}（{whole}）",
            f"More {part_name.en} ({part}) than {whole_name.en} ({whole})",
            code="count",
        )
