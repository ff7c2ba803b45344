"""People 人员, as they are kept: the identity number sealed, and findable without being opened (X5)."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import SEALED, Versioned
from shared.text import Text


class Person(Versioned, Base):
    """Somebody the association knows; once, by id. ``search_key`` finds, it never tells people apart (X5)."""

    __tablename__ = "people"
    label = Text("人员", "person")

    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(index=True)
    identity_number: Mapped[bytes | None] = mapped_column(info=SEALED)
    identity_index: Mapped[str | None] = mapped_column(unique=True)
    identity_consented_at: Mapped[datetime | None]
    registered_at: Mapped[datetime]

    # Lets the one attribute below be no column.
    __allow_unmapped__ = True
    identity_last4: str | None = None
    """Set on a person that is about to be shown; never kept."""
