"""How somebody wants to be answered: in which language, as data or as a page."""

from flask import Request

from shared.text import Language, negotiate

LANGUAGE_PARAMETER = "lang"


def wants_page(request: Request) -> bool:
    """Whether a person asks, in a browser: one ranks HTML above JSON, programs do not."""
    accept = request.accept_mimetypes
    return request.method in ("GET", "HEAD") and accept["text/html"] > accept["application/json"]


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
