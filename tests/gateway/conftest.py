"""A gateway with hand-made manifests, in front of services that are not there."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from gateway.app import Gateway, create_app
from shared.bus.client import EXCHANGE, away
from shared.bus.connection import connect
from shared.bus.discovery import Announcer
from shared.errors import Unavailable
from shared.identity.keys import Keyring
from shared.settings import Settings

Answer = Mapping[str, Any] | Exception | Callable[..., Mapping[str, Any]]

TEXT = {"type": "string", "title": "名称", "x-label-en": "Name"}
UUID = {"type": "string", "format": "uuid", "title": "编号", "x-label-en": "Id"}


def schema(*required: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(required), "additionalProperties": False}


def entry(route: str, name: str, **given: Any) -> dict[str, Any]:
    """An operation as a manifest has it; what is not given is as plain as can be."""
    method, path = route.split(" ")
    return {
        "name": name,
        "method": method,
        "path": path,
        "permission": "signed-in",
        "label": {"zh": "办理", "en": "Do it"},
        "description": "",
        "kind": "action" if method != "GET" else "detail",
        "status": 200,
        "if_match": method in ("PUT", "PATCH", "DELETE"),
        "rate": "read" if method == "GET" else "write",
        "request": schema(),
        "response": schema(id=UUID, name=TEXT),
        "errors": [],
        **given,
    }


def manifest(service: str, *operations: Mapping[str, Any], **given: Any) -> dict[str, Any]:
    return {
        "service": service,
        "version": 1,
        "instance": "one",
        "label": {"zh": "认定", "en": "Certification"},
        "operations": list(operations),
        "events": [],
        "state": "up",
        "every": 3600,
        **given,
    }


@dataclass
class Call:
    service: str
    operation: str
    arguments: dict[str, Any]
    headers: dict[str, Any]


@dataclass
class Services:
    """What stands behind the gateway: records what it is asked, answers what it is told to."""

    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    reachable: bool = True

    def call(
        self,
        service: str,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        headers: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> dict[str, Any]:
        if service == "xiehui-nobody":
            raise away(service) if self.reachable else Unavailable("总线", "The bus", code="bus-away")
        self.calls.append(Call(service, operation, dict(arguments), dict(headers or {})))
        answer = self.answers.get(operation, {"status": 200, "body": {"id": "1"}})
        if isinstance(answer, Exception):
            raise answer
        return dict(answer() if callable(answer) else answer)

    def close(self) -> None:
        self.reachable = False

    @property
    def last(self) -> Call:
        return self.calls[-1]


@dataclass
class Front:
    """The gateway under test. ``http`` asks it, ``services`` answer it."""

    app: Gateway
    services: Services
    http: FlaskClient
    schema = staticmethod(schema)
    entry = staticmethod(entry)
    manifest = staticmethod(manifest)

    def hear(self, service: str, *operations: Mapping[str, Any], **given: Any) -> None:
        self.app.table.hear(manifest(service, *operations, **given))


class Echo:
    """A service that answers every operation with what it was asked, in nameko's protocol."""

    def __init__(self, url: str) -> None:
        self._connection = connect(url)
        channel = self._channel = self._connection.channel()
        channel.exchange_declare(exchange=EXCHANGE, type="topic", durable=True, auto_delete=False)
        channel.queue_declare(queue="rpc-echo", durable=True, auto_delete=False, exclusive=False)
        channel.queue_bind(queue="rpc-echo", exchange=EXCHANGE, routing_key="echo.*")
        channel.basic_consume(queue="rpc-echo", no_ack=True, callback=self._answer, consumer_tag="echo")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._connection.drain_events(timeout=0.1)
            except TimeoutError:
                continue

    def _answer(self, raw: Any) -> None:
        message = self._channel.message_to_python(raw)
        asked = orjson.loads(message.body)["kwargs"]
        body = {**asked, "correlation": message.headers["correlation-id"]}
        reply = self._channel.prepare_message(
            orjson.dumps({"result": {"status": 200, "body": body}, "error": None}).decode(),
            content_type="application/json",
            content_encoding="utf-8",
            properties={"correlation_id": message.properties["correlation_id"]},
        )
        self._channel.basic_publish(reply, exchange=EXCHANGE, routing_key=message.properties["reply_to"])

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(3)
        self._connection.release()


STANDARD = (
    entry(
        "GET /batches", "list_batches", kind="list", request=schema(state=TEXT, units={"type": "array", "items": TEXT})
    ),
    entry(
        "POST /batches",
        "plan_batch",
        kind="create",
        status=201,
        request=schema("name", name=TEXT, amount={"type": "string"}),
    ),
    entry("GET /batches/{id}", "get_batch", request=schema("id", id=UUID)),
    entry("PUT /batches/{id}", "change_batch", request=schema("id", "name", id=UUID, name=TEXT)),
    entry("DELETE /batches/{id}", "drop_batch", request=schema("id", id=UUID), response=None),
    entry(
        "POST /batches/{id}/enrolments",
        "import_enrolments",
        status=202,
        request=schema("id", "sheet", id=UUID, sheet={"type": "string", "format": "binary"}, rest={"type": "boolean"}),
    ),
    entry(
        "GET /batches/{id}/sheet",
        "download_sheet",
        kind="download",
        media_type="application/pdf",
        request=schema("id", id=UUID),
        response=None,
    ),
    entry("GET /jobs/{id}", "get_job", request=schema("id", id=UUID)),
    entry(
        "GET /checks/{number}",
        "check_certificate",
        permission="public",
        label={"zh": "证书查验", "en": "Certificate check"},
        request=schema("number", number=TEXT),
        response=schema(
            id=UUID,
            number={"type": "string", "title": "证书编号", "x-label-en": "Certificate number"},
            level={
                "type": "string",
                "title": "等级",
                "x-label-en": "Level",
                "x-choices": {"3": {"zh": "三级", "en": "Level three"}},
            },
            issued_on={"type": "string", "format": "date", "title": "发证日期", "x-label-en": "Issued on"},
        ),
    ),
    entry("POST /sessions", "sign_in", permission="public", rate="sign-in", request=schema(name=TEXT)),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state", max_body=2000, public_url="https://front.example")


@pytest.fixture
def empty(settings: Settings) -> Front:
    """A gateway that has heard of no service."""
    services = Services()
    app = create_app(settings, client=services, observer=False)
    return Front(app, services, app.test_client())


@pytest.fixture
def front(empty: Front) -> Front:
    """A gateway that has heard of one service, "certification"."""
    empty.hear("certification", *STANDARD)
    return empty


@pytest.fixture
def start_echo() -> Iterator[Callable[[str, Path], Announcer]]:
    """Starts the service "echo" on a bus, with its key from a folder; gives its announcer."""
    started: list[Echo | Announcer] = []

    def start(url: str, keys: Path) -> Announcer:
        operations = entry("POST /things/{id}", "keep"), entry("GET /things/{id}", "get_thing")
        announcer = Announcer(url, Keyring.load(keys, "echo"), manifest("echo", *operations), every=0.2)
        started.extend([announcer, Echo(url)])
        announcer.start()
        return announcer

    yield start
    for one in started:
        one.stop()
