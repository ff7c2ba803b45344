"""The documentation page: every operation of every service, drawn from the manifests in force."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.openapi import problem_statuses
from gateway.routes import Offer, Route
from gateway.routing import Table
from gateway.showing import label_of
from shared.identity.principals import PUBLIC, SIGNED_IN
from shared.text import Language, Text

KINDS = {
    "list": Text("列表", "List"),
    "detail": Text("详情", "Detail"),
    "create": Text("新建", "Create"),
    "action": Text("办理", "Action"),
    "download": Text("下载", "Download"),
    "todo": Text("待办", "To do"),
    "figure": Text("统计", "Figure"),
}
PERMISSIONS = {
    PUBLIC: Text("公开，无需登录", "Public, no sign-in"),
    SIGNED_IN: Text("登录即可", "Anybody signed in"),
}
TYPES = {
    "date": Text("日期", "date"),
    "date-time": Text("时间（带时区）", "moment with offset"),
    "uuid": Text("UUID", "UUID"),
    "decimal": Text("小数（字符串）", "decimal, as a string"),
    "binary": Text("文件", "file"),
    "string": Text("文字", "text"),
    "integer": Text("整数", "whole number"),
    "number": Text("数", "number"),
    "boolean": Text("是否", "true or false"),
    "object": Text("对象", "object"),
    "array": Text("列表", "list"),
}
PLACES = {"path": Text("路径", "path"), "query": Text("查询", "query"), "body": Text("内容", "body")}
_EXAMPLES: Mapping[str, Any] = {
    "uuid": "0192f0c1-2a7b-7cc3-98a4-5d1f0e6b7a90",
    "date": "2020-12-24",
    "date-time": "2020-12-17T09:00:00+08:00",
    "decimal": "59.5",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "string": "…",
}


@dataclass(frozen=True)
class FieldRow:
    """A field as the tables of the page show it; fields inside others carry a dotted name."""

    name: str
    label: str
    kind: str
    place: str
    required: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class OperationEntry:
    """An operation as the page shows it. ``text`` is what the search box looks through."""

    anchor: str
    route: Route
    label: str
    other_label: str
    kind: str
    permission: str
    takes: tuple[FieldRow, ...]
    gives: tuple[FieldRow, ...]
    problems: tuple[int, ...]
    curl: str
    text: str


@dataclass(frozen=True)
class ServiceEntry:
    name: str
    label: str
    other_label: str
    version: int
    operations: tuple[OperationEntry, ...]


def entries(table: Table, language: Language, base: str) -> list[ServiceEntry]:
    """Every service with its operations, by path. ``base`` is the address the examples call."""
    return [_service(offer, language, base) for offer in table.offers.values()]


def _service(offer: Offer, language: Language, base: str) -> ServiceEntry:
    routes = sorted(offer.routes, key=lambda route: (route.path, route.method))
    return ServiceEntry(
        offer.service,
        offer.label.in_(language),
        offer.label.in_("zh" if language == "en" else "en"),
        offer.version,
        tuple(_operation(route, language, base) for route in routes),
    )


def _operation(route: Route, language: Language, base: str) -> OperationEntry:
    permission = PERMISSIONS.get(route.permission)
    kind = KINDS.get(route.kind)
    words = (route.method, route.path, route.name, *route.label, route.permission, route.kind, route.description)
    return OperationEntry(
        anchor=f"{route.service}.{route.name}",
        route=route,
        label=route.label.in_(language),
        other_label=route.label.in_("zh" if language == "en" else "en"),
        kind=kind.in_(language) if kind else route.kind,
        permission=permission.in_(language) if permission else route.permission,
        takes=tuple(_takes(route, language)),
        gives=tuple(_rows(route.response or {}, language)),
        problems=tuple(problem_statuses(route)),
        curl=curl(route, base),
        text=" ".join(words).lower(),
    )


def _takes(route: Route, language: Language) -> Iterator[FieldRow]:
    elsewhere = "body" if route.command else "query"
    properties = route.request.get("properties", {})
    for name in route.parameters:
        yield _row(name, properties.get(name, {"type": "string"}), language, PLACES["path"].in_(language), True)
    yield from _rows(
        {"properties": route.fields, "required": list(route.required)}, language, PLACES[elsewhere].in_(language)
    )


def _rows(schema: Mapping[str, Any], language: Language, place: str = "", prefix: str = "") -> Iterator[FieldRow]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield _row(prefix + name, field, language, place, name in required)
        yield from _rows(field, language, place, f"{prefix}{name}.")
        yield from _rows(field.get("items", {}), language, place, f"{prefix}{name}[].")


def _row(name: str, field: Mapping[str, Any], language: Language, place: str, required: bool) -> FieldRow:
    last = name.rpartition(".")[2]
    return FieldRow(
        name, label_of(field, last, language), type_of(field, language), place, required, _notes(field, language)
    )


def type_of(field: Mapping[str, Any], language: Language) -> str:
    """What a field holds, in a word or two."""
    kinds = field.get("type", [])
    names = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]
    name = field.get("format") or (names[0] if names else "")
    text = TYPES.get(str(name))
    word = text.in_(language) if text else str(name) or Text("任意", "anything").in_(language)
    if name == "array" and "items" in field:
        return Text(f"{type_of(field['items'], language)}的列表", f"list of {type_of(field['items'], language)}").in_(
            language
        )
    return word


def _notes(field: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    found = []
    if "x-choices" in field:
        found += [f"{value} {Text(**label).in_(language)}" for value, label in field["x-choices"].items()]
    elif "enum" in field:
        found += [str(value) for value in field["enum"]]
    for sample in field.get("examples", ())[:1]:
        found.append(Text(f"如 {sample}", f"such as {sample}").in_(language))
    if field.get("maxLength"):
        found.append(Text(f"至多 {field['maxLength']} 字", f"at most {field['maxLength']} characters").in_(language))
    for key, sign in (("minimum", "≥"), ("maximum", "≤")):
        if key in field:
            found.append(f"{sign} {field[key]}")
    if field.get("default") is not None:
        default = orjson.dumps(field["default"]).decode().strip('"')
        found.append(Text(f"默认 {default}", f"{default} unless given").in_(language))
    return tuple(found)


def example(field: Mapping[str, Any]) -> Any:
    """A value that looks like those of ``field``."""
    for key in ("examples", "enum"):
        if field.get(key):
            return field[key][0]
    kinds = field.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "string")
    if kind == "array":
        return [example(field.get("items", {}))]
    if kind == "object":
        return {name: example(inner) for name, inner in field.get("properties", {}).items()}
    return _EXAMPLES.get(str(field.get("format")), _EXAMPLES.get(kind, "…"))


def curl(route: Route, base: str) -> str:
    """A call of the operation for a shell, with example values for what it must be given."""
    wanted = [name for name in route.fields if name in route.required] or list(route.fields)[:2]
    given = {name: route.fields[name] for name in wanted}
    parts = [_address(route, base, given)]
    if not route.public:
        parts.append("-H 'Authorization: Bearer '\"$TOKEN\"")
    if route.command:
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    if route.if_match:
        parts.append("-H 'If-Match: \"1\"'")
    if route.command and given and route.files:
        values = {n: "@file.xlsx" if n in route.files else str(example(field)) for n, field in given.items()}
        parts += [f"-F {shlex.quote(f'{name}={value}')}" for name, value in values.items()]
    elif route.command and given:
        body = {name: example(field) for name, field in given.items()}
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(orjson.dumps(body).decode())}"]
    if route.kind == "download":
        parts.append("-OJ")
    return "curl " + " \\\n  ".join(parts)


def _address(route: Route, base: str, given: Mapping[str, Any]) -> str:
    address = base + route.path
    for name in route.parameters:
        field = route.request.get("properties", {}).get(name, {})
        address = address.replace(f"{{{name}}}", str(example(field)) if field.get("format") else f"<{name}>")
    method = "" if route.method == "GET" else f"-X {route.method} "
    query = "&".join(f"{name}={example(field)}" for name, field in given.items() if name in route.required)
    if not route.command and query:
        address += "?" + query
    return method + shlex.quote(address)
