"""``@on_event``: what a service does when another (or it itself) tells that something happened.

    class ArticlePublished(Heard):
        article_id = f.UUID("稿件", "Article", required=True)
        fee = f.Money("稿酬", "Fee", required=True)

    @on_event("publishing", "article.published.v1", ArticlePublished)
    def accrue(self, tx, article_id, fee): ...

The handler runs in one transaction with the inbox row that remembers the event, so it counts exactly once. Features
that hear the same event share that transaction: all of them count it, or none. Handlers get a service instance of their
own and reach everything through ``tx``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.bus.events import Heard


@dataclass(frozen=True)
class Subscription:
    """What is declared of a handler: which event of which service it hears, and what it reads of it."""

    source: str
    event: str
    schema: type[Heard]
    method: str

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.event


def on_event(source: str, event: str, schema: type[Heard]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a method the handler of ``event`` (its type, with version) of the service ``source``."""

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        function.subscription = Subscription(source, event, schema, function.__name__)  # type: ignore[attr-defined]
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
