"""Reads JSON the way a record should be read: what could be understood in two ways is refused, with its place."""

import json
import re
from itertools import pairwise
from typing import Any, NoReturn

import orjson

from shared.errors import Malformed

MAX_DEPTH = 32
"""Objects and lists inside one another. Nothing the association records goes nearly as deep."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')


class _Repeated(Exception):
    """An object names a field twice."""


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _Repeated


# Only looks for repeated names: orjson, which reads the values, silently takes the last.
_names_once = json.JSONDecoder(
    object_pairs_hook=_refuse_repeats, parse_int=lambda _digits: 0, parse_float=lambda _digits: 0.0
)


def read_json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``.

    Raises :class:`Malformed`, naming line and column, for what is not JSON in UTF-8, for NaN and numbers beyond
    floating point, for a field given twice and for nesting deeper than :data:`MAX_DEPTH`.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        _malformed("JSON 有误", "The JSON is wrong", error.lineno, error.colno)
    text = body.decode()
    if _deeper_than(value, MAX_DEPTH):
        _point_at_depth(text)
    try:
        _names_once.decode(text)
    except _Repeated:
        _point_at_repeat(text)
    if not isinstance(value, dict):
        _malformed("请求内容须为 JSON 对象", "The body must be a JSON object", 1, 1)
    return value


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    while level and limit:
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        limit -= 1
    return bool(level)


def _point_at_depth(text: str) -> NoReturn:
    """Walk the text, which is JSON, to the bracket that opens one level too many."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += 1 if token[0] in "{[" else -1 if token[0] in "}]" else 0
        if depth > MAX_DEPTH:
            zh, en = f"JSON 嵌套超过 {MAX_DEPTH} 层", f"The JSON is nested deeper than {MAX_DEPTH} levels"
            _malformed(zh, en, *_place(text, token))
    raise AssertionError("nothing is too deep")


def _point_at_repeat(text: str) -> NoReturn:
    """Walk the text, which is JSON, to the name that comes the second time in its object."""
    names: list[set[str] | None] = []
    for token, following in pairwise(_TOKEN.finditer(text)):
        if token[0] in "{[":
            names.append(set() if token[0] == "{" else None)
        elif token[0] in "}]":
            names.pop()
        elif token[0] not in ",:" and following[0] == ":":
            here = names[-1]
            name = json.loads(token[0])
            if here is not None and name in here:
                _malformed(f"字段“{name}”重复", f"The field {name!r} is given twice", *_place(text, token))
            if here is not None:
                here.add(name)
    raise AssertionError("no name comes twice")


def _place(text: str, token: re.Match[str]) -> tuple[int, int]:
    before = text[: token.start()]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _malformed(zh: str, en: str, line: int, column: int) -> NoReturn:
    raise Malformed(f"{zh}（第 {line} 行第 {column} 列）", f"{en} (line {line}, column {column})")
