"""SQLAlchemy in a nameko service, as its users do it: a session a worker, closed afterwards."""

from nameko.extensions import DependencyProvider
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Archived(Base):
    __tablename__ = "archived"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int]
    text: Mapped[str]


class Database(DependencyProvider):
    def setup(self):
        config = self.container.config
        self.engine = create_engine(config["DATABASE_URL"], pool_size=config["max_workers"])
        Base.metadata.create_all(self.engine)
        self.sessions = {}

    def stop(self):
        self.engine.dispose()

    def get_dependency(self, worker_ctx):
        session = self.sessions[worker_ctx] = Session(self.engine)
        return session

    def worker_teardown(self, worker_ctx):
        self.sessions.pop(worker_ctx).close()
