"""``@on_event``: what a service does when another (or it itself) tells that something happened.

    class ArticlePublished(Heard):
        article_id = f.UUID("稿件", "Article", required=True)
        fee = f.Money("稿酬", "Fee", required=True)

    @on_event("publishing", "article.published.v1", ArticlePublished)
    def accrue(self, tx, article_id, fee): ...

The handler runs in one transaction with the inbox row that remembers the event, so it counts exactly once. Features
that hear the same event share that transaction: all of them count it, or none. Handlers get a service instance of their
own and reach everything through ``tx``.

A read model 读模型 is what a service keeps of events only to show it, and can make anew from them. It listens for
itself, under a name of its own, and remembers for itself what it has heard (:mod:`shared.bus.read_models`)::

    @on_event("publishing", "article.published.v1", ArticlePublished, read_model="unit-profiles")
    def note_article(self, tx, article_id, unit_id): ...
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.bus.events import Heard


@dataclass(frozen=True)
class Subscription:
    """What is declared of a handler: which event of which service it hears, and what it reads of it. ``read_model`` is
    the name of the one that it feeds."""

    source: str
    event: str
    schema: type[Heard]
    method: str
    read_model: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.event


def on_event(
    source: str, event: str, schema: type[Heard], *, read_model: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a method the handler of ``event`` (its type, with version) of the service ``source``."""

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        subscription = Subscription(source, event, schema, function.__name__, read_model)
        function.subscription = subscription  # type: ignore[attr-defined]
        return function

    return declare


def subscriptions_of(service: type[Any]) -> Mapping[tuple[str, str], tuple[Subscription, ...]]:
    """Every subscription of a service class by (source, type), several of one event in the order of their methods'
    names."""
    found: dict[tuple[str, str], tuple[Subscription, ...]] = {}
    for name in dir(service):
        subscription = getattr(getattr(service, name), "subscription", None)
        if isinstance(subscription, Subscription):
            found[subscription.key] = (*found.get(subscription.key, ()), subscription)
    return found


def readers_of(service: type[Any]) -> Mapping[str, frozenset[tuple[str, str]]]:
    """What each reader in a service class hears: read model → (source, type), and under "" what its features hear."""
    found: dict[str, set[tuple[str, str]]] = {}
    for several in subscriptions_of(service).values():
        for subscription in several:
            found.setdefault(subscription.read_model, set()).add(subscription.key)
    return {reader: frozenset(keys) for reader, keys in found.items()}
