"""Where the gateway tells about itself: /, /docs and /openapi.json."""

from collections.abc import Callable

import orjson
from flask import Flask, Response, render_template, request
from flask_bootstrap import Bootstrap5  # type: ignore[import-untyped]

from gateway.answers import unless_known
from gateway.asked import language_of, page_language
from gateway.docs import entries
from gateway.openapi import openapi_document
from gateway.pages import start_page
from gateway.routing import RoutingTable, Table
from shared.text import Language


class _Drawn:
    """A document in each language, drawn again only when the routes have changed."""

    def __init__(self, draw: Callable[[Table, Language], bytes], mimetype: str) -> None:
        self._draw = draw
        self._mimetype = mimetype
        self._kept: dict[Language, tuple[str, bytes]] = {}

    def answer(self, table: Table, language: Language) -> Response:
        kept = self._kept.get(language)
        if kept is None or kept[0] != table.tag:
            kept = self._kept[language] = table.tag, self._draw(table, language)
        response = Response(kept[1], mimetype=self._mimetype)
        response.set_etag(f"{table.tag}-{language}")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Accept, Accept-Language"
        response.headers["Content-Language"] = "zh-CN" if language == "zh" else "en"
        return unless_known(response, request)


def init_describing(app: Flask, table: RoutingTable, *, address: str, version: str) -> None:
    """Serve the start page, the documentation and the OpenAPI document of whatever ``table`` holds."""
    Bootstrap5(app)

    def draw_openapi(now: Table, language: Language) -> bytes:
        return orjson.dumps(openapi_document(now, language, version=version))

    def draw_docs(now: Table, language: Language) -> bytes:
        services = entries(now, language, address)
        return render_template("docs.html", services=services, language=language).encode()

    openapi_drawn = _Drawn(draw_openapi, "application/json")
    docs_drawn = _Drawn(draw_docs, "text/html")

    def start() -> Response:
        return start_page(table.presences())

    def openapi() -> Response:
        return openapi_drawn.answer(table.current, language_of(request))

    def docs() -> Response:
        return docs_drawn.answer(table.current, page_language(request))

    app.add_url_rule("/", "start", start)
    app.add_url_rule("/openapi.json", "openapi", openapi)
    app.add_url_rule("/docs", "docs", docs)
