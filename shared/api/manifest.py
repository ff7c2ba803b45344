"""A service's manifest: what it offers and tells, as plain JSON, derived from its declarations."""

import uuid
from collections.abc import Sequence, Set
from typing import Any

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from shared.api import fields as f
from shared.api.operations import Operation, operations_of
from shared.api.stating import in_force_now, with_terms
from shared.identity.principals import SERVICE_ROLE
from shared.identity.reach import Grants, reach_of
from shared.personal.terms import Terms
from shared.plugins import Plugin
from shared.text import Text


def _labels(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    label = field.metadata.get("label")
    return {"title": label.zh, "x-label-en": label.en} if isinstance(label, Text) else {}


def _personal(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    classes = field.metadata.get("personal")
    return {"x-personal-data": [{"class": each} for each in classes]} if classes else {}


def _text(field: fields.Field[Any]) -> dict[str, Any]:
    return {"type": ["string", "null"] if field.allow_none else "string"}


def _own_types(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    if isinstance(field, f.Money):
        sign = "-?" if field.negative else ""
        return {
            **_text(field),
            "format": "money",
            "pattern": rf"^{sign}(0|[1-9][0-9]{{0,12}})(\.[0-9]{{1,2}})?$",
            "examples": ["1234.50"],
        }
    if isinstance(field, f.Decimal):
        return {**_text(field), "format": "decimal"}
    if isinstance(field, f.Upload):
        return {"type": "string", "format": "binary"}
    if isinstance(field, f.Choice):
        return {"x-choices": {value: {"zh": text.zh, "en": text.en} for value, text in field.choices.items()}}
    return {}


def _converter() -> Any:
    converter = OpenAPIConverter("3.1.0", schema_name_resolver=lambda _schema: None, spec=None)
    converter.add_attribute_function(_labels)
    converter.add_attribute_function(_own_types)
    converter.add_attribute_function(_personal)
    return converter


def json_schema(schema: Schema) -> dict[str, Any]:
    """The JSON schema of ``schema``, nested ones written out, with both labels of every field."""
    found: dict[str, Any] = _converter().schema2jsonschema(schema)
    found.setdefault("properties", {})
    plain: dict[str, Any] = _plain(found)
    return plain


def answer_schema(schema: Schema) -> dict[str, Any]:
    """The JSON schema of what goes out under ``schema``. Lengths bind those who send, and nobody measures an answer."""
    found: dict[str, Any] = _without(json_schema(schema), {"minLength", "maxLength"})
    return found


def _without(value: Any, keywords: Set[str]) -> Any:
    """A schema without some of its keywords; fields may bear their names."""
    if isinstance(value, list):
        return [_without(item, keywords) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: _without(field, keywords) for name, field in item.items()}
        if key == "properties"
        else _without(item, keywords)
        for key, item in value.items()
        if key not in keywords
    }


def _plain(value: Any, *, fields: bool = False) -> Any:
    """``value`` as JSON has it, without the labels that are no keyword of it; the keys of ``fields`` are names."""
    if isinstance(value, dict):
        return {
            str(key): _plain(item, fields=not fields and key == "properties")
            for key, item in value.items()
            if fields or key != "label"
        }
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _scope(permission: str, grants: Grants) -> dict[str, str]:
    """Role → how far it reaches with ``permission``: "all", "unit" or "own". Empty for what needs no grant."""
    reaches = {role: reach_of(grants, [role], permission) for role in grants if not role.startswith(SERVICE_ROLE)}
    return {role: reach.name.lower() for role, reach in reaches.items() if reach}


def describe(operation: Operation, grants: Grants, terms: Sequence[Terms] = ()) -> dict[str, Any]:
    """One operation as the manifest has it; ``terms`` are those that personal data are kept by (X10)."""
    return {
        "name": operation.name,
        "method": operation.method,
        "path": operation.path,
        "permission": operation.permission,
        "scope": _scope(operation.permission, grants),
        "apart": operation.apart,
        "label": operation.label._asdict(),
        "description": operation.description,
        "kind": operation.kind,
        "status": operation.status,
        "if_match": operation.if_match,
        "rate": operation.rate,
        "request": with_terms(json_schema(operation.schema), terms),
        "media_type": operation.media_type,
        "response": answer_schema(operation.answer) if operation.answer else None,
        "errors": sorted({error.status for error in operation.errors}),
    }


def manifest_of(plugin: Plugin) -> dict[str, Any]:
    """The manifest of one instance of ``plugin``'s service."""
    terms = in_force_now(plugin.personal_data)
    return {
        "service": plugin.name,
        "version": plugin.version,
        "instance": str(uuid.uuid4()),
        "label": plugin.label._asdict(),
        "operations": [
            describe(operation, plugin.grants, terms) for operation in operations_of(plugin.service).values()
        ],
        "events": [
            {"type": event.type(), "label": event.label._asdict(), "schema": json_schema(event())}
            for event in plugin.events
        ],
    }
