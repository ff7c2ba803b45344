"""Takes notes: a row, and an event that tells of it once the row is committed."""

from database import Database, Note
from nameko.events import EventDispatcher
from nameko.rpc import rpc


class NotesService:
    name = "notes"
    session = Database()
    dispatch = EventDispatcher()

    @rpc
    def take_note(self, text):
        note = Note(text=text)
        self.session.add(note)
        self.session.commit()
        self.dispatch("note_taken", {"note_id": note.id, "text": note.text})
        return {"id": note.id, "text": note.text}
