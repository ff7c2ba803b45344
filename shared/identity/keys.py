"""Who is who on the bus: one deployment root key vouches for each service's key.

Whatever a service signs (tokens, manifests) carries the root's word about the signer in its header, so a receiver
needs nothing but the root's public key. A user of the bus can send what it likes: without the root's word it is
nobody, and a new key needs no distribution.
"""

import base64
import hashlib
import json
import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.clock import wall_now
from shared.errors import Unauthenticated

ALGORITHM = "Ed25519"
TOKENS = "tokens"
"""The grant that lets a service sign people in."""


class _Registry(jws.JWSRegistry):
    """joserfc's bounds are meant for tokens: our header carries an identity, and a manifest is far larger."""

    max_header_length = 4096
    max_payload_length = 8 * 1024 * 1024


_registry = _Registry(algorithms=[ALGORITHM], strict_check_header=False)
REMEMBERED = 4096


@dataclass(frozen=True)
class Signer:
    """Who signed: the service's name and what the root lets it vouch for."""

    service: str
    grants: frozenset[str]


class Statement(NamedTuple):
    """What was signed: of which kind, what it says, and by whom."""

    kind: str
    payload: dict[str, Any]
    signer: Signer


def _sign(key: OKPKey, payload: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    content = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    return jws.serialize_compact({"alg": ALGORITHM, **header}, content, key, registry=_registry)


def _open(token: str, key: OKPKey) -> dict[str, Any]:
    signed = jws.deserialize_compact(token, key, registry=_registry)
    payload: dict[str, Any] = json.loads(signed.payload)
    return payload


def _header(token: str) -> dict[str, Any]:
    head = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM:
        raise ValueError("another algorithm")
    return header


class Keyring:
    """One service's key, the root's word about it and the root's public key."""

    def __init__(self, service: str, private: OKPKey | None, identity: str, root: OKPKey, secret: bytes) -> None:
        self.service = service
        self.secret = secret
        self._private = private
        self._identity = identity
        self._root = root
        self._seen: OrderedDict[bytes, Statement] = OrderedDict()
        self._forgetting = threading.Lock()

    @classmethod
    def load(cls, folder: Path, service: str) -> "Keyring":
        """The keyring in ``folder``/``service``.json, as :func:`make_keys` wrote it."""
        path = folder / f"{service}.json"
        if not path.is_file():
            raise FileNotFoundError(f"no keys of {service} in {folder}: run `xiehui keys` or `xiehui setup`")
        bundle = json.loads(path.read_text())
        private = OKPKey.import_key(bundle["private"]) if bundle.get("private") else None
        return cls(
            service,
            private,
            bundle["identity"],
            OKPKey.import_key(bundle["root"]),
            base64.b64decode(bundle["secret"]),
        )

    def sign(self, kind: str, payload: Mapping[str, Any]) -> str:
        """A compact JWS of ``payload``; ``kind`` keeps one sort of statement from passing for another."""
        if self._private is None:
            raise RuntimeError(f"{self.service} has no key to sign with")
        return _sign(self._private, payload, {"typ": kind, "idn": self._identity})

    def verify(self, kind: str, token: str, *, remember: bool = True) -> tuple[dict[str, Any], Signer]:
        """What was signed and by whom; anything that does not hold is :class:`Unauthenticated`.

        Only the signature is remembered (by the token's hash): time and permission are the caller's to check, always.
        What is large and does not come again had better not be.
        """
        _, payload, signer = self.verify_one_of((kind,), token, remember=remember)
        return payload, signer

    def verify_one_of(self, kinds: Sequence[str], token: str, *, remember: bool = True) -> Statement:
        """The same, where a statement may be of several kinds."""
        digest = hashlib.sha256(token.encode(errors="backslashreplace")).digest()
        statement = self._remembered(digest)
        try:
            if statement is None:
                statement = self._read(token)
                if remember:
                    self._remember(digest, statement)
            if statement.kind not in kinds:
                raise ValueError("another kind of statement")
        except (JoseError, ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
            raise Unauthenticated("登录凭据无效", "The token does not hold", code="bad-token") from error
        return statement

    def _remembered(self, digest: bytes) -> Statement | None:
        statement = self._seen.get(digest)
        if statement is not None:
            with suppress(KeyError):  # forgotten just now, by another thread
                self._seen.move_to_end(digest)
        return statement

    def _remember(self, digest: bytes, statement: Statement) -> None:
        with self._forgetting:
            self._seen[digest] = statement
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def _read(self, token: str) -> Statement:
        header = _header(token)
        identity = _open(str(header["idn"]), self._root)
        signer = Signer(identity["service"], frozenset(identity["grants"]))
        return Statement(str(header.get("typ")), _open(token, OKPKey.import_key(identity["key"])), signer)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
    temporary.replace(path)


def make_keys(
    folder: Path, services: Mapping[str, Sequence[str]], *, home: Callable[[str], Path] | None = None
) -> list[str]:
    """Make what is missing: the root key in ``folder`` and a keyring for each of ``services`` (name → grants).

    Keyrings lie in ``folder`` too, or where ``home`` says for a name, so that each service can be given its own only.
    Returns the names that are new. What is there stays: run it again after installing another service.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root_path = folder / "root.json"
    if not root_path.is_file():
        _write(root_path, OKPKey.generate_key("Ed25519").as_dict(private=True))
    root = OKPKey.import_key(json.loads(root_path.read_text()))
    made = []
    for service, grants in services.items():
        place = home(service) if home else folder
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = place / f"{service}.json"
        if path.is_file():
            continue
        key = OKPKey.generate_key("Ed25519")
        identity = {
            "service": service,
            "grants": list(grants),
            "key": key.as_dict(private=False),
            "iat": int(wall_now().timestamp()),
        }
        _write(
            path,
            {
                "service": service,
                "private": key.as_dict(private=True),
                "identity": _sign(root, identity, {"typ": "identity"}),
                "root": root.as_dict(private=False),
                "secret": base64.b64encode(secrets.token_bytes(32)).decode(),
            },
        )
        made.append(service)
    return made
