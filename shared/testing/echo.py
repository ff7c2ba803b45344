"""Two small services on which the chassis itself is tested: one tells, the other listens.

``teller`` has operations that answer, wait, break and emit; ``listener`` writes down what it hears, and fails as often
as a note's text says.
"""

import time
import uuid
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared import offload
from shared.api import fields as f
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.api.jobs import JobOut, RunningJob, job
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.books.declared import Books, Fault, Faults, Given, Numbers
from shared.books.look import Look, about
from shared.bus.events import EventSchema, Heard
from shared.bus.listening import on_event
from shared.chassis import Service
from shared.errors import Refused
from shared.identity.principals import PUBLIC
from shared.plugins import Plugin, add
from shared.store.base import Columns, Identified, Versioned, metadata, new_id
from shared.store.tables import Job
from shared.store.tx import Tx
from shared.text import Text


class TellerBase(Columns, DeclarativeBase):
    metadata = metadata()


class ListenerBase(Columns, DeclarativeBase):
    metadata = metadata()


class Topic(Versioned, TellerBase):
    """Something notes are told about."""

    __tablename__ = "topics"
    label = Text("主题", "topic")

    name: Mapped[str] = mapped_column(unique=True)
    told: Mapped[int] = mapped_column(default=0)


class HeardNote(Identified, ListenerBase):
    __tablename__ = "heard_notes"

    topic_id: Mapped[uuid.UUID]
    text: Mapped[str]
    position: Mapped[int]


class NoteTold(EventSchema):
    """A note was told about a topic."""

    event = "topic.told"
    label = Text("已告知", "Told")

    topic_id = f.UUID("主题", "Topic", attribute="id")
    text = f.String("内容", "Text", max_length=5_000_000)
    position = f.Integer("次序", "Position")


class NoteHeard(Heard):
    topic_id = f.UUID("主题", "Topic", required=True)
    text = f.String("内容", "Text", required=True, max_length=5_000_000)
    position = f.Integer("次序", "Position", required=True)


class EchoIn(f.Schema):
    text = f.String("内容", "Text", required=True, max_length=5_000_000)


class EchoOut(f.Schema):
    text = f.String("内容", "Text")
    principal = f.String("何人", "Who")


class SleepIn(f.Schema):
    seconds = f.Decimal("秒", "Seconds", required=True)


class LabourIn(SleepIn):
    off_hub = f.Boolean("另线", "Off the hub", load_default=True)


class TopicIn(f.Schema):
    name = f.String("名称", "Name", required=True)


class NotesIn(f.Schema):
    texts = f.List("内容", "Texts", f.String("内容", "Text", max_length=5_000_000), required=True)


class TopicOut(f.Schema):
    id = f.UUID("编号", "Id")
    name = f.String("名称", "Name")
    told = f.Integer("已告知条数", "Notes told")


class CountIn(f.Schema):
    steps = f.Integer("步数", "Steps", required=True)
    fail_at = f.Integer("失败于", "Fail at", load_default=None, allow_none=True)


def _compute(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(10_000))


class TellerService(Service):
    """Tells."""

    name = "teller"

    @operation(
        "POST /echoes", permission=PUBLIC, request=EchoIn, response=EchoOut, label=("回声", "Echo"), kind="action"
    )
    def echo(self, tx: Tx, text: str) -> dict[str, str]:
        """Answers what it was given."""
        return {"text": text, "principal": tx.principal.name}

    @operation("POST /naps", permission=PUBLIC, request=SleepIn, response=EchoOut, label=("等待", "Nap"), kind="action")
    def nap(self, tx: Tx, seconds: float) -> dict[str, str]:
        """Takes its time, with a transaction open, so that others see it."""
        tx.hold(f"a nap {new_id()}")
        time.sleep(float(seconds))
        return {"text": "rested", "principal": tx.principal.name}

    @operation(
        "POST /labours", permission=PUBLIC, request=LabourIn, response=EchoOut, label=("劳作", "Toil"), kind="action"
    )
    def toil(self, tx: Tx, seconds: float, off_hub: bool) -> dict[str, str]:
        """Keeps the processor busy, as typesetting does; ``off_hub`` says whether it does so as services should."""
        if off_hub:
            offload.off_hub(_compute, float(seconds))
        else:
            _compute(float(seconds))
        return {"text": "done", "principal": tx.principal.name}

    @operation("POST /breakages", permission=PUBLIC, label=("故障", "Break"), kind="action")
    def break_down(self, tx: Tx) -> None:
        """Has a bug."""
        raise RuntimeError("a bug, on purpose, that holds 110101199003074477")

    @operation(
        "POST /topics",
        permission="teller.tell",
        request=TopicIn,
        response=TopicOut,
        label=("新主题", "New"),
        kind="create",
    )
    def open_topic(self, tx: Tx, name: str) -> Topic:
        """Opens a topic; the name "forbidden" is refused after it was stored, so that a test sees it rolled back."""
        topic = tx.add(Topic(name=name, told=0))
        tx.number("topics")
        tx.flush()
        if name.startswith("forbidden"):
            raise Refused("X6", "不予办理", "Refused", code="forbidden-topic")
        return topic

    @operation("GET /topics", permission=PUBLIC, response=TopicOut, label=("主题", "Topics"), kind="list")
    def list_topics(self, tx: Tx, page: PageRequest) -> Page:
        """Topics by name."""
        sorts = {"name": Topic.name, "told": Topic.told}
        return tx.page(select(Topic), page, key=Topic.id, sorts=sorts, default="name")

    @operation("GET /topics/{id}", permission=PUBLIC, response=TopicOut, label=("主题", "A topic"), kind="detail")
    def get_topic(self, tx: Tx, id: uuid.UUID) -> Topic:
        """A topic."""
        return tx.get(Topic, id)

    @operation(
        "PUT /topics/{id}",
        permission="teller.tell",
        request=TopicIn,
        response=TopicOut,
        label=("改名", "Rename"),
        kind="action",
    )
    def rename_topic(self, tx: Tx, id: uuid.UUID, name: str) -> Topic:
        """Renames a topic."""
        topic = tx.change(Topic, id)
        topic.name = name
        return topic

    @operation(
        "POST /topics/{id}/notes",
        permission="teller.tell",
        request=NotesIn,
        response=TopicOut,
        label=("告知", "Tell"),
        kind="action",
    )
    def tell(self, tx: Tx, id: uuid.UUID, texts: list[str]) -> Topic:
        """Tells notes about a topic, one event each; a last one "forbidden" is refused when all have been emitted."""
        topic = tx.change(Topic, id)
        for text in texts:
            topic.told += 1
            tx.emit(NoteTold.of(topic, text=text, position=topic.told))
        if "forbidden" in texts:
            tx.number("refusals")
            raise Refused("X6", "不予办理", "Refused", code="forbidden-note")
        return topic

    @operation(
        "POST /counts",
        permission="teller.tell",
        request=CountIn,
        response=JobOut,
        status=202,
        label=("数数", "Count"),
        kind="action",
    )
    def start_counting(self, tx: Tx, steps: int, fail_at: int | None) -> Job:
        """Starts long work."""
        return tx.start_job("count", steps=steps, fail_at=fail_at)

    @job("count", label=("数数", "Count"))
    def count(self, job: RunningJob, steps: int, fail_at: int | None) -> None:
        """Counts, slowly; stops with a refusal at ``fail_at``."""
        for step in range(steps):
            if step == fail_at:
                raise Refused("X6", "数到此处不予继续", "Refused here", code="count-stopped")
            time.sleep(0.02)
            job.progress(step + 1, steps)
        with job.begin() as tx:
            tx.add(Topic(name=f"counted {steps} {uuid.uuid4()}", told=steps))
            job.finish(tx, {"counted": steps})


class _Moods:
    """How the listener feels about texts, for as long as its process lives."""

    attempts: Counter[str] = Counter()
    healed: set[str] = set()


class ListenerService(Service):
    """Listens."""

    name = "listener"

    @on_event("teller", "topic.told.v1", NoteHeard)
    def hear(self, tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None:
        """Writes a note down; "fail 2 …" fails twice first, "poison …" until it is healed."""
        tx.add(HeardNote(topic_id=topic_id, text=text[:1000], position=position))
        tx.flush()
        kind, _, rest = text.partition(" ")
        if kind == "fail":
            _Moods.attempts[text] += 1
            if _Moods.attempts[text] <= int(rest.partition(" ")[0]):
                raise RuntimeError(f"not yet: {text}")
        if kind == "poison" and text not in _Moods.healed:
            raise RuntimeError("poison")

    @operation(
        "POST /cures", permission=PUBLIC, request=EchoIn, response=EchoOut, label=("治愈", "Heal"), kind="action"
    )
    def heal(self, tx: Tx, text: str) -> dict[str, str]:
        """Takes the poison out of a text."""
        _Moods.healed.add(text)
        return {"text": text, "principal": tx.principal.name}


def topics_told_what_they_say(look: Look) -> Faults:
    """Each topic told as many notes as it says, in positions from 1 on, each once."""
    positions: dict[str, list[int]] = {}
    for told in look.told(NoteTold):
        positions.setdefault(about(told), []).append(told.data["position"])
    for topic in look.session.scalars(select(Topic).where(Topic.name.not_like("counted %"))):
        if positions.pop(str(topic.id), []) != [*range(1, topic.told + 1)]:
            yield Fault(f"topics {topic.id}", Text("所告与条数不符", f"Not what it says it told: {topic.told}"))
    for topic_id in positions:
        yield Fault(f"topics {topic_id}", Text("没有这个主题", "Told about a topic that is not there"))


def counts_left_a_topic(look: Look) -> Faults:
    """Each counting that was done left exactly one topic."""
    done = look.session.scalars(select(Job.result).where(Job.kind == "count", Job.state == "done")).all()
    wanted = Counter(result["counted"] for result in done if result)
    left = Counter(look.session.scalars(select(Topic.told).where(Topic.name.like("counted %"))))
    for steps in sorted(wanted.keys() | left.keys()):
        if wanted[steps] != left[steps]:
            yield Fault(f"topics counted {steps}", Text(f"{left[steps]} 次", f"{left[steps]} of {wanted[steps]}"))


def notes_are_heard_once(look: Look) -> Faults:
    """Each note that was told is written down exactly once, as it was told, in the order of its topic."""
    wanted: dict[tuple[uuid.UUID, int], str] = {}
    for told in look.heard("teller", NoteTold.type(), NoteHeard):
        wanted[told.data["topic_id"], told.data["position"]] = told.data["text"][:1000]
    latest: dict[uuid.UUID, int] = {}
    columns = HeardNote.topic_id, HeardNote.position, HeardNote.text
    for topic_id, position, text in look.session.execute(select(*columns).order_by(HeardNote.id)):
        where = f"heard_notes {topic_id} {position}"
        if (topic_id, position) not in wanted:
            yield Fault(where, Text("多记了一次，或无人告知", "Written down twice, or never told"))
        elif wanted.pop((topic_id, position)) != text:
            yield Fault(where, Text("与所告不符", "Not what was told"))
        elif position < latest.get(topic_id, 0):
            yield Fault(where, Text("次序颠倒", "Out of order"))
        latest[topic_id] = position
    for topic_id, position in wanted:
        yield Fault(f"heard_notes {topic_id} {position}", Text("没有记下", "Not written down"))


def topics_given(session: Session) -> Iterator[Given]:
    """Topics keep no number of theirs: they count as numbered in the order in which they were opened."""
    opened = select(Topic.id).where(Topic.name.not_like("counted %")).order_by(Topic.id)
    for number, id in enumerate(session.scalars(opened), 1):
        yield Given("topics", number, f"topics {id}")


TELLER = Plugin(
    name="teller",
    label=Text("告知", "Teller"),
    package="shared.testing",
    service=TellerService,
    models=TellerBase.metadata,
    events=(NoteTold,),
    grants={"operator": [PERMISSION, READ_AUDIT], "teller": ["teller.*"]},
    books=Books(
        checks=(topics_told_what_they_say, counts_left_a_topic),
        numbers=(Numbers(Text("主题", "Topics"), topics_given, counter="topics"),),
    ),
)
LISTENER = Plugin(
    name="listener",
    label=Text("听者", "Listener"),
    package="shared.testing",
    service=ListenerService,
    models=ListenerBase.metadata,
    needs=("teller",),
    grants={"operator": [PERMISSION, READ_AUDIT]},
    books=Books(checks=(notes_are_heard_once,)),
)


def join() -> None:
    """Make both services of this process: for a host (shared.testing.host), never for the process of the tests, whose
    other tests look at every service there is."""
    add(TELLER)
    add(LISTENER)
