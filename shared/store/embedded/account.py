"""The Unix user that PostgreSQL runs as: ourselves, or an unprivileged one where we are root.

PostgreSQL refuses to run as root, and containers often give nothing else.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from shared.store.embedded.errors import StartFailed

SYSTEM_USER = "xiehui"


@dataclass(frozen=True)
class Account:
    """A user and group. ``user``, ``group`` and ``extra_groups`` are what subprocess takes to become it."""

    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def user(self) -> int | None:
        return None if self.is_us else self.uid

    @property
    def group(self) -> int | None:
        return None if self.is_us else self.gid

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.is_us else []

    def reaches(self, folder: Path) -> bool:
        """Whether this account can enter the folder. The kernel is asked: it also knows access lists.

        Raises StartFailed where we may not become the account, as root of a container without rights.
        """
        try:
            answer = subprocess.run(
                ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
                user=self.user,
                group=self.group,
                extra_groups=self.extra_groups,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                check=False,
            )
        except PermissionError as error:
            raise StartFailed(
                f"PostgreSQL 不能以 root 身份运行，而此处的 root 无权改用其他用户（uid {self.uid}）。",
                f"PostgreSQL does not run as root, and root may not become another user here (uid {self.uid}).",
            ) from error
        return answer.returncode == 0

    def take(self, path: Path) -> None:
        """Make this account the owner of a path and of everything below it."""
        if self.is_us:
            return
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.lchown(os.path.join(folder, name), self.uid, self.gid)
        # Last, since by its owner a later start judges whether all this was done.
        os.lchown(path, self.uid, self.gid)


def account_for(cluster: Path) -> Account:
    """Who runs this cluster: its owner where there is one (user numbers change between images), else new."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if cluster.exists():
        status = cluster.stat()
        if status.st_uid != 0:
            return Account(status.st_uid, status.st_gid)
    return _unprivileged()


def _unprivileged() -> Account:
    # A user of our own: nobody's files are open to every other daemon that runs as nobody, and the user
    # of an installed PostgreSQL would see our data. So nobody is the last resort.
    for _ in range(3):
        found = _lookup(SYSTEM_USER)
        if found is not None:
            return found
        if not _create(SYSTEM_USER):
            break
    found = _lookup(SYSTEM_USER) or _lookup("nobody")
    if found is None:
        raise StartFailed(
            f"PostgreSQL 不能以 root 身份运行，且无法建立系统用户 {SYSTEM_USER}。请以普通用户运行。",
            f"PostgreSQL does not run as root and the system user {SYSTEM_USER} could not be made. "
            "Run as an ordinary user.",
        )
    return found


def _lookup(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _create(name: str) -> bool:
    """Ask useradd; False where there is none. Its own failures show as a user that is still missing:
    a second start at the same time may hold its lock or may just have made the user."""
    try:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return True
