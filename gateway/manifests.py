"""The last good manifests, on disk: a gateway that starts while a service is away still knows its routes.

One file a service, so that an operator forgets a service that was removed for good by deleting its file.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

import orjson
import structlog

from gateway.routes import Offer, read_manifest

log = structlog.get_logger()


class ManifestStore:
    """Manifests in ``folder``, each written whole or not at all; several gateway processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> list[Offer]:
        """What was kept. A file that cannot be read is passed over: its service will announce itself."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(read_manifest(orjson.loads(path.read_bytes())))
            except (OSError, ValueError) as error:
                log.warning("a kept manifest was not readable", file=path.name, error=str(error)[:200])
        return found

    def keep(self, offer: Offer) -> None:
        """Keep an offer. A full or read-only disk costs the memory of it, not the service."""
        path = self._folder / f"{offer.service}.json"
        temporary = self._folder / f".{offer.service}.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(orjson.dumps(dict(offer.manifest)))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            log.warning("a manifest could not be kept", service=offer.service, error=str(error)[:200])
            with suppress(OSError):
                temporary.unlink()
