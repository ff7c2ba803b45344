"""docs/contracts/: the schema of every event, for those who subscribe from outside."""

import json
from collections.abc import Iterator
from typing import Any

from shared.api.manifest import json_schema
from shared.bus.events import EventSchema, exchange_name
from shared.generating import Generated
from shared.plugins import plugins


def contract(service: str, event: type[EventSchema]) -> dict[str, Any]:
    """One event's contract: where it is published, what it means, what it holds."""
    return {
        "generated": "by `xiehui generate`; change the schema of the event instead",
        "exchange": exchange_name(service),
        "routing_key": event.type(),
        "label": event.label._asdict(),
        "meaning": " ".join((event.__doc__ or "").split()),
        "subject": f"{event.event.partition('.')[0]}/<id>",
        "body": body(event),
    }


def body(event: type[EventSchema]) -> dict[str, Any]:
    """What the event holds: every field always, and later ones perhaps, which a listener lets pass."""
    schema = json_schema(event())
    del schema["additionalProperties"]
    return {**schema, "required": sorted(schema["properties"])}


def generate() -> Iterator[Generated]:
    for plugin in plugins().values():
        for event in plugin.events:
            text = json.dumps(contract(plugin.name, event), ensure_ascii=False, indent=2, sort_keys=True)
            yield Generated(f"docs/contracts/{plugin.name}/{event.type()}.json", text + "\n")
