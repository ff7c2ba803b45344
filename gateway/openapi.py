"""The OpenAPI 3.1 document, written from the manifests in force."""

from collections.abc import Mapping
from typing import Any

from gateway.problem_schema import PROBLEM
from gateway.routes import Offer, Route
from gateway.routing import Table
from shared.text import Language, Text

JSON = "application/json"
_PROBLEMS = "#/components/responses/Problem"
_FILE = {
    "type": "object",
    "properties": {
        "filename": {"type": "string", "title": "文件名", "x-label-en": "File name"},
        "content": {
            "type": "string",
            "contentEncoding": "base64",
            "title": "内容（base64）",
            "x-label-en": "Content (base64)",
        },
    },
    "required": ["filename", "content"],
}
_NEXT = {"type": ["string", "null"], "title": "续页标记", "x-label-en": "Cursor of the next page"}
_OF_A_PAGE = frozenset({"limit", "cursor", "sort"})
_ITEMS = {"title": "各条", "x-label-en": "Rows"}


def openapi_document(table: Table, language: Language, *, version: str) -> dict[str, Any]:
    """The document of everything in ``table``; labels in ``language``, the other one beside them (x-label-…)."""
    paths: dict[str, Any] = {}
    for route in table.routes():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, language)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": Text("业务接口", "Service API").in_(language),
            "version": version,
            "description": Text(
                "所有服务的全部操作。错误以 application/problem+json 返回，金额为字符串，时间带时区。",
                "Every operation of every service. Errors are application/problem+json, money is a string, "
                "times carry their offset.",
            ).in_(language),
        },
        "servers": [{"url": "/"}],
        "tags": [_tag(offer, language) for offer in table.offers.values()],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWS"}},
            "schemas": {"Problem": PROBLEM},
            "parameters": _headers(),
            "responses": {
                "Problem": {
                    "description": Text("问题", "A problem").in_(language),
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }
    return document if language == "zh" else _in_english(document)


def _tag(offer: Offer, language: Language) -> dict[str, Any]:
    return {"name": offer.service, "description": offer.label.in_(language), **_other(offer.label, language)}


def _other(label: Text, language: Language) -> dict[str, str]:
    """The label in the other language, for whoever draws both."""
    return {"x-label-en": label.en} if language == "zh" else {"x-label-zh": label.zh}


def _operation(route: Route, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{route.service}.{route.name}",
        "tags": [route.service],
        "summary": route.label.in_(language),
        **_other(route.label, language),
        "description": route.description,
        "parameters": _parameters(route),
        "responses": _responses(route, language),
        "security": [{}, {"bearer": []}] if route.public else [{"bearer": []}],
        "x-permission": route.permission,
        **({"x-scope": dict(route.scope)} if route.scope else {}),
        "x-kind": route.kind,
        "x-rate": route.rate,
        **({"x-apart": route.apart} if route.apart else {}),
    }
    body = _request_body(route)
    if body:
        found["requestBody"] = body
    return found


def _parameters(route: Route) -> list[dict[str, Any]]:
    properties = route.request.get("properties", {})
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": properties.get(name, {"type": "string"})}
        for name in route.parameters
    ]
    if route.command:
        found.append({"$ref": "#/components/parameters/IdempotencyKey"})
    else:
        found += [
            {"name": name, "in": "query", "required": name in route.required, "schema": schema}
            for name, schema in route.fields.items()
        ]
    if route.if_match:
        found.append({"$ref": "#/components/parameters/IfMatch"})
    return found


def _headers() -> dict[str, Any]:
    return {
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "同一键与同一内容只办一次 / The same key and body are carried out once",
            "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        },
        "IfMatch": {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "所改版本的 ETag / The ETag of the version to change",
            "schema": {"type": "string"},
        },
    }


def _request_body(route: Route) -> dict[str, Any] | None:
    if not route.command or not route.fields:
        return None
    whole = _object(route, dict(route.fields))
    content = {JSON: {"schema": whole}}
    if route.files:
        as_json = {
            name: {**_FILE, **{k: v for k, v in schema.items() if k not in ("type", "format")}}
            if name in route.files
            else schema
            for name, schema in route.fields.items()
        }
        content = {"multipart/form-data": {"schema": whole}, JSON: {"schema": _object(route, as_json)}}
    return {"required": bool(route.required), "content": content}


def _object(route: Route, properties: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if route.required:
        found["required"] = sorted(route.required)
    return found


def _responses(route: Route, language: Language) -> dict[str, Any]:
    good: dict[str, Any] = {"description": route.label.in_(language)}
    status = route.status
    if route.kind == "download":
        good["content"] = {route.media_type: {"schema": {"type": "string", "format": "binary"}}}
    elif route.response is None:
        status = 204
    elif route.kind == "list":
        good["content"] = {JSON: {"schema": _page(route.response)}}
    else:
        good["content"] = {JSON: {"schema": route.response}}
    return {str(status): good, **{str(code): {"$ref": _PROBLEMS} for code in problem_statuses(route)}}


def _page(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": row, **_ITEMS}, "next": _NEXT},
        "required": ["items", "next"],
    }


def problem_statuses(route: Route) -> list[int]:
    """The statuses of the problems an operation can answer: its own, and those that follow from what it is."""
    statuses = {*route.errors, 400, 422, 429, 500, 503, 504, 401}
    if not route.public:
        statuses.add(403)
    if route.parameters or set(route.fields) - _OF_A_PAGE:
        # Whatever a request names may not be there, be it in its path, its query or its body.
        statuses.add(404)
    if route.command:
        statuses |= {409, 413, 415}
    if route.if_match:
        statuses |= {412, 428}
    return sorted(statuses)


def _in_english(value: Any) -> Any:
    """``value`` with each English label as the title and the Chinese one beside it."""
    if isinstance(value, list):
        return [_in_english(item) for item in value]
    if not isinstance(value, dict):
        return value
    turned = {key: _in_english(item) for key, item in value.items()}
    if isinstance(turned.get("title"), str) and isinstance(turned.get("x-label-en"), str):
        turned["x-label-zh"], turned["title"] = turned["title"], turned.pop("x-label-en")
    return turned
