"""The few pages for people: the start page, a public record, a problem.

A public record is what somebody sees who scans the code on a certificate. Its page follows from the operation: the
labels are those of the response schema. Search engines are asked to stay away (X12).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, make_response, render_template, request

from gateway.asked import page_language
from gateway.routes import Route
from gateway.routing import Presence
from gateway.showing import lines_of, text_of
from shared import clock
from shared.api.fields import BUSINESS_ZONE
from shared.text import Language


def has_page(route: Route) -> bool:
    """Whether an operation's answer is also drawn as a page: one public record."""
    return route.public and route.kind == "detail" and route.method == "GET" and route.response is not None


def record_page(route: Route, record: Mapping[str, Any], language: Language) -> Response:
    """One public record."""
    now = clock.now().astimezone(BUSINESS_ZONE).isoformat()
    return _page(
        "record.html",
        language,
        title=route.label.in_(language),
        lines=lines_of(route.response or {}, record, language),
        seen=text_of({"format": "date-time"}, now, language),
    )


def problem_page(document: Mapping[str, Any], language: Language) -> Response:
    """A problem, in words."""
    return _page("problem.html", language, title=str(document["title"]), problem=document)


def start_page(presences: Sequence[Presence]) -> Response:
    """What runs here and where to read on."""
    language = page_language(request)
    services = [
        {"name": p.offer.service, "label": p.offer.label.in_(language), "away": p.away, "count": len(p.offer.routes)}
        for p in presences
    ]
    return _page("start.html", language, services=services)


def _page(template: str, language: Language, **values: Any) -> Response:
    response = make_response(render_template(template, language=language, **values))
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
