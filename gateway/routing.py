"""Which operation an address means, and whether its service is there.

The table follows the manifests that services announce. It is never changed: another one is built beside it and takes
its place at once, so a request sees one state from its start to its end.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import structlog
from werkzeug.exceptions import MethodNotAllowed as _OtherMethod
from werkzeug.exceptions import NotFound as _NoRule
from werkzeug.routing import Map, Rule

from gateway.errors import MethodNotAllowed, no_such_path
from gateway.routes import BadManifest, Offer, Route, digest_of, read_manifest
from shared.bus.discovery import Manifest

log = structlog.get_logger()

MISSED = 3
"""A process that let so many of its announcements pass in silence is away."""
DEFAULT_EVERY = 5.0


@dataclass(frozen=True)
class Match:
    """What an address means: an operation and the parameters in the path, as text."""

    route: Route
    parameters: Mapping[str, str]


class Table:
    """One state of all the routes. ``tag`` differs whenever anything in it does."""

    def __init__(self, offers: Mapping[str, Offer]) -> None:
        self.offers = {name: offers[name] for name in sorted(offers)}
        self.tag = hashlib.sha256("".join(o.digest for o in self.offers.values()).encode()).hexdigest()[:32]
        rules = Map(
            [
                Rule(route.rule, methods=[route.method], endpoint=route)
                for offer in self.offers.values()
                for route in offer.routes
            ],
            merge_slashes=False,
            redirect_defaults=False,
        )
        rules.update()
        self._adapter = rules.bind("gateway")

    def match(self, path: str, method: str) -> Match:
        """Raises NotFound for a path that nobody has and MethodNotAllowed for one known with other methods."""
        try:
            route, parameters = self._adapter.match(path, method)
        except _NoRule:
            raise no_such_path() from None
        except _OtherMethod as error:
            raise MethodNotAllowed(method, [*(error.valid_methods or ()), "OPTIONS"]) from None
        return Match(route, parameters)

    def routes(self) -> Iterable[Route]:
        for offer in self.offers.values():
            yield from offer.routes


@dataclass
class _Instance:
    """A process of a service, as last heard."""

    offer: Offer
    since: int
    every: float
    heard: float


@dataclass
class _Known:
    """A service: the offer in force, its processes and the last answer any of them gave.

    ``instances`` is replaced, never changed: requests read it without a lock.
    """

    offer: Offer
    instances: Mapping[str, _Instance] = field(default_factory=dict)
    answered: float = float("-inf")

    def away(self, now: float) -> bool:
        return not any(
            now - max(instance.heard, self.answered) <= MISSED * instance.every for instance in self.instances.values()
        )


@dataclass(frozen=True)
class Presence:
    """A service as the start page and the health checks show it."""

    offer: Offer
    away: bool


class RoutingTable:
    """The table in force, kept up to date from any thread. ``keep`` is given every offer that comes into force."""

    def __init__(
        self,
        *,
        keep: Callable[[Offer], None] = lambda _offer: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep = keep
        self._now = monotonic
        self._heard = threading.Condition()
        self._services: dict[str, _Known] = {}
        self._count = 0
        self.current = Table({})

    def remember(self, offers: Iterable[Offer]) -> None:
        """Know the routes of services that have not said anything yet: they are away until they do."""
        with self._heard:
            for offer in offers:
                self._services.setdefault(offer.service, _Known(offer))
            self._rebuild()

    def hear(self, manifest: Manifest) -> None:
        """Take in an announcement, whose signature holds. One that cannot be read changes nothing."""
        with self._heard:
            try:
                changed = self._take(manifest)
            except BadManifest as error:
                log.warning("a manifest was not understood", service=str(manifest.get("service")), error=str(error))
                return
            if changed is not None:
                self._rebuild()
            self._heard.notify_all()
        if changed is not None:
            log.info("routes changed", service=changed.service, version=changed.version, routes=len(changed.routes))
            self._keep(changed)

    def answered(self, service: str) -> None:
        """A service that answers is there, however long its announcements take under load."""
        known = self._services.get(service)
        if known is not None:
            known.answered = self._now()

    def away(self, service: str) -> bool:
        known = self._services.get(service)
        return known is None or known.away(self._now())

    def presences(self) -> list[Presence]:
        """Every service the gateway knows of, by name."""
        now = self._now()
        with self._heard:
            return [Presence(known.offer, known.away(now)) for _, known in sorted(self._services.items())]

    def wait(self, until: float) -> bool:
        """Wait for the next announcement; False once the monotonic clock has passed ``until``."""
        remaining = until - self._now()
        if remaining <= 0:
            return False
        with self._heard:
            return self._heard.wait(remaining)

    def _take(self, manifest: Manifest) -> Offer | None:
        """Note who spoke. Returns the offer that comes into force thereby, if one does."""
        now = self._now()
        name, process = str(manifest.get("service")), str(manifest.get("instance"))
        known = self._services.get(name)
        before = known.instances.get(process) if known else None
        if before is not None and before.offer.digest == digest_of(manifest):
            offer = before.offer
        else:
            offer = read_manifest(manifest)
        new = known is None
        known = self._services.setdefault(name, _Known(offer))
        heard = {
            other: instance
            for other, instance in known.instances.items()
            if other != process and now - instance.heard <= MISSED * instance.every
        }
        if manifest.get("state") != "leaving":
            self._count += 1
            heard[process] = _Instance(offer, before.since if before else self._count, _every(manifest), now)
        known.instances = heard
        return self._choose(known, new)

    def _choose(self, known: _Known, new: bool) -> Offer | None:
        """The highest version that is there is in force, of two alike the one that came last."""
        if known.instances:
            chosen = max(known.instances.values(), key=lambda i: (i.offer.version, i.since)).offer
            if chosen.digest != known.offer.digest:
                known.offer = chosen
                return chosen
        return known.offer if new else None

    def _rebuild(self) -> None:
        self.current = Table({name: known.offer for name, known in self._services.items()})


def _every(manifest: Manifest) -> float:
    """Seconds between a process's announcements, as it says itself."""
    every = manifest.get("every")
    return float(every) if isinstance(every, int | float) and every > 0 else DEFAULT_EVERY
