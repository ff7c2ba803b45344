"""Problems on their way out: as RFC 9457 documents, and as pages for people."""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as _OtherMethod

from gateway.asked import language_of, wants_page
from gateway.errors import MethodNotAllowed, no_such_path
from gateway.observing import seen
from gateway.pages import problem_page
from gateway.replies import Reply
from shared.errors import Broken, Malformed, Problem, TooLarge

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_TOKEN_PROBLEMS = frozenset({"bad-token", "token-expired", "token-withdrawn"})


def problem_response(document: Mapping[str, Any], request: Request) -> Reply | Response:
    """``document`` as an answer: for browsers a page, for everybody else the document itself."""
    status = int(document["status"])
    response: Reply | Response
    if wants_page(request):
        response = problem_page(document, language_of(request))
        response.status_code = status
    else:
        response = Reply(orjson.dumps(dict(document)), status=status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if document.get("retry_after") is not None:
        response.headers["Retry-After"] = str(document["retry_after"])
    if status == 401:
        error = ', error="invalid_token"' if document.get("code") in _TOKEN_PROBLEMS else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="xiehui"{error}'
    return response


def as_document(problem: Problem, request: Request) -> dict[str, Any]:
    """A problem of the gateway's own, as services write theirs."""
    document = problem.as_dict(language_of(request))
    document["correlation_id"] = seen(request.environ).correlation_id
    return document


def failure(error: Exception, request: Request) -> Reply | Response:
    """The answer to ``request`` where there is nothing but ``error``."""
    problem = error if isinstance(error, Problem) else _problem_of(error, request)
    response = problem_response(as_document(problem, request), request)
    if isinstance(problem, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(problem.allow)
    return response


def _problem_of(error: Exception, request: Request) -> Problem:
    """What Flask itself refuses, and what broke, in the same form as everything else."""
    if isinstance(error, _OtherMethod):
        return MethodNotAllowed(request.method, error.valid_methods or ())
    code = error.code if isinstance(error, HTTPException) else None
    if code == 404:
        return no_such_path()
    if code == 413:
        return TooLarge("请求内容过大", "The body is too large")
    if code is not None and 400 <= code < 500:
        return Malformed("请求无法读取", "The request cannot be read")
    log.error("request broke", exc_info=error)
    number = seen(request.environ).correlation_id
    return Broken(
        f"系统内部错误，请将编号 {number} 告知管理员",
        f"Something broke on our side; tell the administrator {number}",
    )


def init_problems(app: Flask) -> None:
    """Give every error of ``app`` the form of a problem."""
    app.register_error_handler(Exception, lambda error: failure(error, request))
