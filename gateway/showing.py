"""Shows data to people: every value by its field's label and in the form a reader expects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from shared.text import Language, Text

NOTHING = "—"
_LOCALES: Mapping[Language, str] = {"zh": "zh_CN", "en": "en_GB"}


@dataclass(frozen=True)
class Grid:
    """Several things of one kind: a heading a column and their values."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Line:
    """A labelled value: a text, lines of its own, or a grid."""

    label: str
    text: str = ""
    lines: Sequence["Line"] = ()
    grid: Grid | None = None


def label_of(schema: Mapping[str, Any], name: str, language: Language) -> str:
    """A field's label; its name where it has none."""
    return Text(str(schema.get("title") or name), str(schema.get("x-label-en") or name)).in_(language)


def lines_of(schema: Mapping[str, Any], value: Mapping[str, Any], language: Language) -> list[Line]:
    """``value`` as its schema declares it, in that order. Ids are for programs and stay out."""
    properties: Mapping[str, Any] = schema.get("properties", {})
    return [
        _line(field, label_of(field, name, language), value[name], language)
        for name, field in properties.items()
        if name in value and field.get("format") != "uuid"
    ]


def _line(schema: Mapping[str, Any], label: str, value: Any, language: Language) -> Line:
    items = schema.get("items", {})
    if isinstance(value, Mapping) and value and "properties" in schema:
        return Line(label, lines=lines_of(schema, value, language))
    if isinstance(value, list) and value and "properties" in items:
        return Line(label, grid=_grid(items, value, language))
    return Line(label, text_of(schema, value, language))


def _grid(schema: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], language: Language) -> Grid:
    columns = {name: field for name, field in schema["properties"].items() if field.get("format") != "uuid"}
    return Grid(
        [label_of(field, name, language) for name, field in columns.items()],
        [[text_of(field, row.get(name), language) for name, field in columns.items()] for row in rows],
    )


def text_of(schema: Mapping[str, Any], value: Any, language: Language) -> str:
    """A value as a person reads it: labels for codes, dates in words, nothing for nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return (Text("是", "Yes") if value else Text("否", "No")).in_(language)
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(
            text_of(schema.get("items", {}), item, language) for item in value
        )
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{text_of({}, item, language)}" for key, item in value.items())
    choice = schema.get("x-choices", {}).get(value) if isinstance(value, str) else None
    if choice:
        return Text(choice["zh"], choice["en"]).in_(language)
    if isinstance(value, str) and schema.get("format") in ("date", "date-time"):
        return _moment(value, language)
    return str(value)


def _moment(value: str, language: Language) -> str:
    """A day or a moment in words; services send moments in the association's own zone (X3)."""
    try:
        when = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        return value
    day = format_date(when, "long", locale=_LOCALES[language])
    return f"{day} {when:%H:%M}" if isinstance(when, datetime) else day
