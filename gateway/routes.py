"""A service's manifest, read: what the gateway needs to know of each operation."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from shared.bus.discovery import Manifest
from shared.identity.principals import PUBLIC
from shared.text import Text

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_OPERATION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_PATH = re.compile(r"/|(/([A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{[a-z_]+\}))+")
_PARAMETER = re.compile(r"\{([a-z_]+)\}")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_OF_ONE_PROCESS = frozenset({"instance", "state", "every"})


class BadManifest(ValueError):
    """A manifest that does not have the form it should; the gateway keeps the one it had."""


@dataclass(frozen=True, eq=False)
class Route:
    """One operation. ``path`` is whole, "/v1/<service>/…", with its parameters in braces.

    ``request`` is the JSON schema of everything the operation takes, path parameters too; ``response`` of its answer
    (of one row, for lists), None where there is none; ``media_type`` is of the file that a download answers. ``scope``
    says how far each role reaches with the permission.
    """

    service: str
    name: str
    method: str
    path: str
    permission: str
    scope: Mapping[str, str]
    apart: str | None
    label: Text
    kind: str
    status: int
    if_match: bool
    rate: str
    description: str
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None
    media_type: str
    errors: tuple[int, ...]

    @property
    def public(self) -> bool:
        return self.permission == PUBLIC

    @property
    def command(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @cached_property
    def parameters(self) -> Sequence[str]:
        """The names in the path, in order."""
        return _PARAMETER.findall(self.path)

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """Name → schema of what it takes beside the parameters of its path."""
        properties = self.request.get("properties", {})
        return {name: schema for name, schema in properties.items() if name not in self.parameters}

    @cached_property
    def required(self) -> frozenset[str]:
        """The names among its fields that must be given."""
        return frozenset(self.request.get("required", ())) & frozenset(self.fields)

    @cached_property
    def files(self) -> frozenset[str]:
        """The names of its fields that are files."""
        return frozenset(name for name, schema in self.fields.items() if schema.get("format") == "binary")

    @cached_property
    def lists(self) -> frozenset[str]:
        """The names of its fields that hold several values."""
        return frozenset(name for name, schema in self.fields.items() if schema.get("type") == "array")

    @cached_property
    def rule(self) -> str:
        """The path as werkzeug writes it."""
        return _PARAMETER.sub(r"<\1>", self.path)


@dataclass(frozen=True)
class Offer:
    """What one version of a service offers. ``digest`` tells two contents apart, whichever process announced them."""

    service: str
    version: int
    label: Text
    routes: tuple[Route, ...]
    manifest: Manifest
    digest: str


def digest_of(manifest: Manifest) -> str:
    """What distinguishes the content of ``manifest``, beside the process that announced it."""
    content = {key: value for key, value in manifest.items() if key not in _OF_ONE_PROCESS}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def read_manifest(manifest: Manifest) -> Offer:
    """The offer in ``manifest``; raises :class:`BadManifest` where it has not the form it should."""
    try:
        service = _fits(_NAME, manifest["service"])
        routes = tuple(_route(service, entry) for entry in manifest["operations"])
        return Offer(
            service=service,
            version=int(manifest["version"]),
            label=_text(manifest["label"]),
            routes=routes,
            manifest=manifest,
            digest=digest_of(manifest),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadManifest(f"{type(error).__name__}: {error}") from error


def _route(service: str, entry: Mapping[str, Any]) -> Route:
    path = _fits(_PATH, entry["path"])
    if entry["method"] not in _METHODS:
        raise ValueError(f"no such method: {entry['method']!r}")
    names = _PARAMETER.findall(path)
    if len(set(names)) != len(names):
        raise ValueError(f"{path!r} names a parameter twice")
    response = entry.get("response")
    return Route(
        service=service,
        name=_fits(_OPERATION, entry["name"]),
        method=entry["method"],
        path=f"/v1/{service}" + ("" if path == "/" else path),
        permission=str(entry["permission"]),
        scope={str(role): str(reach) for role, reach in (entry.get("scope") or {}).items()},
        apart=str(entry["apart"]) if entry.get("apart") else None,
        label=_text(entry["label"]),
        kind=str(entry["kind"]),
        status=int(entry["status"]),
        if_match=bool(entry["if_match"]),
        rate=str(entry["rate"]),
        description=str(entry.get("description") or ""),
        request=_schema(entry.get("request") or {}),
        response=None if response is None else _schema(response),
        media_type=str(entry.get("media_type") or "application/octet-stream"),
        errors=tuple(int(status) for status in entry.get("errors", ())),
    )


def _fits(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{value!r} does not read as {pattern.pattern}")
    return value


def _text(label: Mapping[str, Any]) -> Text:
    return Text(str(label["zh"]), str(label["en"]))


def _schema(value: Any) -> Mapping[str, Any]:
    properties = value.get("properties", {})
    if not all(isinstance(schema, Mapping) for schema in properties.values()):
        raise ValueError("a property that is no schema")
    return {**value, "properties": properties}
