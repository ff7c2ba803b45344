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
    # Pages that may read answers (gateway.cors) ask by CORS, which this does not stop; images and scripts do not.
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
]


def secured(application: "WSGIApplication", *, https: bool) -> "WSGIApplication":
    """``application`` with these headers on every answer, and none of them kept by a cache unless it says otherwise.
    ``https``: whether people reach it by https, so that they always will."""
    always = [*ALWAYS, ("Strict-Transport-Security", "max-age=31536000")] if https else ALWAYS
    data = [*always, ("Content-Security-Policy", DATA_POLICY)]
    page = [*always, ("Content-Security-Policy", PAGE_POLICY)]

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            names = {name for name, _ in headers}
            unsaid = [] if "Cache-Control" in names else _UNKEPT
            return start_response(status, [*headers, *(page if _is_page(headers) else data), *unsaid], *error)

        return application(environ, start)

    return serve


_UNKEPT = [("Cache-Control", "no-store")]


def _is_page(headers: list[tuple[str, str]]) -> bool:
    return any(name == "Content-Type" and value.startswith("text/html") for name, value in headers)
