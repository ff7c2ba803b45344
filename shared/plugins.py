"""Finds the services. Nobody lists them: a folder in services/ or an entry point is enough.

A service is a package with a ``plugin`` module whose ``PLUGIN`` says all that the outside needs to know. Services in
the project's own ``services/`` are found by listing its folders; others join through the entry-point group
``xiehui.services``, whose entries name a :class:`Plugin`.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData

from shared.identity.reach import Grants
from shared.text import Text

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase

    from shared.books.declared import Books
    from shared.bus.events import EventSchema
    from shared.personal.terms import Terms
    from shared.store.tables import Mail
    from shared.store.tx import Tx

ENTRY_POINT_GROUP = "xiehui.services"


@dataclass(frozen=True)
class Plugin:
    """What a service is, for everybody outside of it.

    ``service`` is the nameko class and ``models`` its tables' metadata. ``events`` are the schemas it publishes,
    ``needs`` the services it asks or listens to (for documentation and deployment, never for imports).
    ``grants`` gives roles their permissions here: role → permission patterns such as "certification.batch.*", plain or
    in ``OwnUnit(…)`` or ``Own(…)`` of shared.identity.reach.
    ``seed`` loads what the association starts with and may be run any number of times. ``issues_tokens`` says that
    this service signs people in; the deployment's root key vouches for exactly those that say so.
    ``commands`` are Typer apps that appear as ``xiehui <name> …``.
    """

    name: str
    label: Text
    service: type[Any]
    models: MetaData
    package: str
    version: int = 1
    events: Sequence[type["EventSchema"]] = ()
    needs: Sequence[str] = ()
    grants: Grants = field(default_factory=dict)
    seed: "Callable[[Tx], None] | None" = None
    welcome: "Callable[[Tx], str | None] | None" = None
    """What to print once the service stands ready, e.g. a one-time sign-in; None when there is nothing to say."""
    issues_tokens: bool = False
    withdrawn: "Callable[[Tx], Mapping[str, datetime]] | None" = None
    """Of a service that signs people in: whose access tokens hold no longer, account or session → the moment up to
    which they were issued. A transaction that adds to it wakes "withdrawals" (ADR 0033)."""
    mailed: "Callable[[Tx, Mail], None] | None" = None
    """Of a service that sends mail, and so of no other: what it has to note where a mail was sent or given up, or is
    to be sent again, in the transaction that says so (ADR 0043)."""
    books: "Books | None" = None
    """What only the service knows of what must fit together in its database; see :mod:`shared.books`."""
    personal_data: "Sequence[Terms]" = ()
    """Why and how long each class of personal data in its tables is kept; see :mod:`shared.personal`."""
    read_models: "Mapping[str, Sequence[type[DeclarativeBase]]]" = field(default_factory=dict)
    """Name → the tables of what is kept of events only to show it, and can be made anew from them (ADR 0048)."""
    commands: Mapping[str, Callable[..., None]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise LookupError(f"{self.package} is not a package with files")
        return Path(spec.origin).parent

    @property
    def migrations(self) -> Path:
        """The folder of the service's own Alembic revisions."""
        return self.folder / "migrations"


def service_folders() -> list[str]:
    """The names of the folders in services/ that hold a plugin, sorted."""
    spec = importlib.util.find_spec("services")
    locations = list(spec.submodule_search_locations or ()) if spec else []
    # An editable installation puts names there that are no folders.
    folders = [folder for place in map(Path, locations) if place.is_dir() for folder in place.iterdir()]
    return sorted({folder.name for folder in folders if (folder / "plugin.py").is_file()})


_added: dict[str, Plugin] = {}


def add(plugin: Plugin) -> None:
    """Add a service to this process by hand: for tests, which must not install packages."""
    _added[plugin.name] = plugin


def plugins() -> Mapping[str, Plugin]:
    """Every service there is, by name. Two that claim one name are an error."""
    return {**_installed(), **_added}


@cache
def _installed() -> Mapping[str, Plugin]:
    found: dict[str, Plugin] = {}
    modules = [importlib.import_module(f"services.{name}.plugin").PLUGIN for name in service_folders()]
    for plugin in [*modules, *(entry.load() for entry in entry_points(group=ENTRY_POINT_GROUP))]:
        if plugin.name in found:
            raise RuntimeError(f"two plugins claim the name {plugin.name!r}")
        found[plugin.name] = plugin
    return found
