"""Expenditures 支出, their signatures, and the decisions of the standing council about them."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.finance.base import Base
from services.finance.expenditures import rules
from services.finance.signers.rules import Claim, Post
from shared.api.sentences import Sentence, kept
from shared.personal.declaring import personal, tied
from shared.store.base import Identified, Versioned
from shared.text import Text


class Expenditure(Versioned, Base):
    """A request to spend ``amount`` fen; ``claimant_id`` is whom it is paid to or for, ``bands`` the version of the
    bands that settled what it needs (X4).

    ``state`` is as it stood when somebody last acted on it or a post last changed hands. ``closed_by`` and
    ``closed_at`` say who refused or withdrew it, nobody where the standing council rejected it (X7).
    """

    __tablename__ = "expenditures"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("paid > 0 AND paid <= amount", name="paid_within_amount"),
        {"info": tied(Text("支出", "Expenditure"), person="claimant_id", began="requested_on")},
    )
    label = Text("支出", "expenditure")

    kind: Mapped[str] = mapped_column(index=True)
    payee: Mapped[str] = mapped_column(info=personal("payee", Text("收款方", "Payee")))
    purpose: Mapped[str]
    amount: Mapped[int]
    requester_id: Mapped[uuid.UUID] = mapped_column(index=True)
    claimant_id: Mapped[uuid.UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(index=True)
    rule: Mapped[str]
    bands: Mapped[str]
    requested_on: Mapped[date]
    requested_at: Mapped[datetime]
    resolution_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    reason: Mapped[str | None]
    closed_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[datetime | None]
    paid: Mapped[int | None]
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[uuid.UUID | None]
    voucher: Mapped[str | None]
    signatures: Mapped[list["ExpenditureSignature"]] = relationship(order_by="ExpenditureSignature.id", lazy="selectin")

    @property
    def claim(self) -> Claim:
        return Claim(self.amount, self.requester_id, self.claimant_id)

    def as_ruled(self) -> rules.Expenditure:
        """What the rules need to know of it."""
        return rules.Expenditure(
            id=self.id,
            claim=self.claim,
            state=rules.State(self.state),
            rule=self.rule,
            resolution=self.resolution_id,
            signatures=tuple(signature.as_ruled() for signature in self.signatures),
            paid=self.paid,
            reason=self.reason,
        )

    def follow(self, ruled: rules.Expenditure, now: datetime, *, note: str = "") -> None:
        """Take over what the rules made of it; ``note`` goes with a signature that this adds."""
        self.state, self.rule = ruled.state, ruled.rule
        self.resolution_id, self.paid, self.reason = ruled.resolution, ruled.paid, ruled.reason
        self.signatures.extend(
            ExpenditureSignature.of(signature, now, note) for signature in ruled.signatures[len(self.signatures) :]
        )


class ExpenditureSignature(Identified, Base):
    """A signature 签批: for which post, by which rule and version of the bands it was given (X4). Kept (X7).

    ``resolution_id`` is the resolution it rests on; when that ends, the signature is of the past (F4).
    """

    __tablename__ = "expenditure_signatures"
    __table_args__ = (
        UniqueConstraint(
            *("expenditure_id", "person_id", "resolution_id"),
            name="uq_expenditure_signatures_once",
            postgresql_nulls_not_distinct=True,
        ),
    )

    expenditure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("expenditures.id"))
    resolution_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID]
    post: Mapped[str]
    rule: Mapped[str]
    bands: Mapped[str]
    reason: Mapped[Sentence]
    note: Mapped[str]
    signed_on: Mapped[date]
    signed_at: Mapped[datetime]

    def as_ruled(self) -> rules.Signature:
        """What the rules need to know of it."""
        reason = Text(self.reason["zh"], self.reason["en"])
        return rules.Signature(
            self.person_id, Post(self.post), self.signed_on, self.rule, self.bands, reason, self.resolution_id
        )

    @classmethod
    def of(cls, signature: rules.Signature, now: datetime, note: str) -> "ExpenditureSignature":
        return cls(
            resolution_id=signature.resolution,
            person_id=signature.person,
            post=signature.post,
            rule=signature.rule,
            bands=signature.bands,
            reason=kept(signature.reason),
            note=note,
            signed_on=signature.on,
            signed_at=now,
        )


class HeardResolution(Base):
    """A resolution about an expenditure, as governance told it; ``used_by`` is the one it serves, at most one (F4).

    ``refusal`` says why it did not serve when it was heard; from ``ended_on`` it does not stand any more (X7).
    """

    __tablename__ = "expenditure_resolutions"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)
    label = Text("决议", "resolution")

    resolution_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    body: Mapped[str]
    matter: Mapped[str]
    request_id: Mapped[uuid.UUID] = mapped_column(index=True)
    amount: Mapped[int]
    adopted_on: Mapped[date]
    ended_on: Mapped[date | None]
    used_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("expenditures.id"), unique=True)
    refusal: Mapped[Sentence | None]

    def as_ruled(self) -> rules.Resolution:
        """What the rules need to know of it."""
        return rules.Resolution(
            self.resolution_id,
            self.body,
            self.request_id,
            self.amount,
            adopted=True,
            used_by=self.used_by,
            ended=self.ended_on is not None,
        )
