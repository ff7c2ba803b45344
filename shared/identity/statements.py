"""Signed statements: compact JWS of JSON under an Ed25519 key, and nothing else that JOSE knows."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"
UNREADABLE = (JoseError, ValueError, KeyError, TypeError, UnicodeDecodeError)
"""What reading a statement raises that does not hold, or that is none."""


class _Registry(jws.JWSRegistry):
    """joserfc's bounds are meant for tokens: our header carries an identity, and a manifest is far larger."""

    max_header_length = 4096
    max_payload_length = 8 * 1024 * 1024


_registry = _Registry(algorithms=[ALGORITHM], strict_check_header=False)


def new_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519")


def key_id(key: OKPKey) -> str:
    """What a key is called: the thumbprint of its public half (RFC 7638)."""
    return key.thumbprint()


def sign(key: OKPKey, payload: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    content = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    return jws.serialize_compact({"alg": ALGORITHM, **header}, content, key, registry=_registry)


def open_statement(token: str, key: OKPKey) -> dict[str, Any]:
    """What ``token`` says, if ``key`` signed it."""
    signed = jws.deserialize_compact(token, key, registry=_registry)
    payload: dict[str, Any] = json.loads(signed.payload)
    return payload


def header_of(token: str) -> dict[str, Any]:
    head = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM:
        raise ValueError("another algorithm")
    return header
