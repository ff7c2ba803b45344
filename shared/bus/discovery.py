"""How services make themselves known: each announces a signed manifest, at start, regularly and when asked.

A manifest is JSON: ``service``, ``version``, ``instance``, ``label``, ``operations``, ``events``, ``state`` ("up", or
"leaving" when the process stops in order). It is signed by the service's key, so a stranger on the bus cannot add
operations to the gateway.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import structlog

from shared.bus.member import Member
from shared.errors import Unauthenticated
from shared.identity.keys import Keyring

log = structlog.get_logger()

MANIFESTS = "xiehui.manifests"
QUESTIONS = "xiehui.questions"
KIND = "manifest"

Manifest = Mapping[str, Any]


class Announcer(Member):
    """Announces one service instance's manifest."""

    def __init__(self, url: str, keyring: Keyring, manifest: Manifest, *, every: float) -> None:
        super().__init__(url, f"{keyring.service}-announcer", QUESTIONS, says=MANIFESTS)
        self._keyring = keyring
        self._manifest = manifest
        self._every = self.sleeps = every
        self._last = 0.0

    def joined(self) -> None:
        self._announce("up")

    def heard(self, body: str) -> None:
        self._announce("up")

    def tick(self) -> None:
        if time.monotonic() - self._last >= self._every:
            self._announce("up")

    def leaving(self) -> None:
        self._announce("leaving")

    def _announce(self, state: str) -> None:
        self._last = time.monotonic()
        self.say(self._keyring.sign(KIND, {**self._manifest, "state": state, "every": self._every}))


class Observer(Member):
    """Hears manifests, and hands on those that are signed by the very service they speak of."""

    def __init__(self, url: str, keyring: Keyring, told: Callable[[Manifest], None]) -> None:
        super().__init__(url, "manifests", MANIFESTS, says=QUESTIONS)
        self._keyring = keyring
        self._told = told

    def joined(self) -> None:
        self.say(orjson.dumps({"who": "is there"}).decode())

    def heard(self, body: str) -> None:
        try:
            manifest, signer = self._keyring.verify(KIND, body)
        except Unauthenticated:
            log.warning("a manifest that does not hold was ignored")
            return
        if manifest.get("service") != signer.service:
            log.warning("a manifest in another's name was ignored", signer=signer.service)
            return
        self._told(manifest)
