"""The gateway: a thin front that knows no service. What it serves follows from the manifests on the bus.

``create_app(settings)`` opens nothing: the connection to the bus and the thread that hears manifests come with the
process's first request, so the application may be imported before a server forks. A server that calls
:meth:`Gateway.open` in each worker after the fork (gateway.serving has the hooks for gunicorn) is ready at once.
"""

from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from flask import Flask

from gateway.bus import Bus, Caller
from gateway.cors import shared_with
from gateway.describing import init_describing
from gateway.dispatch import Dispatcher, init_dispatch, straight
from gateway.headers import secured
from gateway.health import init_health
from gateway.limits import RATES, Limits
from gateway.manifests import ManifestStore
from gateway.observing import init_observing, observed
from gateway.problems import init_problems
from gateway.proxies import behind
from gateway.routing import RoutingTable
from gateway.testing_clock import init_testing_clock
from shared.identity.keys import Keyring
from shared.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from gateway.shared_counts import SharedCounts

NAME = "gateway"
"""Under which name the deployment's root key vouches for the gateway."""
STATIC_LIFETIME = 3600


class Gateway(Flask):
    """The WSGI application."""

    table: RoutingTable
    bus: Bus
    limits: Limits
    front: "WSGIApplication"
    """What every request passes before it comes to Flask, if it does."""

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self.front(environ, start_response)

    def open(self) -> None:
        """Join the bus now, instead of with the first request. Once forked, not before."""
        self.bus.open()

    def shut_down(self) -> None:
        """Leave the bus for good, and the store that gateways count in."""
        self.bus.close()
        self.limits.close()


def create_app(settings: Settings, *, client: Caller | None = None, observer: bool = True) -> Gateway:
    """The application. ``client`` replaces the RPC client; without ``observer`` nothing is heard from the bus.

    The routes last known are read from ``settings.state``; needs the keyring "gateway" in ``settings.keys`` when it
    observes.
    """
    app = Gateway(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_body, BOOTSTRAP_SERVE_LOCAL=True, SEND_FILE_MAX_AGE_DEFAULT=STATIC_LIFETIME
    )
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    store = ManifestStore(settings.state / "manifests")
    app.table = RoutingTable(keep=store.keep)
    app.table.remember(store.load())
    app.bus = Bus(settings, app.table, client=client, keyring=_keyring(settings) if observer else None)
    app.limits = Limits(
        _keyring(settings) if observer else None,
        rates={**RATES, **settings.limits},
        accounts=settings.limit_accounts,
        shared=_shared_counts(settings),
    )
    init_observing(app)
    init_problems(app)
    dispatcher = Dispatcher(settings, app.table, app.bus, app.limits)
    init_dispatch(app, dispatcher)
    init_describing(app, app.table, address=settings.address, version=version("xiehui"))
    init_health(app, app.bus, app.table)
    init_testing_clock(app)
    front = shared_with(settings.cors_origins, straight(dispatcher, partial(Flask.wsgi_app, app)))
    front = observed(secured(front, https=settings.address.startswith("https://")))
    app.front = behind(settings.trusted_proxies, front)
    return app


def _keyring(settings: Settings) -> Keyring:
    return Keyring.load(settings.keys, NAME)


def _shared_counts(settings: Settings) -> "SharedCounts | None":
    if not settings.limit_store:
        return None
    from gateway.shared_counts import SharedCounts

    return SharedCounts(settings.limit_store)
