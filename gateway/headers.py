"""Headers that keep browsers from doing what an attacker would like."""

from flask import Flask, Response

DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style and nothing from elsewhere; Bootstrap draws its icons from data: addresses."""


def init_headers(app: Flask, *, https: bool) -> None:
    """Set them on every answer of ``app``. ``https``: whether people reach it by https, so that they always will."""

    def secure(response: Response) -> Response:
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Content-Security-Policy"] = PAGE_POLICY if response.mimetype == "text/html" else DATA_POLICY
        if https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    app.after_request(secure)
