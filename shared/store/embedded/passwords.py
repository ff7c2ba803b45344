"""The passwords of the roles: made once, kept beside the cluster, readable by the owner only."""

import json
import os
import secrets
from pathlib import Path


class Passwords:
    """Role → password, in a JSON file. A new one is on disk before anybody can use it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def of(self, role: str) -> str:
        """The role's password; 192 random bits, made at the first question."""
        if role not in self._known:
            self._known[role] = secrets.token_urlsafe(24)
            write_private(self._path, json.dumps(self._known, indent=1))
        return self._known[role]

    def forget(self, role: str) -> None:
        if self._known.pop(role, None) is not None:
            write_private(self._path, json.dumps(self._known, indent=1))


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, mode 0600, owned by its folder's owner, and on disk when this returns."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        if os.geteuid() == 0:
            status = path.parent.stat()
            os.fchown(descriptor, status.st_uid, status.st_gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the folder's list of names on disk, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
