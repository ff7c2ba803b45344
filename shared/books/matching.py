"""Comparing what should be there with what is: the one thing that most checks do."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.bus.events import EventSchema
from shared.text import Text

K = TypeVar("K", bound=Hashable)


def matched(table: str, wanted: Mapping[K, object], found: Iterable[tuple[K, object]]) -> Faults:
    """Each of ``wanted`` (key → what it says) is found exactly once and says just that, and nothing else is found.

    ``table`` is where to look; keys and what they say are ids, numbers and amounts, never personal data (X5).
    """
    seen: set[K] = set()
    for key, says in found:
        where = f"{table} {_plain(key)}"
        if key not in wanted:
            yield Fault(where, Text("没有来由", "Nothing else knows of it"))
        elif key in seen:
            yield Fault(where, Text("重复", "There twice"))
        elif says != wanted[key]:
            should, does = _plain(wanted[key]), _plain(says)
            yield Fault(where, Text(f"应为 {should}，实为 {does}", f"Should say {should}, says {does}"))
        seen.add(key)
    for key in wanted:
        if key not in seen:
            yield Fault(f"{table} {_plain(key)}", Text("缺失", "Missing"))


def told_once(look: Look, schema: type[EventSchema], wanted: Mapping[UUID, object], *names: str) -> Faults:
    """Each thing of ``wanted`` (id → what is to be said of it) was told once by an event of this type, and the fields
    ``names`` say just that; nothing else was."""
    told = ((each.data["id"], tuple(each.data[name] for name in names)) for each in look.told(schema))
    return matched(f"chassis.outbox {schema.type()}", wanted, told)


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
