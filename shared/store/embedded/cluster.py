"""The cluster: how it is made, and the settings it runs with."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from shared.store.databases import SUPERUSER
from shared.store.embedded.account import Account
from shared.store.embedded.binaries import MAJOR
from shared.store.embedded.errors import StartFailed
from shared.store.embedded.folders import PORT
from shared.store.embedded.log import Log
from shared.store.embedded.passwords import sync_folder

# Nothing of the caller's environment: PGOPTIONS, PGDATA or a locale would change what the server is.
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "200",
    "shared_buffers": "64MB",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
    "jit": "off",
    # One process fewer each, for work that a single machine does not have.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def launch_command(binaries: Path, cluster: Path, socket: Path, *, durable: bool) -> list[str]:
    """The words that start postgres. Not durable means that a power cut may destroy the cluster."""
    # A list of folders to PostgreSQL, which splits it at commas unless it is quoted.
    quoted = '"' + str(socket).replace('"', '""') + '"'
    settings = {**_SETTINGS, **(_DURABLE if durable else _FAST), "unix_socket_directories": quoted}
    command = [str(binaries / "postgres"), "-D", str(cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def initialise(binaries: Path, home: Path, account: Account, password: str, log: Log, *, durable: bool) -> None:
    """Make <home>/cluster: UTF-8, code point order without regard to the machine's locales, passwords
    checked by SCRAM. It bears that name only when it is whole. Raises StartFailed with initdb's words."""
    for unfinished in home.glob("initdb-*"):
        # The initdb of a killed owner may still be writing there; the next start removes the rest.
        shutil.rmtree(unfinished, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix="initdb-", dir=home))
    try:
        password_file = workshop / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        account.take(workshop)
        command = [str(binaries / "initdb"), "-D", str(workshop / "cluster"), "-U", SUPERUSER]
        command += [f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--text-search-config=simple"]
        command += ["--wal-segsize=4", "--no-instructions"]
        with log.open() as output:
            made = subprocess.run(
                command if durable else [*command, "--no-sync"],
                user=account.user,
                group=account.group,
                extra_groups=account.extra_groups,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=ENVIRONMENT,
                cwd="/",
                check=False,
            )
        if made.returncode != 0:
            raise StartFailed("无法建立数据库。", "The cluster could not be made.", log=log.tail())
        (workshop / "cluster").rename(home / "cluster")
        sync_folder(home)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def check_version(cluster: Path) -> None:
    """Refuse a cluster of another major version, which PostgreSQL cannot read."""
    path = cluster / "PG_VERSION"
    version = path.read_text().strip() if path.exists() else "?"
    if version != str(MAJOR):
        raise StartFailed(
            f"{cluster} 属于 PostgreSQL {version}，本程序使用 PostgreSQL {MAJOR}。请先导出并重新导入数据。",
            f"{cluster} belongs to PostgreSQL {version}, this is {MAJOR}. Dump it there and load it here.",
        )
