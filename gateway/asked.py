"""How somebody wants to be answered: in which language, as data or as a page."""

import functools

from flask import Request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from shared.text import Language, negotiate

LANGUAGE_PARAMETER = "lang"


def wants_page(request: Request) -> bool:
    """Whether a person asks, in a browser: one ranks HTML above JSON, programs do not."""
    return request.method in ("GET", "HEAD") and _ranks_pages_first(request.headers.get("Accept"))


@functools.lru_cache(maxsize=256)
def _ranks_pages_first(accept: str | None) -> bool:
    """``accept`` is the header as sent. Remembered: programs send the same again and again."""
    ranks = parse_accept_header(accept, MIMEAccept)
    return ranks["text/html"] > ranks["application/json"]


def language_of(request: Request) -> Language:
    """Chinese, or English on request: by Accept-Language, on pages also by ``?lang=en``."""
    if wants_page(request):
        return page_language(request)
    return negotiate(request.headers.get("Accept-Language"))


def page_language(request: Request) -> Language:
    """The language of something that is always a page."""
    chosen = request.args.get(LANGUAGE_PARAMETER)
    if chosen == "zh":
        return "zh"
    return "en" if chosen == "en" else negotiate(request.headers.get("Accept-Language"))
