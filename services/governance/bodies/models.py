"""Bodies 机构, how each of them decides and what it does: the founding data, read only for now (G1, G2, G5, G8, G9)."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.governance.base import Base
from services.governance.bodies import rules
from services.governance.versions import DECISION_RULES, Duties, duties_on, holding_on
from shared.api.sentences import Sentence
from shared.store.base import Identified
from shared.text import Text


class Body(Identified, Base):
    """A body of the association. ``supervises`` are the bodies under it; ``position`` is the order of the document.

    ``existing_from`` None: longer than the documents reach. With precision "year" only the year is known.
    """

    __tablename__ = "bodies"
    label = Text("机构", "body")

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    position: Mapped[int]
    name: Mapped[Sentence]
    short_name: Mapped[str]
    existing_from: Mapped[date | None]
    existing_from_precision: Mapped[str | None]
    meetings_a_year_at_least: Mapped[int | None]
    supervises: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    duties: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    source: Mapped[Sentence]
    assumption: Mapped[Sentence | None]
    note: Mapped[Sentence | None]
    decision_rules: Mapped[list["BodyDecisionRule"]] = relationship(lazy="selectin")

    def decision_rule_on(self, day: date) -> "BodyDecisionRule | None":
        """How it decides on ``day``; None for a body that takes no votes."""
        return holding_on(day, self.decision_rules, DECISION_RULES)

    def duties_on(self, day: date) -> Duties | None:
        """Its duties on ``day``; None before they are adopted (X9)."""
        return duties_on(day, self.duties)


class BodyDecisionRule(Identified, Base):
    """One version of how a body decides; ``in_force_from`` None restates the charter: always (X4, X9)."""

    __tablename__ = "decision_rules"

    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bodies.id"), index=True)
    number: Mapped[int]
    rule: Mapped[str]
    quorum: Mapped[list[int]] = mapped_column(JSONB)
    majority: Mapped[list[int]] = mapped_column(JSONB)
    in_force_from: Mapped[date | None]
    clause: Mapped[Sentence]
    assumption: Mapped[Sentence | None]

    @property
    def effective_from(self) -> date:
        return self.in_force_from or date.min

    def as_ruled(self) -> rules.DecisionRule:
        """What the rules need to know of it."""
        return rules.DecisionRule(self.id, self.rule, rules.Share(*self.quorum), rules.Share(*self.majority))
