"""Where units get their mail about dues, as it is kept: the address sealed (X5)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, ForeignKey, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.units.models import Unit
from shared.personal.declaring import personal, tied
from shared.store.base import SEALED, Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


def left() -> ColumnElement[Any]:
    """When the unit left; null while it is a member."""
    # A day in the database is one in Shanghai, not where the server stands (X3).
    day = func.timezone("Asia/Shanghai", cast(Unit.left_on, DateTime()))
    return select(day).where(Unit.id == UnitContact.unit_id).scalar_subquery()


class UnitContact(Versioned, Base):
    """The one address of a unit for what concerns its dues. Only the latest is kept; null where it was taken back.

    ``person_id`` is whose address it is, where one of the unit's people gave it themselves.
    """

    __tablename__ = "unit_contacts"
    __table_args__ = ({"info": tied(Text("单位会费联系邮箱", "A unit's contact"), person="person_id", began=left)},)
    label = Text("会费联系邮箱", "contact of this unit")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), unique=True, info=OF_UNIT)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    mail_address: Mapped[bytes | None] = mapped_column(
        info=SEALED | personal("mail-address", Text("邮箱", "Mail address"), shown="mail")
    )
    set_at: Mapped[datetime]
    set_by: Mapped[str]
