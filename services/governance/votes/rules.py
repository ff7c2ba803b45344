"""Counted paper ballots 纸质表决票 and what came of them (G12, G2, X1).

Only the count is entered: so many issued, returned, valid, and how they were cast. A vote is measured against the
present, so a ballot that was not returned, is invalid or abstains weighs like one against.
"""

from dataclasses import astuple, dataclass
from enum import StrEnum
from uuid import UUID

from services.governance.bodies.rules import Decision, DecisionRule, decide
from services.governance.matters.rules import Matter
from shared.errors import Refused
from shared.text import Text


class Ballot(StrEnum):
    """Whether a ballot shows who cast it."""

    SECRET = "secret"
    NAMED = "named"

    @property
    def label(self) -> Text:
        return _BALLOTS[self]


_BALLOTS = {Ballot.SECRET: Text("无记名", "Secret"), Ballot.NAMED: Text("记名", "Named")}


class Outcome(StrEnum):
    """What came of a vote. A void one decided nothing."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    VOID = "void"

    @property
    def label(self) -> Text:
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.ADOPTED: Text("通过", "Adopted"),
    Outcome.REJECTED: Text("未通过", "Not adopted"),
    Outcome.VOID: Text("无效", "Void"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of one paper vote: ballots 发出, 收回, 有效, 无效, and of the valid ones 弃权, 赞成, 反对."""

    issued: int
    returned: int
    valid: int
    invalid: int
    abstained: int
    yes: int
    no: int

    @property
    def void(self) -> bool:
        """More ballots came back than were issued, so nobody can tell how the vote went (G12)."""
        return self.returned > self.issued

    @property
    def sums(self) -> Text:
        """The count as the minutes tell it."""
        ballots = Text(f"发出{self.issued}张，收回{self.returned}张", f"{self.issued} issued, {self.returned} returned")
        if self.void:
            return Text(
                f"{ballots.zh}，收回多于发出，表决无效", f"{ballots.en}, more returned than issued: the vote is void"
            )
        return Text(
            f"{ballots.zh}，有效{self.valid}张，无效{self.invalid}张；"
            f"赞成{self.yes}，反对{self.no}，弃权{self.abstained}",
            f"{ballots.en}, {self.valid} valid, {self.invalid} invalid; "
            f"{self.yes} in favour, {self.no} against, {self.abstained} abstained",
        )


@dataclass(frozen=True, slots=True)
class Tellers:
    """Who answers for a count: ``scrutineer`` 监票人 watched it, ``counter`` 计票人 made it; both sign."""

    scrutineer: UUID
    counter: UUID


@dataclass(frozen=True, slots=True)
class Count:
    """What is entered after a paper vote."""

    ballot: Ballot
    tally: Tally
    tellers: Tellers


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote that was held, its count and its outcome, with the versions it was held under (X4).

    ``decision`` holds the sums of quorum and majority (X1); None where the vote is void. ``present`` is at the vote.
    """

    matter_version: UUID
    entitled: int
    present: int
    count: Count
    outcome: Outcome
    decision: Decision | None

    @property
    def arithmetic(self) -> Text:
        """The whole arithmetic: the ballots, and the decision where there is one."""
        sums = self.count.tally.sums
        if self.decision is None:
            return sums
        decision = self.decision.arithmetic
        return Text(f"{sums.zh}。{decision.zh}", f"{sums.en}. {decision.en}")

    @property
    def stamp(self) -> Text | None:
        """恰为半数, where exactly half carried it (X1)."""
        return self.decision.stamp if self.decision else None


def hold(matter: Matter, rule: DecisionRule, *, entitled: int, present: int, count: Count) -> Vote:
    """The vote on a matter by counted paper ballots, and its outcome by the body's ``rule``.

    More ballots returned than issued make it void (G12): it is kept, decides nothing, and another may be held.
    Refused: without a quorum, by the rule of the body, with the sum that shows it; open ballots where secret ones are
    wanted (G2); a count that can't be, or the same person in both offices (G12); impossible numbers (X1).
    """
    without_votes = decide(rule, entitled=entitled, present=present, yes=0)
    if not without_votes.quorate:
        raise Refused(
            rule.rule,
            f"{without_votes.arithmetic.zh}，不得表决，应当休会",
            f"{without_votes.arithmetic.en}: no vote can be held, the meeting adjourns",
            code="no-quorum",
            field="present",
        )
    _check_secrecy(matter, count.ballot)
    check_tellers(count.tellers)
    check_tally(count.tally, present)
    if count.tally.void:
        return Vote(matter.version, entitled, present, count, Outcome.VOID, None)
    decision = decide(rule, entitled=entitled, present=present, yes=count.tally.yes)
    outcome = Outcome.ADOPTED if decision.passed else Outcome.REJECTED
    return Vote(matter.version, entitled, present, count, outcome, decision)


def check_tellers(tellers: Tellers) -> None:
    """Refuse (G12) that one person watches their own count."""
    if tellers.scrutineer == tellers.counter:
        raise Refused(
            "G12",
            "监票人与计票人不得为同一人",
            "The scrutineer and the counter are two people",
            code="tellers-same",
            field="counter",
        )


def check_tally(tally: Tally, present: int) -> None:
    """Refuse (G12) a count that doesn't add up.

    No more issued than are present; returned is valid and invalid; valid is in favour, against and abstained. Of a
    void vote nothing beyond issued and returned is looked at, since nobody goes on to count.
    """
    # A bool is an int to Python, and a float such as 2.0 compares equal to one.
    if any(type(number) is not int or number < 0 for number in astuple(tally)):
        raise Refused(
            "G12",
            "票数须为不小于零的整数",
            "Numbers of ballots are whole, zero or more",
            code="tally",
        )
    if tally.issued > present:
        raise _does_not_add_up(
            f"发出{tally.issued}张，多于实到{present}人", f"{tally.issued} issued to {present} present", "issued"
        )
    if tally.void:
        return
    if tally.valid + tally.invalid != tally.returned:
        raise _does_not_add_up(
            f"有效{tally.valid}＋无效{tally.invalid}≠收回{tally.returned}",
            f"{tally.valid} valid + {tally.invalid} invalid is not {tally.returned} returned",
            "returned",
        )
    if tally.yes + tally.no + tally.abstained != tally.valid:
        raise _does_not_add_up(
            f"赞成{tally.yes}＋反对{tally.no}＋弃权{tally.abstained}≠有效{tally.valid}",
            f"{tally.yes} in favour + {tally.no} against + {tally.abstained} abstained is not {tally.valid} valid",
            "valid",
        )


def _does_not_add_up(zh: str, en: str, field: str) -> Refused:
    return Refused("G12", f"计票不符：{zh}", f"The count does not add up: {en}", code="tally", field=field)


def _check_secrecy(matter: Matter, ballot: Ballot) -> None:
    if matter.secret_by is not None and ballot is not Ballot.SECRET:
        raise Refused(
            matter.secret_by,
            f"“{matter.label.zh}”须无记名投票",
            f"This is decided by secret ballot: {matter.label.en}",
            code="secret-ballot",
            field="ballot",
        )
