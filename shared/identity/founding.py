"""The keys a deployment begins with: made where they are missing."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shared.identity.bundles import Bundle
from shared.identity.roots import Root
from shared.identity.statements import new_key

ROOT = "root"
"""Whose file is the root's own, or the folder it lies in where each keyring has one."""


def make_keys(
    folder: Path, services: Mapping[str, Sequence[str]], *, home: Callable[[str], Path] | None = None
) -> list[str]:
    """Make what is missing: the root key in ``folder`` and a keyring for each of ``services`` (name → grants).

    Keyrings lie in ``folder`` too, or where ``home`` says for a name, so that each service can be given its own only.
    Returns the names that are new. What is there stays: run it again after installing another service.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root_path = folder / f"{ROOT}.json"
    if not root_path.is_file():
        Root.new().write(root_path)
    root = Root.read(root_path)
    made = []
    for service, grants in services.items():
        place = home(service) if home else folder
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = place / f"{service}.json"
        if path.is_file():
            continue
        key = new_key()
        Bundle(
            service,
            key,
            root.vouch(service, grants, key),
            root.trusted,
            secrets.token_bytes(32),
            root.retirement(),
        ).write(path)
        made.append(service)
    return made
