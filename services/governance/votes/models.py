"""Votes 表决 as they are kept: the count, the arithmetic and the versions they were held under (X1, X4)."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.governance.base import Base
from services.governance.bodies.rules import Decision
from services.governance.votes import rules
from shared.api.sentences import Sentence, kept
from shared.store.base import Identified
from shared.text import Text

if TYPE_CHECKING:
    from services.governance.resolutions.models import Resolution


class Vote(Identified, Base):
    """One vote on a motion, by counted paper ballots (G12). Never changed: a void one stands before the next (X7).

    ``rule``, ``decision_rule_id``, ``decision`` and ``passed`` are those of the decision; null where it is void.
    """

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("motion_id", "position"),)
    label = Text("表决", "vote")

    motion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("motions.id"))
    position: Mapped[int]
    held_at: Mapped[datetime]
    entered_by: Mapped[uuid.UUID | None]
    matter_version: Mapped[uuid.UUID]
    entitled: Mapped[int]
    present: Mapped[int]
    ballot: Mapped[str]
    issued: Mapped[int]
    returned: Mapped[int]
    valid: Mapped[int]
    invalid: Mapped[int]
    abstained: Mapped[int]
    yes: Mapped[int]
    no: Mapped[int]
    scrutineer_id: Mapped[uuid.UUID]
    counter_id: Mapped[uuid.UUID]
    outcome: Mapped[str]
    rule: Mapped[str | None]
    decision_rule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decision_rules.id"))
    decision: Mapped[Sentence | None]
    arithmetic: Mapped[Sentence]
    stamp: Mapped[Sentence | None]
    resolution: Mapped["Resolution | None"] = relationship(back_populates="vote")

    @classmethod
    def of(cls, held: rules.Vote, *, position: int, at: datetime, by: uuid.UUID | None) -> "Vote":
        """The row of a vote that was held, the ``position``-th on its motion."""
        tally, decision = held.count.tally, held.decision
        return cls(
            position=position,
            held_at=at,
            entered_by=by,
            matter_version=held.matter_version,
            entitled=held.entitled,
            present=held.present,
            ballot=held.count.ballot.value,
            issued=tally.issued,
            returned=tally.returned,
            valid=tally.valid,
            invalid=tally.invalid,
            abstained=tally.abstained,
            yes=tally.yes,
            no=tally.no,
            scrutineer_id=held.count.tellers.scrutineer,
            counter_id=held.count.tellers.counter,
            outcome=held.outcome.value,
            rule=decision.rule if decision else None,
            decision_rule_id=decision.rule_version if decision else None,
            decision=kept(decision.arithmetic) if decision else None,
            arithmetic=kept(held.arithmetic),
            stamp=kept(held.stamp) if held.stamp else None,
        )

    def as_ruled(self) -> rules.Vote:
        """The vote as the rules made it."""
        tally = rules.Tally(self.issued, self.returned, self.valid, self.invalid, self.abstained, self.yes, self.no)
        count = rules.Count(rules.Ballot(self.ballot), tally, rules.Tellers(self.scrutineer_id, self.counter_id))
        outcome = rules.Outcome(self.outcome)
        return rules.Vote(self.matter_version, self.entitled, self.present, count, outcome, self._decision())

    def _decision(self) -> Decision | None:
        if self.rule is None or self.decision_rule_id is None or self.decision is None:
            return None
        return Decision(
            rule_version=self.decision_rule_id,
            rule=self.rule,
            entitled=self.entitled,
            present=self.present,
            yes=self.yes,
            # A vote without a quorum is refused, so none is kept.
            quorate=True,
            passed=self.outcome == rules.Outcome.ADOPTED,
            stamp=Text(**self.stamp) if self.stamp else None,
            arithmetic=Text(**self.decision),
        )
