"""Headers that keep browsers from doing what an attacker would like."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style and nothing from elsewhere; Bootstrap draws its icons from data: addresses."""
ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]


def secured(application: "WSGIApplication", *, https: bool) -> "WSGIApplication":
    """``application`` with these headers on every answer. ``https``: whether people reach it by https, so that they
    always will."""
    always = [*ALWAYS, ("Strict-Transport-Security", "max-age=31536000")] if https else ALWAYS
    data = [*always, ("Content-Security-Policy", DATA_POLICY)]
    page = [*always, ("Content-Security-Policy", PAGE_POLICY)]

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, *(page if _is_page(headers) else data)], *error)

        return application(environ, start)

    return serve


def _is_page(headers: list[tuple[str, str]]) -> bool:
    return any(name == "Content-Type" and value.startswith("text/html") for name, value in headers)
