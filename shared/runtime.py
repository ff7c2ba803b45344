"""What one process keeps for one service: its database, its keys, its settings and how to open a transaction."""

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from nameko.containers import ServiceContainer
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared import clock
from shared.api.asking import Asker
from shared.errors import Unavailable
from shared.identity.keys import Keyring
from shared.identity.reach import Reach
from shared.identity.sealing import Vault
from shared.identity.withdrawals import Withdrawals
from shared.plugins import Plugin, plugins
from shared.settings import Settings
from shared.store.database import IDLE_LIMIT, is_away, make_engine
from shared.store.narrowed import NarrowedSession, narrowed
from shared.store.sight import OutOfSight, Sight, sight_of
from shared.store.traces import Traces
from shared.store.tx import Origin, Tx

CONFIG_KEY = "XIEHUI"
"""Where nameko's configuration holds our settings."""


class StoreAway(Unavailable):
    """The service's own database cannot be reached: nothing was done, and nothing is known to be wrong with it."""

    code = "database-away"


@dataclass
class Signals:
    """Wakes the loops of this process when there is something for them."""

    relay: threading.Event = field(default_factory=threading.Event)
    retry: threading.Event = field(default_factory=threading.Event)
    jobs: threading.Event = field(default_factory=threading.Event)
    seal: threading.Event = field(default_factory=threading.Event)
    mails: threading.Event = field(default_factory=threading.Event)
    withdrawals: threading.Event = field(default_factory=threading.Event)

    def wake(self, names: set[str]) -> None:
        for name in names:
            getattr(self, name).set()


class SpeakingOfAbsence:
    """A block in which the errors of a database that cannot be reached become :class:`StoreAway`."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, SQLAlchemyError) and is_away(error):
            raise StoreAway(
                f"{self._service} 的数据库暂不可用，请稍后再试",
                f"The database of {self._service} is away: try again shortly",
                retry_after=2,
            ) from error


class Transaction:
    """A database transaction in which one may act for several: each gets a ``Tx`` of their own, all of it commits.

    Committed at the end of its block, rolled back by whatever is raised in it. What the commit brought to tell is then
    told. With a ``sight`` it is one caller's, who sees no more than that.
    """

    def __init__(self, runtime: "Runtime", sight: Sight | None = None, *, noting: bool = False) -> None:
        """``noting``: what is changed is noted, for the audit trail."""
        self._runtime = runtime
        self._sight = sight
        self._noting = noting
        self.traces = Traces()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        with self._runtime.speaking_of_absence:
            try:
                if error is not None:
                    raise error
                self._commit()
            finally:
                self._close()
        self._runtime.signals.wake(self.traces.wakes)

    @functools.cached_property
    def session(self) -> Session:
        """Made when first asked for: what reads and writes nothing costs the database nothing."""
        session = (
            Session(self._runtime.engine, expire_on_commit=False)
            if self._sight is None
            else NarrowedSession(self._runtime.narrowed_engine, self._sight)
        )
        if self._noting:
            self.traces.changes.follow(session)
        return session

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A part that can fail by itself: what it did and told of is undone, the transaction goes on."""
        with self.traces.apart(), self.session.begin_nested():
            yield

    def _commit(self) -> None:
        if "session" in self.__dict__:
            self.traces.write(self.session)
            self.session.commit()

    def _close(self) -> None:
        if "session" in self.__dict__:
            self.session.close()

    def on_behalf_of(self, origin: Origin) -> Tx:
        """The transaction, as seen by whom ``origin`` names: what they emit tells of them as its cause."""
        runtime = self._runtime
        if origin.reach is not Reach.ALL and self._sight is None:
            raise OutOfSight("who does not see all has a transaction of their own")
        return Tx(
            lambda: self.session,
            origin,
            source=runtime.name,
            now=clock.now(),
            vault=runtime.vault,
            keyring=runtime.keyring,
            asker=runtime.asker,
            grants=runtime.plugin.grants,
            public_url=runtime.settings.address,
            second_factor=runtime.settings.second_factor,
            traces=self.traces,
        )


class Runtime:
    """One service in one process."""

    def __init__(self, plugin: Plugin, settings: Settings) -> None:
        self.plugin = plugin
        self.name = plugin.name
        self.settings = settings
        self.engine: Engine = make_engine(
            settings.database_url_of(plugin.name), pool_size=settings.max_workers, idle_limit=IDLE_LIMIT
        )
        self.keyring = Keyring.load(settings.keys, plugin.name)
        self.vault = Vault(self.keyring.secret, self.keyring)
        self.withdrawals = Withdrawals()
        self.asker = Asker(settings.amqp_url, self.keyring)
        self.signals = Signals()
        self.speaking_of_absence = SpeakingOfAbsence(plugin.name)
        self.on_bus: Callable[[], bool] = lambda: False

    @classmethod
    def of(cls, container: ServiceContainer) -> "Runtime":
        """The runtime of a nameko container, made when first asked for."""
        runtime: Runtime | None = getattr(container, "xiehui_runtime", None)
        if runtime is None:
            runtime = cls(plugins()[container.service_name], container.config[CONFIG_KEY])
            container.xiehui_runtime = runtime
        return runtime

    @functools.cached_property
    def narrowed_engine(self) -> Engine:
        """The engine for callers who do not see all; made when the first of them comes."""
        return narrowed(self.engine)

    def transaction(self) -> Transaction:
        """A transaction, to be used as a block. A database that cannot be reached is :class:`StoreAway`."""
        return Transaction(self)

    @contextmanager
    def begin(self, origin: Origin, *, noting: bool = False) -> Iterator[Tx]:
        """A transaction on behalf of one, who sees what their reach lets them."""
        with Transaction(self, sight_of(origin.principal, origin.reach), noting=noting) as transaction:
            yield transaction.on_behalf_of(origin)

    @staticmethod
    def is_away(error: BaseException) -> bool:
        """Whether ``error`` says that the database cannot be reached."""
        return is_away(error)

    def reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return False
        return True

    def ready(self) -> bool:
        """Whether requests should come here: the database answers, and the service is on the bus."""
        return self.on_bus() and self.reachable()

    def close(self) -> None:
        self.asker.close()
        self.engine.dispose()
