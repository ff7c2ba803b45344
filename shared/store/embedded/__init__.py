"""A PostgreSQL 18 that xiehui runs by itself, for one machine: evaluation, development and tests.

server.py      EmbeddedPostgres: start, stop, address, databases
lock.py        one owner a data directory
folders.py     where cluster and socket lie
account.py     the Unix user that the server runs as
binaries.py    the programs, out of a PyPI wheel
cluster.py     initdb and the settings
log.py         what the server writes
leftovers.py   what a killed owner left behind
passwords.py   the secrets of the roles
signals.py     stop in order when the process is told to leave
errors.py      AlreadyRunning, StartFailed
"""

from shared.store.embedded.errors import AlreadyRunning, EmbeddedPostgresError, StartFailed
from shared.store.embedded.server import EmbeddedPostgres

__all__ = ["AlreadyRunning", "EmbeddedPostgres", "EmbeddedPostgresError", "StartFailed"]
