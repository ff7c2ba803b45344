"""Which other sites' pages may read answers (CORS), on every way an answer takes, problems included.

Nothing is sent that lets a browser add cookies by itself: what opens anything here is a token that the page adds.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
TAKEN = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Correlation-Id"
)
SHOWN = (
    "Allow, Content-Disposition, Content-Language, ETag, Location, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After, WWW-Authenticate, X-Correlation-Id"
)
"""Headers a page may read; of its own a browser shows few."""
REMEMBERED = "600"
"""Seconds for which a browser need not ask again whether it may."""


def shared_with(origins: Collection[str], application: "WSGIApplication") -> "WSGIApplication":
    """``application``, whose answers pages of ``origins`` may read."""
    if not origins:
        return application
    known = frozenset(origins)

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        origin = environ.get("HTTP_ORIGIN")
        # A cache must not give one site's answer to another, nor one without these headers to either.
        own = [("Vary", "Origin")]
        if origin in known:
            own.append(("Access-Control-Allow-Origin", origin))
            if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
                start_response("204 No Content", [*own, *_PERMISSION])
                return [b""]
            own.append(("Access-Control-Expose-Headers", SHOWN))

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, *own], *error)

        return application(environ, start)

    return serve


_PERMISSION = [
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", TAKEN),
    ("Access-Control-Max-Age", REMEMBERED),
]
