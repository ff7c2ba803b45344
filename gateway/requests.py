"""Reads a request: its arguments, wherever they stand in it, and what goes with them to the service.

Only the form is looked at here; what a field may hold is the service's to say.
"""

import base64
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

from gateway.asked import LANGUAGE_PARAMETER, page_language, wants_page
from gateway.errors import UnsupportedMediaType
from gateway.json_body import read_json_object
from gateway.pages import has_page
from gateway.routes import Route
from gateway.routing import Match
from shared.errors import Malformed, TooLarge

MAX_PARTS = 1000
_CORRELATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_IDEMPOTENCY = re.compile(r"[\x21-\x7e]{1,200}")


def read_correlation_id(sent: str | None) -> str:
    """The caller's own id where it is a plain token, since it goes into every log; else a new one."""
    return sent if sent and _CORRELATION.fullmatch(sent) else str(uuid.uuid4())


def read_headers(request: Request, route: Route, correlation_id: str) -> dict[str, str | None]:
    """What goes to the service beside the arguments."""
    language = page_language(request) if has_page(route) and wants_page(request) else None
    return {
        "authorization": request.headers.get("Authorization"),
        "client-address": request.remote_addr,
        "accept-language": language or request.headers.get("Accept-Language"),
        "correlation-id": correlation_id,
        "idempotency-key": _idempotency_key(request) if route.command else None,
        "if-match": request.headers.get("If-Match"),
    }


def _idempotency_key(request: Request) -> str:
    """The caller's key, or one of our own: the bus may deliver a message twice, and it must count once."""
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return str(uuid.uuid4())
    if not _IDEMPOTENCY.fullmatch(sent):
        raise Malformed(
            "Idempotency-Key 须为 1 至 200 个可见 ASCII 字符", "Idempotency-Key takes 1 to 200 visible ASCII characters"
        )
    return sent


def read_arguments(request: Request, match: Match, *, max_body: int) -> dict[str, Any]:
    """Everything the request says, by name: path, query and body.

    Raises Malformed for what cannot be read or is said twice, TooLarge for a body over ``max_body`` bytes, however it
    is sent, and UnsupportedMediaType for a body that is neither JSON nor, where files are taken, a form.
    """
    arguments: dict[str, Any] = dict(match.parameters)
    for part in (_query(request, match.route), _body(request, match.route, max_body)):
        for name, value in part.items():
            if name in arguments:
                raise Malformed(f"字段“{name}”在请求中出现了两处", f"The field {name!r} is given in two places")
            arguments[name] = value
    return arguments


def _query(request: Request, route: Route) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            request.query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARTS
        )
    except ValueError as error:
        raise Malformed("地址中的查询参数无法读取", "The query in the address cannot be read") from error
    if has_page(route) and wants_page(request) and LANGUAGE_PARAMETER not in route.fields:
        pairs = [(name, value) for name, value in pairs if name != LANGUAGE_PARAMETER]
    return _each_once(pairs, route)


def _each_once(pairs: Iterable[tuple[str, Any]], route: Route) -> dict[str, Any]:
    """Name → value, or → values for a field that holds several."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in route.lists:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise Malformed(f"字段“{name}”重复", f"The field {name!r} is given more than once")
        else:
            found[name] = value
    return found


def _body(request: Request, route: Route, max_body: int) -> Mapping[str, Any]:
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return {}
    if (request.content_length or 0) > max_body:
        raise _too_large(max_body)
    stream = _stream(request, max_body)
    if request.mimetype == "multipart/form-data" and route.files:
        try:
            return _form(request, route, stream, max_body)
        except RequestEntityTooLarge as error:
            raise _too_large(max_body) from error
    body = stream.read()
    if len(body) > max_body:
        raise _too_large(max_body)
    if not body:
        return {}
    if not route.command:
        raise Malformed("GET 请求不应带内容", "A GET request takes no body")
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        forms = "application/json、multipart/form-data" if route.files else "application/json"
        raise UnsupportedMediaType(f"请求内容须为 {forms}", f"The body must be {forms.replace('、', ' or ')}")
    return read_json_object(body)


def _too_large(max_body: int) -> TooLarge:
    return TooLarge(f"请求内容超过 {max_body} 字节", f"The body is over {max_body} bytes")


def _stream(request: Request, max_body: int) -> IO[bytes]:
    """The body, to be read no further than one byte past the limit: where its length is not told, werkzeug ends it
    at the limit without a word, so that one byte more is what tells too much from just enough."""
    environ = request.environ
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    if chunked and not environ.get("wsgi.input_terminated"):
        # eventlet's server ends a chunked body properly, but does not say so.
        if not getattr(environ["wsgi.input"], "chunked_input", False):
            raise Malformed("请注明 Content-Length", "Send a Content-Length")
        environ["wsgi.input_terminated"] = True
    return get_input_stream(environ, max_content_length=max_body + 1)


def _form(request: Request, route: Route, stream: IO[bytes], max_body: int) -> dict[str, Any]:
    parser = FormDataParser(
        max_form_memory_size=max_body, max_content_length=max_body, max_form_parts=MAX_PARTS, silent=False
    )
    try:
        _, texts, files = parser.parse(stream, request.mimetype, request.content_length, request.mimetype_params)
    except ValueError as error:
        raise Malformed("表单无法读取", "The form cannot be read") from error
    parts: list[tuple[str, Any]] = list(texts.items(multi=True))
    for name, file in files.items(multi=True):
        with file.stream as opened:
            content = base64.b64encode(opened.read()).decode()
        parts.append((name, {"filename": file.filename or "", "content": content}))
    return _each_once(parts, route)
