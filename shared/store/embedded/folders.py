"""Where the parts of an embedded server lie.

    <data>/lock             who runs it
    <data>/passwords.json   the roles' secrets
    <data>/postgres.log     what the server says
    <home>/cluster/         PostgreSQL's own data directory
    <home>/socket/          the socket, in a folder that only the server's user can enter

<home> is <data>, except where we are root and the unprivileged user that runs PostgreSQL cannot get there;
then <data>/cluster-home says where it is.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from shared.store.embedded.account import Account, account_for
from shared.store.embedded.errors import StartFailed

PORT = 5432
POINTER = "cluster-home"
# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero among them.
_SOCKET_PATH_LIMIT = 103
_TEMPORARY_PREFIX = "xiehui-"


def settle(data: Path) -> tuple[Account, Path]:
    """The account that runs the server of a data directory, and the home of its cluster, old or new.

    Raises StartFailed where a cluster that once was cannot be reached: an empty one in its place would
    look like lost data.
    """
    home = home_of(data)
    account = account_for(home / "cluster")
    if home != data:
        if not (home / "cluster").is_dir():
            raise StartFailed(
                f"{data / POINTER} 所指的数据库目录 {home} 不存在。请恢复该目录。",
                f"The database folder {home}, named by {data / POINTER}, is missing. Put it back.",
            )
        return account, home
    if account.is_us or account.reaches(data):
        return account, data
    if (data / "cluster").exists():
        raise StartFailed(
            f"PostgreSQL 的运行用户（uid {account.uid}）无法进入 {data}。",
            f"The user that runs PostgreSQL (uid {account.uid}) cannot enter {data}.",
        )
    # The way to the data directory is closed to the unprivileged user (/root, a 0700 temporary folder).
    # Opening it would lay bare whatever else lies there, so the cluster goes where both can get, and lock
    # and pointer stay here. The random half keeps a new data directory from inheriting the cluster of a
    # removed or moved one of the same name.
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    home = make_folder(state_home(account) / "clusters", 0o711) / f"{digest}-{secrets.token_hex(4)}"
    return account, make_folder(home, 0o711)


def home_of(data: Path) -> Path:
    """Where the cluster of a data directory is, by its pointer; the data directory itself without one."""
    pointer = data / POINTER
    return Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else data


def make_folder(path: Path, mode: int) -> Path:
    """The folder, made with exactly this mode if it is new; one that exists is left as it is."""
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        return path
    path.chmod(mode)
    return path


def state_home(account: Account) -> Path:
    """A folder of ours that both root and the account can reach: /var/lib/xiehui, else the user's own."""
    ours = Path.home() / ".local/share"
    for base in (Path("/var/lib"), Path(os.environ.get("XDG_DATA_HOME") or ours), ours):
        try:
            home = make_folder(base / "xiehui", 0o755)
        except OSError:
            continue
        if os.access(home, os.W_OK) and account.reaches(home):
            return home
    raise StartFailed(
        "没有可供 PostgreSQL 使用的目录：/var/lib/xiehui 不可写。",
        "There is no folder for PostgreSQL: /var/lib/xiehui is not writable.",
    )


def make_socket_folder(home: Path, account: Account) -> Path:
    """A new, empty 0700 folder of the account for the socket; its maker removes it.

    New each time: a lock file that a killed server left there could name a pid that now is another's.
    """
    folder = home / "socket"
    if _fits(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    else:
        folder = _temporary_folder(account)
    account.take(folder)
    return folder


def forget_socket_folder(folder: Path, account: Account) -> None:
    """Remove the temporary socket folder of a killed server. Anything that is not surely one stays."""
    if not folder.name.startswith(_TEMPORARY_PREFIX) or folder.is_symlink() or not folder.is_dir():
        return
    if folder.stat().st_uid == account.uid and {entry.name for entry in folder.iterdir()} <= {
        f".s.PGSQL.{PORT}",
        f".s.PGSQL.{PORT}.lock",
    }:
        shutil.rmtree(folder, ignore_errors=True)


def _fits(folder: Path) -> bool:
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    # libpq takes a comma for the end of one host and the start of the next.
    return len(path) <= _SOCKET_PATH_LIMIT and b"," not in path


def _temporary_folder(account: Account) -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    for parent in filter(None, (runtime, tempfile.gettempdir(), "/tmp")):
        candidate = Path(parent)
        if not os.access(candidate, os.W_OK | os.X_OK) or not account.reaches(candidate):
            continue
        if _fits(candidate / f"{_TEMPORARY_PREFIX}12345678"):
            return Path(tempfile.mkdtemp(prefix=_TEMPORARY_PREFIX, dir=candidate))
    raise StartFailed(
        "找不到路径够短的目录来放置 PostgreSQL 的套接字。",
        "There is no folder with a path short enough for PostgreSQL's socket.",
    )
