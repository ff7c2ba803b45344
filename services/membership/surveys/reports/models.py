"""Reports on surveys and to whom they were reported, as they are kept."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.surveys.plans.models import Survey
from services.membership.surveys.reports.rules import State
from shared.store.base import Identified, Versioned
from shared.store.sight import FOR_EVERYBODY, OF_PARENT
from shared.text import Text


class SurveyReport(Versioned, Base):
    """The ``number``-th report on a survey (M8); kept for good, one takes the place of another (X7).

    ``figures`` are as counted when it was drafted, with the sums they were computed from, and never change; what they
    hide is in nobody's sight. ``drafters``: ids of the people and accounts with a hand in its text (X8).
    """

    __tablename__ = "survey_reports"
    __table_args__ = (UniqueConstraint("survey_id", "number"), {"info": FOR_EVERYBODY})
    label = Text("调查报告", "survey report")

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("surveys.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)
    summary: Mapped[str]
    reason: Mapped[str | None]
    figures: Mapped[dict[str, Any]]
    drafters: Mapped[list[str]] = mapped_column(ARRAY(SqlText()))
    drafted_at: Mapped[datetime]
    audited_at: Mapped[datetime | None]
    audited_by: Mapped[str | None]
    audit_note: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_on: Mapped[date | None]
    published_by: Mapped[str | None]
    superseded_at: Mapped[datetime | None]
    survey: Mapped[Survey] = relationship(lazy="joined", innerjoin=True)
    deliveries: Mapped[list["ReportDelivery"]] = relationship(order_by="ReportDelivery.on", lazy="selectin")

    @property
    def stage(self) -> State:
        return State(self.state)

    @property
    def title(self) -> str:
        return self.survey.title

    @property
    def starts_on(self) -> date:
        return self.survey.starts_on

    @property
    def ends_on(self) -> date:
        return self.survey.ends_on


class ReportDelivery(Identified, Base):
    """A published report was reported to members or the authority on a day (M8)."""

    __tablename__ = "survey_report_deliveries"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_reports.id"), index=True, info=OF_PARENT)
    audience: Mapped[str]
    on: Mapped[date]
    means: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
