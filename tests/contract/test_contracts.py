"""What services promise one another and the outside: held together over all that are installed."""

from typing import Any

import marshmallow as ma
import pytest

from shared.api.administration import Administration
from shared.api.manifest import json_schema, manifest_of
from shared.api.operations import Operation, operations_of
from shared.bus.events import EventSchema
from shared.bus.listening import Subscription, subscriptions_of
from shared.generating.contracts import contract
from shared.identity.principals import PUBLIC, SIGNED_IN
from shared.identity.reach import reach_of
from shared.plugins import Plugin, plugins
from shared.text import Text

OPERATIONS = [
    pytest.param(plugin, operation, id=f"{plugin.name}.{operation.name}")
    for plugin in plugins().values()
    for operation in operations_of(plugin.service).values()
]
EVENTS = [
    pytest.param(plugin, event, id=f"{plugin.name} {event.type()}")
    for plugin in plugins().values()
    for event in plugin.events
]
SUBSCRIPTIONS = [
    pytest.param(subscription, id=f"{plugin.name} hears {subscription.event}")
    for plugin in plugins().values()
    for several in subscriptions_of(plugin.service).values()
    for subscription in several
]
PERSONAL = ("name", "phone", "mobile", "mail", "identity", "bank", "account_number", "wechat", "address")


def fields_below(schema: ma.Schema, prefix: str = "") -> dict[str, ma.fields.Field[Any]]:
    """Every field of a schema and of what it nests, by its path."""
    found: dict[str, ma.fields.Field[Any]] = {}
    for name, field in schema.fields.items():
        found[prefix + name] = field
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if isinstance(inner, ma.fields.Nested):
            found |= fields_below(inner.schema, f"{prefix}{name}.")
    return found


@pytest.mark.parametrize(("plugin", "operation"), OPERATIONS)
def test_an_operation_says_what_it_is_in_both_languages(plugin: Plugin, operation: Operation) -> None:
    assert all(operation.label)
    assert operation.description
    schemas = [operation.schema] + ([operation.answer] if operation.answer else [])
    for path, field in (pair for schema in schemas for pair in fields_below(schema).items()):
        label = field.metadata.get("label")
        assert isinstance(label, Text), path
        assert all(label), path


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(("plugin", "operation"), OPERATIONS)
def test_somebody_may_use_every_operation_and_not_everybody(plugin: Plugin, operation: Operation) -> None:
    if operation.permission in (PUBLIC, SIGNED_IN):
        return
    may = {role for role in plugin.grants if reach_of(plugin.grants, [role], operation.permission)}
    assert may, f"nobody has {operation.permission}"


@pytest.mark.rule(id="X11")
@pytest.mark.parametrize(("plugin", "event"), EVENTS)
def test_an_event_carries_no_personal_data(plugin: Plugin, event: type[EventSchema]) -> None:
    for path in fields_below(event()):
        assert not any(word in path for word in PERSONAL), path


@pytest.mark.parametrize(("plugin", "event"), EVENTS)
def test_an_event_has_a_contract_with_labels_and_a_meaning(plugin: Plugin, event: type[EventSchema]) -> None:
    written = contract(plugin.name, event)
    assert written["meaning"]
    assert all(written["label"].values())
    for name, field in written["body"]["properties"].items():
        assert field["title"], name
        assert field["x-label-en"], name


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
def test_a_listener_reads_only_what_its_publisher_promises(subscription: Subscription) -> None:
    publisher = plugins()[subscription.source]
    told = {event.type(): event for event in publisher.events}
    assert subscription.event in told, f"{subscription.source} tells no {subscription.event}"
    promised = json_schema(told[subscription.event]())["properties"]
    read = json_schema(subscription.schema())["properties"]
    for name, field in read.items():
        assert name in promised, name
        assert _kinds(promised[name]) <= _kinds(field), name


def _kinds(schema: dict[str, Any]) -> set[str]:
    kinds = schema.get("type", [])
    return {f"{kind}/{schema.get('format', '')}" if kind != "null" else kind for kind in _listed(kinds)}


def _listed(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else kinds


@pytest.mark.parametrize("plugin", plugins().values(), ids=list(plugins()))
def test_a_service_needs_only_services_it_names(plugin: Plugin) -> None:
    heard = {source for source, _ in subscriptions_of(plugin.service)} - {plugin.name}
    assert heard <= set(plugin.needs)


@pytest.mark.parametrize("plugin", plugins().values(), ids=list(plugins()))
def test_a_service_has_a_page_of_its_own_that_names_its_operations(plugin: Plugin) -> None:
    page = (plugin.folder / "README.md").read_text("utf-8")
    everywhere = operations_of(Administration)
    for operation in manifest_of(plugin)["operations"]:
        if operation["name"] not in everywhere:
            assert operation["name"] in page or operation["path"] in page, operation["name"]
