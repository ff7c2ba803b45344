"""Who holds the signing posts and who is absent, as governance has told so far (M11, G11).

A copy that is behind by as much as events take: good enough to say what a request waits for. At the signature itself
governance is asked, see :mod:`services.finance.signers.roster`.
"""

import uuid
from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from services.finance.base import Base
from services.finance.signers import rules
from shared.text import Text


class HeardTenure(Base):
    """A tenure of a signing post."""

    __tablename__ = "signer_tenures"
    label = Text("任职", "tenure")

    tenure_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    post: Mapped[str]
    person_id: Mapped[uuid.UUID]
    since: Mapped[date]
    until: Mapped[date | None]

    def as_ruled(self) -> rules.Tenure:
        """What the rules need to know of it."""
        return rules.Tenure(self.post, self.person_id, self.since, self.until)


class HeardAbsence(Base):
    """A recorded absence from a signing post."""

    __tablename__ = "signer_absences"
    label = Text("请假", "absence")

    absence_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    post: Mapped[str]
    person_id: Mapped[uuid.UUID]
    since: Mapped[date]
    until: Mapped[date | None]

    def as_ruled(self) -> rules.Absence:
        """What the rules need to know of it."""
        return rules.Absence(self.post, self.person_id, self.since, self.until)
