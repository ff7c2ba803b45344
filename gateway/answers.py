"""Turns what a service answered on the bus into an HTTP answer (shared.api.execution has the form on the bus)."""

import base64
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import orjson
from flask import Request, Response
from werkzeug.http import unquote_etag

from gateway.asked import page_language, wants_page
from gateway.errors import MethodNotAllowed
from gateway.pages import has_page, record_page
from gateway.problems import problem_response
from gateway.replies import Reply
from gateway.routes import Route
from gateway.routing import Table
from shared.errors import NotFound

VARY = "Accept, Accept-Language, Authorization"


def answer(envelope: Mapping[str, Any], route: Route, table: Table, request: Request) -> Reply | Response:
    """The HTTP answer to ``request``, which ``route`` was called for."""
    response: Reply | Response
    if "problem" in envelope:
        response = problem_response(envelope["problem"], request)
    elif "file" in envelope:
        response = _file(envelope["file"], int(envelope["status"]))
    elif envelope.get("body") is None:
        response = Reply(status=int(envelope["status"]))
    else:
        response = _body(envelope, route, table, request)
    response.headers["Vary"] = VARY
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if route.command or not route.public or "Authorization" in request.headers:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
    return unless_known(response, request)


R = TypeVar("R", Reply, Response, Reply | Response)


def unless_known(response: R, request: Request) -> R:
    """304 where the caller has this very version already."""
    etag, _ = unquote_etag(response.headers.get("ETag"))
    if etag and request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(etag):
        response.status_code = 304
        response.set_data(b"")
    return response


def _body(envelope: Mapping[str, Any], route: Route, table: Table, request: Request) -> Reply | Response:
    body = envelope["body"]
    if has_page(route) and wants_page(request) and isinstance(body, Mapping):
        return record_page(route, body, page_language(request))
    status = int(envelope["status"])
    response = Reply(orjson.dumps(body), status=status, content_type="application/json")
    if envelope.get("etag"):
        response.headers["ETag"] = str(envelope["etag"])
    location = _location(status, body, route, table, request.path)
    if location:
        response.headers["Location"] = location
    return response


def _location(status: int, body: Any, route: Route, table: Table, path: str) -> str | None:
    """Where what was made can be read: a new thing under its collection, long work among the service's jobs."""
    found = body.get("id") if isinstance(body, Mapping) else None
    if not isinstance(found, str | int):
        return None
    last = quote(str(found), safe="")
    if status == 202:
        return _readable(table, f"/v1/{route.service}/jobs/{last}")
    if status != 201:
        return None
    collections = [path, f"/v1/{route.service}/{path.rstrip('/').rpartition('/')[2]}"]
    return next((place for c in collections if (place := _readable(table, f"{quote(c)}/{last}"))), None)


def _readable(table: Table, place: str) -> str | None:
    try:
        table.match(place, "GET")
    except (NotFound, MethodNotAllowed):
        return None
    return place


def _file(file: Mapping[str, Any], status: int) -> Reply:
    content_type = str(file.get("content_type") or "application/octet-stream")
    response = Reply(base64.b64decode(file["content"]), status=status, content_type=content_type)
    response.headers["Content-Disposition"] = disposition(str(file["filename"]))
    return response


def disposition(filename: str) -> str:
    """``attachment`` with the file's name, any script (RFC 6266 and 5987)."""
    name = "".join(ch for ch in filename if ch >= " " and ch != "\x7f").replace("/", "_").replace("\\", "_")
    plain = "".join(ch if ch.isascii() and ch != '"' else "_" for ch in name)
    if plain == filename:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
