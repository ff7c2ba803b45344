"""The root of publishing's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.store.base import Columns, metadata


class Base(Columns, DeclarativeBase):
    metadata = metadata()
