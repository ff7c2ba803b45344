"""Service cases 服务事项 and what happened to each, as they are kept: confidential ones in tables of their own (M7)."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.personal.declaring import tied
from shared.store.base import Identified, Versioned
from shared.store.changes import SECRET
from shared.store.sight import OF_PARENT, OF_PEOPLE, OF_PERSON, OF_UNIT
from shared.text import Text


class _Case:
    """What both kinds of case have. ``due_on`` is the last day for an answer and ``terms`` the version it was found by
    (X4); both are those of the last opening. ``assigned_to`` is the person who has it in hand."""

    kind: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    outcome: Mapped[str | None]
    opened_on: Mapped[date] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    terms: Mapped[str]
    closed_at: Mapped[datetime | None]


class _Entry:
    """One step of a case: who, when, and what was said. ``about_id`` is the person whom it was assigned to, or who was
    added or taken off. Kept for good (X7)."""

    step: Mapped[str]
    author_id: Mapped[uuid.UUID | None]
    author: Mapped[str]
    text: Mapped[str | None]
    about_id: Mapped[uuid.UUID | None]
    written_at: Mapped[datetime]


class CaseEntry(_Entry, Identified, Base):
    """A step of a case; seen by whoever sees the case."""

    __tablename__ = "service_case_entries"
    __table_args__ = ({"info": tied(Text("服务事项往来", "Entry of a service case"), person="author_id")},)

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service_cases.id"), index=True, info=OF_PARENT)


class Case(_Case, Versioned, Base):
    """A case that is not confidential: its unit sees it, whoever has it in hand, and the secretariat."""

    __tablename__ = "service_cases"
    label = Text("服务事项", "service case")
    entry: ClassVar[type[CaseEntry]] = CaseEntry

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    opened_by: Mapped[str]
    assigned_to: Mapped[uuid.UUID | None] = mapped_column(index=True, info=OF_PERSON)


class ConfidentialCaseEntry(_Entry, Identified, Base):
    """A step of a confidential case. Whom it is about must be somebody known: the database sees to it, since whoever is
    on a case does not see who is known."""

    __tablename__ = "confidential_case_entries"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("confidential_cases.id"), index=True, info=OF_PARENT)
    about_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))


class ConfidentialCase(_Case, Versioned, Base):
    """A confidential case 保密事项. ``people`` are all who may know of it: its unit says nothing of whose it is."""

    __tablename__ = "confidential_cases"
    __table_args__ = (Index("ix_confidential_cases_people", "people", postgresql_using="gin"),)
    label = Text("服务事项", "service case")
    entry: ClassVar[type[ConfidentialCaseEntry]] = ConfidentialCaseEntry

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    opened_by: Mapped[uuid.UUID]
    assigned_to: Mapped[uuid.UUID | None]
    people: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), info=OF_PEOPLE)


# Whoever reads the audit trail is told ids, and of what is confidential nothing else: neither words nor whose it is.
for _model in (ConfidentialCase, ConfidentialCaseEntry):
    for _column in _model.__mapper__.columns:
        _column.info = {**_column.info, **SECRET}
