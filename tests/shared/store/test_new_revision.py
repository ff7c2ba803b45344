"""A new revision holds what the database is to be, and nothing that only models know."""

from pathlib import Path

from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.personal.declaring import tied
from shared.store.base import Columns, Identified, metadata
from shared.store.embedded import EmbeddedPostgres
from shared.store.migrations import History, apply, new_revision
from shared.text import Text


class Base(Columns, DeclarativeBase):
    metadata = metadata()


class Guest(Identified, Base):
    __tablename__ = "guests"
    __table_args__ = {"info": tied(Text("来宾", "Guest"), person="person_id")}

    person_id: Mapped[str] = mapped_column()


def test_what_is_noted_of_a_table_stays_with_its_model(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    models: MetaData = Base.metadata
    history = History("guests", tmp_path / "migrations", models, "public")
    postgres.create_database("guests_revision")
    engine = create_engine(postgres.url("guests_revision"))
    try:
        written = new_revision(engine, history, "Guests").read_text("utf-8")
        assert "op.create_table(" in written
        assert "info=" not in written
        apply(engine, [history])
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM guests")).scalar() == 0
    finally:
        engine.dispose()
