"""Archives the notes it hears of."""

from database import Archived, Database
from nameko.events import event_handler


class ArchiveService:
    name = "archive"
    session = Database()

    @event_handler("notes", "note_taken")
    def archive(self, note):
        self.session.add(Archived(note_id=note["note_id"], text=note["text"]))
        self.session.commit()
