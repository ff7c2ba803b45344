"""Counting the books: every check of the chassis and of the services, over databases that are each read at one moment.

    findings = count(list(plugins().values()), settings.database_url_of)

An association at work always has something under way, so that two databases read a moment apart need not agree.
:func:`settled` looks again and reports only what stands each time.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.books.constraints import check_constraints
from shared.books.declared import Books, Faults, Finding
from shared.books.keys import check_audit, check_keys
from shared.books.look import Look
from shared.books.messages import check_heard, check_inbox, check_jobs, check_mails, check_outbox
from shared.books.numbers import check_numbers
from shared.bus.listening import readers_of
from shared.plugins import Plugin
from shared.store.database import ONE_MOMENT, make_engine
from shared.store.tables import ChassisBase
from shared.text import Text

Told = Callable[[str, str], None]
"""Hears of each check before it runs: the service and the check's name."""


def count(
    services: Sequence[Plugin], url_of: Callable[[str], str], told: Told = lambda _service, _check: None
) -> list[Finding]:
    """Every discrepancy in the databases of these services, and between them; ``url_of`` a name is its database.

    A service that is not among them is not looked at, nor what others heard of it. Raises SQLAlchemy's errors where a
    database cannot be read.
    """
    with ExitStack() as opened:
        sessions = {plugin.name: _snapshot(url_of(plugin.name), opened) for plugin in services}
        return findings_in(services, sessions, told)


def findings_in(
    services: Sequence[Plugin], sessions: Mapping[str, Session], told: Told = lambda _service, _check: None
) -> list[Finding]:
    """Every discrepancy that these sessions (service → session) see."""
    return [finding for plugin in services for finding in _count(plugin, sessions, told)]


def _snapshot(url: str, opened: ExitStack) -> Session:
    """A session that sees one moment of a database and can change nothing."""
    engine = make_engine(url, pool_size=1)
    opened.callback(engine.dispose)
    frozen = engine.execution_options(**ONE_MOMENT)
    return opened.enter_context(Session(frozen, autoflush=False))


def _count(plugin: Plugin, sessions: Mapping[str, Session], told: Told) -> Iterator[Finding]:
    name = plugin.name
    session, books, look = sessions[name], plugin.books or Books(), Look(plugin, sessions)
    checks: dict[str, Callable[[], Faults]] = {
        "constraints": lambda: chain(
            check_constraints(session, ChassisBase.metadata), check_constraints(session, plugin.models)
        ),
        "outbox": partial(check_outbox, session, plugin),
        "inbox": partial(check_inbox, session),
        "heard": partial(check_heard, name, readers_of(plugin.service), sessions),
        "jobs": partial(check_jobs, session),
        "mails": partial(check_mails, session),
        "keys": partial(check_keys, session, plugin),
        "audit": partial(check_audit, session),
        "numbers": partial(check_numbers, session, books.numbers),
        **{check.__name__.replace("_", " "): partial(check, look) for check in books.checks},
        "readable": lambda: iter(dict.fromkeys(look.unreadable)),
    }
    for check, faults in checks.items():
        told(name, check)
        try:
            for fault in faults():
                yield Finding(name, check, fault.where, fault.what)
        except DBAPIError:
            raise
        except Exception as error:
            # What is in the database is not even of the kind that the check can read.
            kind = type(error).__name__
            yield Finding(name, check, "—", Text(f"无法核对：{kind}", f"Could not be checked: {kind}"))
        session.expunge_all()


def settled(look: Callable[[], list[Finding]], *, patience: float, every: float = 1.0) -> list[Finding]:
    """What stands: nothing as soon as ``look`` finds nothing, and after ``patience`` seconds whatever it found in its
    last two looks. What is merely under way at one look is not there at the next."""
    deadline = time.monotonic() + patience
    standing = latest = look()
    while latest and time.monotonic() < deadline:
        time.sleep(min(every, max(0.0, deadline - time.monotonic())))
        before, latest = set(latest), look()
        standing = [finding for finding in latest if finding in before]
    return standing
