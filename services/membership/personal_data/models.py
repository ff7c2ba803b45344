"""Requests about personal data 个人信息权利申请, erasures, and what each service told of them, as they are kept."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from shared.personal.declaring import personal, tied
from shared.store.base import Identified, Versioned
from shared.text import Text as Label


class PersonalDataRequest(Versioned, Base):
    """What somebody asks of their data, and what came of it (X12). ``due_on`` is the last day for an answer,
    ``fetch_until`` the last to fetch what was granted to be seen. Kept for good (X7)."""

    __tablename__ = "personal_data_requests"
    __table_args__ = (
        {
            "info": tied(
                Label("个人信息权利申请", "Request about personal data"), person="person_id", began="decided_at"
            )
        },
    )
    label = Label("个人信息权利申请", "request about personal data")

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    correct_name: Mapped[str | None] = mapped_column(
        info=personal("name", Label("更正后的姓名", "Name as it should be"))
    )
    received_at: Mapped[datetime]
    entered_by: Mapped[str]
    due_on: Mapped[date] = mapped_column(index=True)
    terms: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    assigned_to: Mapped[uuid.UUID | None]
    assigned_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    clause: Mapped[str | None]
    reason: Mapped[str | None]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    fetch_until: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    erasure: Mapped["Erasure | None"] = relationship(lazy="selectin", back_populates="request")


class Erasure(Versioned, Base):
    """An erasure that was ordered for a person (X11); ``services`` are those that have to tell what they did."""

    __tablename__ = "erasures"
    label = Label("删除令", "erasure")

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("personal_data_requests.id"), unique=True)
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    ground: Mapped[str]
    reason: Mapped[str]
    services: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    ordered_at: Mapped[datetime]
    ordered_by: Mapped[str]
    completed_at: Mapped[datetime | None]
    request: Mapped[PersonalDataRequest | None] = relationship(back_populates="erasure")
    answers: Mapped[list["ErasureAnswer"]] = relationship(lazy="selectin", order_by="ErasureAnswer.id")

    @property
    def waiting_for(self) -> list[str]:
        """The services that have not told yet."""
        return sorted(set(self.services) - {answer.service for answer in self.answers})


class ErasureAnswer(Identified, Base):
    """What one service told: how many rows lost personal data, and what is kept by which terms until when."""

    __tablename__ = "erasure_answers"
    __table_args__ = (UniqueConstraint("erasure_id", "service"),)

    erasure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("erasures.id"))
    service: Mapped[str]
    rows: Mapped[int]
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    answered_at: Mapped[datetime]

    @property
    def keeps(self) -> list[dict[str, Any]]:
        """What is kept, with its days as days."""
        return [{**each, "until": date.fromisoformat(each["until"]) if each["until"] else None} for each in self.kept]
