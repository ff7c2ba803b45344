"""Two services for the benchmark, written as any service is: ``notes`` takes notes, ``archive`` hears of them."""

import uuid

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.api import fields as f
from shared.api.operations import operation
from shared.bus.events import EventSchema, Heard
from shared.bus.listening import on_event
from shared.chassis import Service
from shared.plugins import Plugin, add
from shared.store.base import Columns, Identified, metadata
from shared.store.tx import Tx
from shared.text import Text

ROLE = "clerk"


class NotesBase(Columns, DeclarativeBase):
    metadata = metadata()


class ArchiveBase(Columns, DeclarativeBase):
    metadata = metadata()


class Note(Identified, NotesBase):
    __tablename__ = "notes"
    label = Text("来文", "note")

    text: Mapped[str]


class Archived(Identified, ArchiveBase):
    __tablename__ = "archived"

    note_id: Mapped[uuid.UUID] = mapped_column()
    text: Mapped[str]


class NoteTaken(EventSchema):
    """A note was taken."""

    event = "note.taken"
    label = Text("已收文", "Note taken")

    note_id = f.UUID("来文", "Note", attribute="id")
    text = f.String("内容", "Text")


class NoteHeard(Heard):
    note_id = f.UUID("来文", "Note", required=True)
    text = f.String("内容", "Text", required=True)


class EchoIn(f.Schema):
    text = f.String("内容", "Text", required=True, max_length=1000)


class EchoOut(f.Schema):
    text = f.String("内容", "Text")


class NoteIn(f.Schema):
    text = f.String("内容", "Text", required=True, max_length=1000)


class NoteOut(f.Schema):
    id = f.UUID("编号", "Id")
    text = f.String("内容", "Text")


class NotesService(Service):
    """Takes notes."""

    name = "notes"

    @operation(
        "GET /echoes",
        permission="notes.read",
        request=EchoIn,
        response=EchoOut,
        label=("回声", "Echo"),
        kind="figure",
    )
    def echo(self, tx: Tx, text: str) -> dict[str, str]:
        """Answers what it was asked."""
        return {"text": text}

    @operation(
        "POST /notes",
        permission="notes.write",
        request=NoteIn,
        response=NoteOut,
        label=("收文", "Take a note"),
        kind="create",
    )
    def take_note(self, tx: Tx, text: str) -> Note:
        """Keeps a note and tells of it."""
        note = tx.add(Note(text=text))
        tx.emit(NoteTaken.of(note))
        return note


class ArchiveService(Service):
    """Archives."""

    name = "archive"

    @on_event("notes", NoteTaken.type(), NoteHeard)
    def archive(self, tx: Tx, note_id: uuid.UUID, text: str) -> None:
        """Keeps a note it heard of."""
        tx.add(Archived(note_id=note_id, text=text))


NOTES = Plugin(
    name="notes",
    label=Text("收文", "Notes"),
    package="tests.bench.ours",
    service=NotesService,
    models=NotesBase.metadata,
    events=(NoteTaken,),
    grants={ROLE: ["notes.*"]},
)
ARCHIVE = Plugin(
    name="archive",
    label=Text("归档", "Archive"),
    package="tests.bench.ours",
    service=ArchiveService,
    models=ArchiveBase.metadata,
    needs=("notes",),
)
PLUGINS = {plugin.name: plugin for plugin in (NOTES, ARCHIVE)}


def join() -> None:
    """Make both services of this process."""
    for plugin in PLUGINS.values():
        add(plugin)
