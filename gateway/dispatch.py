"""The one way of every operation: find it, count it, read the request, ask the service, answer."""

from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, request
from werkzeug.routing import Rule

from gateway.answers import answer
from gateway.asked import wants_page
from gateway.bus import Bus
from gateway.errors import MethodNotAllowed
from gateway.limits import Limits
from gateway.observing import seen
from gateway.problems import failure
from gateway.replies import Reply
from gateway.requests import read_arguments, read_headers
from gateway.routing import Match, RoutingTable
from shared.errors import DeadlineExceeded, NotFound
from shared.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Dispatcher:
    """Serves everything under /v1."""

    def __init__(self, settings: Settings, table: RoutingTable, bus: Bus, limits: Limits) -> None:
        self._settings = settings
        self._table = table
        self._bus = bus
        self._limits = limits

    def __call__(self, request: Request) -> Reply | Response:
        client = self._bus.open()
        if request.method == "OPTIONS":
            return self._options(request)
        match = self._find(request)
        route = match.route
        asked = seen(request.environ)
        asked.found(route)
        asked.standing = self._limits.count(request, route)
        asked.standing.check()
        if self._table.away(route.service):
            raise self._bus.away(route.service)
        headers = read_headers(request, route, asked.correlation_id)
        arguments = read_arguments(request, match, max_body=self._settings.max_body)
        try:
            envelope = client.call(route.service, route.name, arguments, headers=headers)
        except DeadlineExceeded:
            if self._table.away(route.service):
                raise self._bus.away(route.service) from None
            raise
        self._table.answered(route.service)
        return answer(envelope, route, self._table.current, request)

    def _find(self, request: Request) -> Match:
        """What the address means. A process that has just started gives the services time to say who they are."""
        while True:
            try:
                match = self._table.current.match(request.path, request.method)
            except NotFound:
                if not self._table.wait(self._bus.settled_at):
                    raise
            else:
                if not self._table.away(match.route.service) or not self._table.wait(self._bus.settled_at):
                    return match

    def _options(self, request: Request) -> Reply:
        try:
            self._table.current.match(request.path, "OPTIONS")
        except MethodNotAllowed as problem:
            reply = Reply(status=204)
            reply.headers["Allow"] = ", ".join(problem.allow)
            return reply
        raise AssertionError("no operation has the method OPTIONS")


def init_dispatch(app: Flask, dispatcher: Dispatcher) -> None:
    """Put every path under /v1, with whatever method, in the hands of ``dispatcher``."""
    app.url_map.add(Rule("/v1/<path:rest>", endpoint="operation"))
    app.url_map.add(Rule("/v1", endpoint="operation"))
    app.view_functions["operation"] = lambda rest="": dispatcher(request)


def straight(dispatcher: Dispatcher, pages: "WSGIApplication") -> "WSGIApplication":
    """``pages``, with a short way past it for programs: what asks for data under /v1 needs no context to draw pages
    in, and its address is looked up by the dispatcher."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        if not environ.get("PATH_INFO", "").startswith("/v1/"):
            return pages(environ, start_response)
        request = Request(environ, populate_request=False)
        if wants_page(request):
            return pages(environ, start_response)
        try:
            response = dispatcher(request)
        except Exception as error:
            response = failure(error, request)
        return response(environ, start_response)

    return serve
