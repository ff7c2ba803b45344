"""Events: something that happened, told to whoever listens.

A publisher declares its events in its events.py::

    class CertificateIssued(EventSchema):
        \"\"\"A certificate received its number (C7).\"\"\"
        event = "certificate.issued"
        label = Text("证书已签发", "Certificate issued")
        certificate_id = f.UUID("证书", "Certificate", attribute="id")

and emits them in the transaction of the change: ``tx.emit(CertificateIssued.of(certificate))``. Within a major version
fields are only ever added; a breaking change is a new major version beside the old one. Events carry ids, never names,
phones or accounts (X11).

A listener declares what it reads, as a :class:`Heard` schema that lets unknown fields pass.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import missing
from marshmallow.utils import get_value

from shared.text import Text

_EVENT_NAME = re.compile(r"[a-z][a-z-]*\.[a-z][a-z-]*")


@dataclass(frozen=True)
class Event:
    """An event ready for the outbox. ``subject`` is "<aggregate>/<id>"; ``aggregate_version`` its version then."""

    type: str
    subject: str
    data: Mapping[str, Any]
    aggregate_version: int | None = None


@dataclass(frozen=True)
class Occurrence:
    """Something that happened to ``thing``, not yet put into words: ids and versions come with the flush."""

    schema: "type[EventSchema]"
    thing: Any
    extra: Mapping[str, Any]

    def told(self) -> Event:
        """The event, as things stand now."""
        return self.schema.tell(self.thing, **self.extra)


class EventSchema(ma.Schema):
    """The contract of one event. ``event`` is "<aggregate>.<past participle>"."""

    event: ClassVar[str]
    major: ClassVar[int] = 1
    label: ClassVar[Text]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "event" in cls.__dict__ and not _EVENT_NAME.fullmatch(cls.event):
            raise TypeError(f"{cls.__name__}.event must read like 'certificate.issued', not {cls.event!r}")

    @classmethod
    def type(cls) -> str:
        return f"{cls.event}.v{cls.major}"

    @classmethod
    def of(cls, thing: Any, **extra: Any) -> Occurrence:
        """What :meth:`Tx.emit <shared.store.tx.Tx.emit>` takes: the event about ``thing``, told once it is flushed."""
        return Occurrence(cls, thing, extra)

    @classmethod
    @cache
    def _declared(cls) -> dict[str, ma.fields.Field[Any]]:
        """Made once: making a schema costs as much as telling an event."""
        return cls().fields

    @classmethod
    def tell(cls, thing: Any, **extra: Any) -> Event:
        """The event about ``thing``: each field from ``extra`` or from the thing's attribute. None may be absent."""
        data: dict[str, Any] = {}
        for name, declared in cls._declared().items():
            value = extra[name] if name in extra else get_value(thing, declared.attribute or name)
            if value is missing:
                raise AttributeError(f"{cls.__name__}.{name}: {type(thing).__name__} has no such attribute")
            data[name] = declared.serialize(name, thing, accessor=partial(_given, value))
        aggregate = cls.event.partition(".")[0]
        return Event(cls.type(), f"{aggregate}/{thing.id}", data, getattr(thing, "version", None))


def _given(value: Any, *_: Any) -> Any:
    return value


class Heard(ma.Schema):
    """What a listener reads of an event. Fields it does not name pass by."""

    class Meta:
        unknown = ma.EXCLUDE


CE = "cloudEvents_"
ID_LENGTH = 200


def fit_id(sent: str) -> str:
    """An id that came from outside, fit for logs, message headers and the database: printable and not too long."""
    printable = sent if sent.isprintable() else "".join(ch for ch in sent if ch.isprintable())
    return printable[:ID_LENGTH]


@dataclass(frozen=True)
class Envelope:
    """An event on the wire: CloudEvents 1.0 attributes and the JSON body.

    On AMQP the attributes travel as headers with the binding's prefix ``cloudEvents_``; extensions are
    ``aggregateversion``, ``correlationid`` and ``causationid``.
    """

    id: str
    source: str
    type: str
    time: str
    subject: str
    body: str
    extensions: Mapping[str, Any] = field(default_factory=dict)

    def headers(self) -> dict[str, Any]:
        attributes = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": self.time,
            "subject": self.subject,
            "datacontenttype": "application/json",
            **{key: value for key, value in self.extensions.items() if value is not None},
        }
        return {CE + key: value for key, value in attributes.items()}


def exchange_name(service: str) -> str:
    """The exchange a service publishes its events on; only its own broker user may write there."""
    return f"{service}.events"


def inbox_queue(service: str) -> str:
    return f"{service}.inbox"


def dead_queue(service: str) -> str:
    """Where the broker puts what it gave up delivering to ``service``."""
    return f"{service}.inbox.dead"
