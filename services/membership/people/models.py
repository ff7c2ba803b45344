"""People 人员, as they are kept: the identity number sealed, and findable without being opened (X5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, case, cast, exists, func, null, select
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.personal.declaring import personal, tied
from shared.store.base import SEALED, Versioned
from shared.text import Text

_IDENTITY_NUMBER = personal("identity-number", Text("身份证号", "Identity number"), shown="last4")
_IDENTITY_INDEX = personal("identity-number", Text("身份证号索引", "Index of the identity number"), shown="not")


def parted() -> ColumnElement[Any]:
    """When the association and a person parted: the end of the last representation or account. Null while one lasts, or
    an honorary post, and where there was none: such a person may hold a post, which is not known here."""
    from services.membership.accounts.models import Account
    from services.membership.honorary_posts.models import HonoraryTenure
    from services.membership.representatives.models import Representative

    lasting = (
        exists().where(Account.person_id == Person.id, Account.closed_at.is_(None))
        | exists().where(Representative.person_id == Person.id, Representative.last_day.is_(None))
        | exists().where(HonoraryTenure.person_id == Person.id, HonoraryTenure.until.is_(None))
    )
    closed = select(func.max(Account.closed_at)).where(Account.person_id == Person.id).scalar_subquery()
    ended = select(func.max(Representative.last_day)).where(Representative.person_id == Person.id).scalar_subquery()
    # A day in the database is one in Shanghai, not where the server stands (X3).
    last_day = func.timezone("Asia/Shanghai", cast(ended, DateTime()))
    return case((lasting, null()), else_=func.greatest(closed, last_day))


class Person(Versioned, Base):
    """Somebody the association knows; once, by id. ``search_key`` finds, it never tells people apart (X5)."""

    __tablename__ = "people"
    __table_args__ = ({"info": tied(Text("人员登记", "Person on file"), person="id", began=parted)},)
    label = Text("人员", "person")

    name: Mapped[str] = mapped_column(info=personal("name", Text("姓名", "Name")))
    search_key: Mapped[str] = mapped_column(
        index=True, info=personal("name", Text("检索键", "Search key"), shown="not")
    )
    identity_number: Mapped[bytes | None] = mapped_column(info=SEALED | _IDENTITY_NUMBER)
    identity_index: Mapped[str | None] = mapped_column(unique=True, info=_IDENTITY_INDEX)
    registered_at: Mapped[datetime]

    # Lets the one attribute below be no column.
    __allow_unmapped__ = True
    identity_last4: str | None = None
    """Set on a person that is about to be shown; never kept."""
