"""The transaction a use case works in: load, store, number, emit. It all happens or none of it (X6)."""

import functools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.attributes import flag_modified

from shared.api.asking import Asker
from shared.api.paging import Page, PageRequest, read_page
from shared.bus.events import Occurrence
from shared.errors import NotFound, StaleVersion, VersionRequired
from shared.identity.duties import Act, Bond, Caller, keep_apart
from shared.identity.keys import Keyring
from shared.identity.principals import Principal, allows
from shared.identity.reach import Grants, Reach
from shared.identity.sealing import Vault
from shared.settings import OPTIONAL
from shared.standards.calendar import business_date
from shared.store.changes import remember
from shared.store.database import lock_key
from shared.store.narrowed import own_connection
from shared.store.outbox import record
from shared.store.sight import OutOfSight
from shared.store.tables import Counter, Job
from shared.store.traces import Command, Traces
from shared.text import Language, Text

T = TypeVar("T")


@dataclass(frozen=True)
class Origin:
    """Where a transaction comes from: who asked and from which address, in which chain of causes, changing which
    version, and whose rows they may see and change in it. Events and jobs are the service's own doing, and see all.

    ``apart`` is what the operation declares to do on which nobody with a part in the thing decides (X8). ``language``
    is the one that whoever asked reads, for what is made for them, such as a file.
    """

    principal: Principal
    correlation_id: str
    causation_id: str | None = None
    if_match: str | None = None
    wants_version: bool = False
    address: str | None = None
    reach: Reach = Reach.ALL
    apart: Act | None = None
    language: Language = "zh"


class Undeclared(TypeError):
    """An operation's ``apart`` and its method do not fit: a mistake in the code, and no reason to go on."""


class Tx:
    """One transaction of one service. ``now`` is business time, the same throughout."""

    def __init__(
        self,
        session: Callable[[], Session],
        origin: Origin,
        *,
        source: str,
        now: datetime,
        vault: Vault,
        keyring: Keyring,
        asker: Asker,
        grants: Grants,
        public_url: str,
        second_factor: str = OPTIONAL,
        traces: Traces,
    ) -> None:
        self._open_session = session
        self.origin = origin
        self.principal = origin.principal
        self.now = now
        self.vault = vault
        self.keyring = keyring
        self.public_url = public_url
        self.second_factor = second_factor
        self._asker = asker
        self._grants = grants
        self._source = source
        self._traces = traces
        self._kept_apart = False
        self.wakes = traces.wakes
        self.concerns: str | None = None
        """On whom or what the audit row says this was, where that is not what the request's path names."""

    @functools.cached_property
    def session(self) -> Session:
        """The database session, opened when it is first needed."""
        return self._open_session()

    @property
    def today(self) -> date:
        """The day it is in the association's zone (X3)."""
        return business_date(self.now)

    def may(self, permission: str) -> bool:
        """Whether whoever asks has ``permission`` without limit, where that depends on the thing at hand."""
        return allows(self.principal, permission, self._grants)

    def keep_apart(self, *bonds: Bond) -> None:
        """Refuse whoever asks if a bond ties them to the thing at hand (X8); see :mod:`shared.identity.duties`.

        Without any bond it is nobody's. Only for an operation that declares ``apart``: what it does is said there.
        """
        if self.origin.apart is None:
            raise Undeclared("keep_apart is asked by what declares no apart")
        self._kept_apart = True
        keep_apart(self.origin.apart, Caller.behind(self.principal), bonds)

    def check_kept_apart(self) -> None:
        """See that what declares ``apart`` has asked, whichever way it went: else nothing of it may stay."""
        if self.origin.apart is not None and not self._kept_apart:
            raise Undeclared(f"an operation that {self.origin.apart} has not asked keep_apart")

    # --- reading -------------------------------------------------------------------------------------------

    def get(self, model: type[T], key: Any) -> T:
        """The row with this id, or :class:`NotFound`."""
        return self._found(model, self.session.get(model, key))

    def find(self, model: type[T], **by: Any) -> T | None:
        """The one row with these values, or None."""
        return self.session.scalars(select(model).filter_by(**by)).one_or_none()

    def need(self, model: type[T], **by: Any) -> T:
        """The one row with these values, or :class:`NotFound`."""
        return self._found(model, self.find(model, **by))

    def all(self, query: Select[T]) -> list[T]:
        return list(self.session.scalars(query))

    def page(
        self,
        query: Select[Any],
        page: PageRequest,
        *,
        key: InstrumentedAttribute[Any],
        sorts: Mapping[str, InstrumentedAttribute[Any]],
        default: str,
    ) -> Page:
        """The page asked for; see :func:`shared.api.paging.read_page`."""
        return read_page(self.session, query, page, key=key, sorts=sorts, default=default)

    def ask(self, service: str, operation: str, **arguments: Any) -> Any:
        """What ``operation`` of another service answers this service just now, as JSON holds it.

        Ask before anything is locked. A service that is away is a 503 that names it; see
        :class:`shared.api.asking.Asker`.
        """
        plain = {
            name: str(value) if isinstance(value, uuid.UUID | date) else value for name, value in arguments.items()
        }
        return self._asker.ask(service, operation, plain, correlation_id=self.origin.correlation_id)

    def let_go(self) -> None:
        """Give the database back before computing that takes seconds, where all has been read and nothing changed: it
        would end a transaction that asks nothing for so long. What was loaded stays as it is."""
        self.session.expunge_all()
        self.session.rollback()

    # --- changing ------------------------------------------------------------------------------------------

    def lock(self, model: type[T], key: Any) -> T:
        """The row with this id, held until the end of the transaction."""
        return self._found(model, self.session.get(model, key, with_for_update=True, populate_existing=True))

    def change(self, model: type[T], key: Any) -> T:
        """The row this command changes: held, and of the version the client has seen where it must say so.

        Without If-Match where one is wanted: 428; with an older one: 412.
        """
        thing = self.lock(model, key)
        seen = self.origin.if_match
        if seen is None:
            if self.origin.wants_version:
                raise VersionRequired("请用 If-Match 注明所改版本", "Name the version you change with If-Match")
        elif seen.strip() not in (f'"{getattr(thing, "version", None)}"', "*"):
            raise StaleVersion("内容已被他人修改，请刷新后再办", "Somebody changed this meanwhile: read it again")
        # The version speaks of the whole: it moves although the change may be in rows that belong to the thing.
        _touch(thing)
        return thing

    def add(self, thing: T) -> T:
        self.session.add(thing)
        return thing

    def number(self, series: str) -> int:
        """The next number of ``series``, from 1, without gaps: a refusal gives it back (X6).

        It holds the series until commit, so take it last.
        """
        taken = insert(Counter).values(series=series, last=1)
        taken = taken.on_conflict_do_update(index_elements=[Counter.series], set_={"last": Counter.last + 1})
        # The chassis counts, whoever asks. What waits to be written is written first, as for any other statement.
        self.session.flush()
        return int(own_connection(self.session).execute(taken.returning(Counter.last)).scalar_one())

    def hold(self, name: str, *, shared: bool = False) -> None:
        """Let nobody else of this service pass here under ``name`` until the end of the transaction; with ``shared``
        those pass who hold it shared as well."""
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        self.session.execute(select(lock(lock_key(name))))

    def emit(self, occurrence: Occurrence) -> uuid.UUID:
        """Tell, once this is committed, that something happened. Returns the event's id."""
        self.session.flush()
        told = record(
            occurrence.told(),
            source=self._source,
            now=self.now,
            correlation_id=self.origin.correlation_id,
            causation_id=self.origin.causation_id,
        )
        self._traces.tell(told)
        return told.event_id

    def start_job(self, kind: str, *, content: bytes | None = None, **arguments: Any) -> Job:
        """Start long work once this is committed; ``kind`` names a ``@job`` of this service.

        A job sees all, so nobody starts one who does not: :class:`OutOfSight`.
        """
        if self.origin.reach is not Reach.ALL:
            raise OutOfSight(f"the job {kind} would see more than whoever starts it")
        job = Job(
            kind=kind,
            principal=self.principal.name,
            input=arguments,
            content=content,
            state="waiting",
            correlation_id=self.origin.correlation_id,
            created_at=self.now,
        )
        self.session.add(job)
        self.session.flush()
        self.wakes.add("jobs")
        return job

    def flush(self) -> None:
        """Send what was added to the database now, so that its constraints speak here and not at commit."""
        self.session.flush()

    def carried_out(self, command: Command) -> None:
        """Write down that this transaction carried out ``command``; see :meth:`Traces.write_of`."""
        self.session.flush()
        self._traces.write_of(self.session, command)

    @staticmethod
    def _found(model: type[T], thing: T | None) -> T:
        if thing is None:
            label: Text = getattr(model, "label", Text("记录", "record"))
            raise NotFound(f"没有这个{label.zh}", f"There is no such {label.en}")
        return thing


def _touch(thing: Any) -> None:
    """Have ``thing`` written at the next flush, and so its version raised, whatever else changes."""
    columns = inspect(thing).mapper.column_attrs
    plain = next(each.key for each in columns if each.key != "version" and not each.columns[0].primary_key)
    remember(thing, plain)
    flag_modified(thing, plain)
