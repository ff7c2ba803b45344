"""Answers that are data."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class Reply:
    """An answer to a program, complete when it is made. A WSGI application, so Flask takes it too; its own Response,
    which can be changed in any order until it is sent, is for pages (ADR 0026)."""

    def __init__(self, body: bytes = b"", *, status: int = HTTPStatus.OK, content_type: str | None = None) -> None:
        self.body = body
        self.status_code = status
        self.headers: dict[str, str] = {} if content_type is None else {"Content-Type": content_type}

    def set_data(self, body: bytes) -> None:
        self.body = body

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        headers = list(self.headers.items())
        if self.status_code in _WITHOUT_BODY:
            body = b""
        else:
            body = self.body
            headers.append(("Content-Length", str(len(body))))
        start_response(_LINES[self.status_code], headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
