"""What every table of every service has in common."""

import secrets
import threading
import time
import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

# Named constraints, so that migrations can speak of them and errors can be told apart.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> uuid.UUID:
    """A UUIDv7: unique without asking anybody, and in order of making.

    It holds the 4,096ths of a millisecond beside the milliseconds (RFC 9562, method 3 of 6.2). Libraries that count
    milliseconds up for each id run ahead of the clock, and what another process makes later would come earlier.
    """
    global _latest
    with _making:
        _latest = moment = max(time.time_ns() * 4096 // 1_000_000, _latest + 1)
    milliseconds, fraction = divmod(moment, 4096)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))


_latest = 0
_making = threading.Lock()


class Columns:
    """How Python's types are kept. A service's root is ``class Base(Columns, DeclarativeBase)``, with a ``metadata``
    of its own, so that services share neither tables nor names."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid(),
        int: BigInteger(),
        str: Text(),
        dict[str, Any]: JSONB(),
    }


SEALED: dict[Any, Any] = {"sealed": True}
"""What is said of a column, as its ``info``, that holds seals of the service's vault: they are found by it when the
secret changes (shared.store.resealing). A column of bytes that holds none says ``PLAIN``."""
PLAIN: dict[Any, Any] = {"sealed": False}


def metadata() -> MetaData:
    """A metadata for one service's ``Base``, with the naming of constraints all share."""
    return MetaData(naming_convention=NAMING)


class Identified:
    """A row with an id that means nothing but itself."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)


class Versioned(Identified):
    """A row that changes: each change counts its version up, and two at once cannot both win (If-Match, ETag)."""

    version: Mapped[int] = mapped_column(nullable=False, default=1, sort_order=90)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}
