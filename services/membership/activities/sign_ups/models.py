"""Sign-ups 报名, one a person, as they are kept."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.activities.planning.models import Activity
from services.membership.activities.sign_ups import rules
from services.membership.base import Base
from shared.personal.declaring import personal, tied
from shared.store.base import SEALED, Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


def over(activity_id: Any) -> ColumnElement[Any]:
    """When the activity was held, or called off; null while it is to come."""
    ended = func.coalesce(Activity.held_at, Activity.called_off_at)
    return select(ended).where(Activity.id == activity_id).correlate_except(Activity).scalar_subquery()


def _over() -> ColumnElement[Any]:
    return over(SignUp.activity_id)


class SignUp(Versioned, Base):
    """Somebody's sign-up (M9), by their unit or, where non-members come, by themselves: ``unit_id`` is None then.

    ``place`` is the order of sign-up. The phone is sealed, found by its index and shown by its last four (X5).
    ``consented_to`` is the version of the terms for keeping it that the participant agreed to (X4, X10).
    """

    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("activity_id", "place"),
        Index(
            "uq_sign_ups_standing",
            *("activity_id", "unit_id", "phone_index"),
            unique=True,
            postgresql_where=text("state <> 'withdrawn' AND phone_index IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        {"info": tied(Text("活动报名", "Sign-up for an activity"), person="person_id", began=_over)},
    )
    label = Text("报名", "sign-up")

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    place: Mapped[int]
    state: Mapped[str]
    name: Mapped[str] = mapped_column(info=personal("participant", Text("姓名", "Name")))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    phone_sealed: Mapped[bytes | None] = mapped_column(
        info=SEALED | personal("participant-phone", Text("手机号", "Mobile number"), shown="last4")
    )
    phone_index: Mapped[str | None] = mapped_column(
        info=personal("participant-phone", Text("手机号索引", "Index of the mobile number"), shown="not")
    )
    phone_last4: Mapped[str | None] = mapped_column(
        info=personal("participant-phone", Text("手机号后四位", "Last four of the mobile number"), shown="not")
    )
    consented_to: Mapped[str]
    signed_up_at: Mapped[datetime]
    signed_up_by: Mapped[str]
    moved_up_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    checked_in_at: Mapped[datetime | None]
    checked_in_by: Mapped[str | None]

    @property
    def stands(self) -> rules.State:
        return rules.State(self.state)

    @property
    def known(self) -> rules.Known:
        """What tells the participant apart from others."""
        return rules.Known(self.person_id, self.phone_index)
