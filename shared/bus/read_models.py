"""Read models 读模型 made anew: what they hold is forgotten, and what they are fed by is told again.

Whoever else hears it again remembers that, and counts nothing twice (:mod:`shared.bus.inbox`).
"""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import delete, text

from shared.bus.inbox import FOR
from shared.bus.listening import readers_of
from shared.plugins import Plugin
from shared.store.tables import Inbox
from shared.store.tx import Tx


def fed_by(plugin: Plugin, name: str) -> Mapping[str, list[str]]:
    """What feeds a read model of a service: source → event types, sorted. ``LookupError`` where there is none of it."""
    if name not in plugin.read_models:
        raise LookupError(f"{plugin.name} has no read model {name!r}")
    found: dict[str, list[str]] = defaultdict(list)
    for source, event in sorted(readers_of(plugin.service).get(name, ())):
        found[source].append(event)
    return found


def forget(tx: Tx, plugin: Plugin, name: str) -> int:
    """Empty a read model, and let it have heard nothing yet; how many events it had heard. ``tx`` is on its service's
    own database. Until what feeds it has told everything again it holds a part."""
    fed_by(plugin, name)
    # Nobody hears meanwhile: an event would be forgotten and its effect kept, or the other way round.
    tx.session.execute(text("LOCK TABLE chassis.inbox IN SHARE ROW EXCLUSIVE MODE"))
    for model in reversed(plugin.read_models[name]):
        tx.session.execute(delete(model))
    heard = delete(Inbox).where(Inbox.event_id.startswith(f"{name}{FOR}", autoescape=True))
    return len(tx.session.execute(heard.returning(Inbox.seq)).all())
