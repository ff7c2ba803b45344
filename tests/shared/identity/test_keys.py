"""Whatever a service signs bears the root's word about it, and nothing passes without."""

import base64
import json
import stat
import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from shared.errors import Unauthenticated
from shared.identity import verifying
from shared.identity.bundles import Bundle
from shared.identity.keys import Keyring, make_keys
from shared.identity.statements import sign

BASE64 = string.ascii_letters + string.digits + "-_"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder, {"signer": ["tokens"], "reader": [], "gateway": []})
    return folder


@pytest.fixture(scope="module")
def signer(folder: Path) -> Keyring:
    return Keyring.load(folder, "signer")


@pytest.fixture(scope="module")
def reader(folder: Path) -> Keyring:
    return Keyring.load(folder, "reader")


def parts(token: str) -> tuple[Any, Any, str]:
    head, payload, signature = token.split(".")
    return _read(head), _read(payload), signature


def _read(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _write(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


# --- what holds ---------------------------------------------------------------------------------------------


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), max_size=4))
def test_what_one_signs_any_other_can_read(signer: Keyring, reader: Keyring, payload: dict[str, Any]) -> None:
    found, by = reader.verify("note", signer.sign("note", payload))
    assert found == payload
    assert (by.service, by.grants) == ("signer", frozenset({"tokens"}))


def test_a_statement_holds_again_and_again_and_is_remembered_within_bounds(
    signer: Keyring, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "REMEMBERED", 3)
    reader = Keyring.load(folder, "reader")
    tokens = [signer.sign("note", {"n": n}) for n in range(6)]
    for _ in range(2):
        assert [reader.verify("note", token)[0]["n"] for token in tokens] == list(range(6))
    assert len(reader._watched.current()._seen) == 3


def test_a_keyring_without_a_private_key_signs_nothing(folder: Path, tmp_path: Path) -> None:
    bundle = json.loads((folder / "gateway.json").read_text())
    (tmp_path / "gateway.json").write_text(json.dumps({**bundle, "private": None}))
    with pytest.raises(RuntimeError, match="no key"):
        Keyring.load(tmp_path, "gateway").sign("note", {})


def forger(folder: Path, name: str, place: Path, **changes: Any) -> Keyring:
    """The keyring of ``name`` with something of it changed."""
    replace(bundle_of(folder, name), **changes).write(place / f"{name}.json")
    return Keyring.load(place, name)


def bundle_of(folder: Path, name: str) -> Bundle:
    return Bundle.read(folder / f"{name}.json")


# --- what does not ------------------------------------------------------------------------------------------


def refused(reader: Keyring, token: str, kind: str = "note") -> None:
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            reader.verify(kind, token)


@given(st.data())
def test_a_token_with_one_character_changed_does_not_hold(
    signer: Keyring, reader: Keyring, data: st.DataObject
) -> None:
    token = signer.sign("note", {"a": 1})
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(BASE64).filter(lambda ch: ch != token[place]))
    changed = token[:place] + other + token[place + 1 :]
    if decoded(changed) != decoded(token):
        refused(reader, changed)


def decoded(token: str) -> list[bytes] | None:
    """The bytes of each part (a last character may have bits that count for nothing); None where one has none, as when
    the point between two was changed."""
    try:
        return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
    except ValueError:
        return None


@given(st.text(max_size=60) | st.text(BASE64 + ".", max_size=200))
def test_any_text_is_read_as_no_token_and_breaks_nothing(reader: Keyring, text: str) -> None:
    refused(reader, text)


def test_another_kind_of_statement_does_not_pass(signer: Keyring, reader: Keyring) -> None:
    token = signer.sign("note", {})
    refused(reader, token, kind="access")
    assert reader.verify_one_of(("access", "note"), token).kind == "note"
    refused(reader, token, kind="access")


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "EdDSA", "RS256", "", None])
def test_another_algorithm_does_not_pass(signer: Keyring, reader: Keyring, algorithm: str | None) -> None:
    head, payload, signature = parts(signer.sign("note", {}))
    refused(reader, f"{_write({**head, 'alg': algorithm})}.{_write(payload)}.{signature}")
    refused(reader, f"{_write({**head, 'alg': algorithm})}.{_write(payload)}.")


def test_a_stranger_with_a_root_of_its_own_does_not_pass(reader: Keyring, tmp_path: Path) -> None:
    make_keys(tmp_path, {"signer": ["tokens"]})
    refused(reader, Keyring.load(tmp_path, "signer").sign("note", {}))


def test_a_key_under_anothers_identity_does_not_pass(reader: Keyring, folder: Path, tmp_path: Path) -> None:
    thief = forger(folder, "signer", tmp_path, private=OKPKey.generate_key("Ed25519"))
    refused(reader, thief.sign("note", {}))


def test_an_identity_one_made_for_oneself_does_not_pass(reader: Keyring, folder: Path, tmp_path: Path) -> None:
    own = OKPKey.generate_key("Ed25519")
    identity = {"service": "signer", "grants": ["tokens"], "key": own.as_dict(private=False), "iat": 0}
    forged = sign(own, identity, {"typ": "identity"})
    refused(reader, forger(folder, "signer", tmp_path, private=own, identity=forged).sign("note", {}))


def test_what_a_service_signed_is_no_word_of_the_root(reader: Keyring, folder: Path, tmp_path: Path) -> None:
    """Not even where the root signed it, as something else."""
    root = OKPKey.import_key(json.loads((folder / "root.json").read_text())["current"])
    own = OKPKey.generate_key("Ed25519")
    identity = {"service": "signer", "grants": ["tokens"], "key": own.as_dict(private=False), "iat": 0}
    forged = sign(root, identity, {"typ": "retired"})
    refused(reader, forger(folder, "signer", tmp_path, private=own, identity=forged).sign("note", {}))


def test_one_service_cannot_give_itself_the_grants_of_another(folder: Path, reader: Keyring, tmp_path: Path) -> None:
    plain = Keyring.load(folder, "gateway")
    _, by = reader.verify("note", plain.sign("note", {"grants": ["tokens"]}))
    assert (by.service, by.grants) == ("gateway", frozenset())
    head, body, signature = bundle_of(folder, "gateway").identity.split(".")
    more = f"{head}.{_write({**_read(body), 'grants': ['tokens']})}.{signature}"
    refused(reader, forger(folder, "gateway", tmp_path, identity=more).sign("note", {}))


@pytest.mark.parametrize("idn", [None, 5, "", "x", ["a"], {"a": 1}])
def test_a_statement_without_a_proper_identity_does_not_pass(reader: Keyring, folder: Path, idn: Any) -> None:
    key = bundle_of(folder, "signer").private
    assert key is not None
    refused(reader, sign(key, {}, {"typ": "note", "idn": idn}))
    refused(reader, sign(key, {}, {"typ": "note"}))


# --- making them --------------------------------------------------------------------------------------------


def test_making_keys_again_adds_what_is_missing_and_keeps_the_rest(tmp_path: Path) -> None:
    assert make_keys(tmp_path, {"a": []}) == ["a"]
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert make_keys(tmp_path, {"a": ["tokens"], "b": []}) == ["b"]
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.name in before} == before
    token = Keyring.load(tmp_path, "b").sign("note", {})
    assert Keyring.load(tmp_path, "a").verify("note", token)[1].service == "b"


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", {"a": [], "b": []})
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_keyrings_can_lie_apart_and_no_keyring_holds_the_root_or_anothers_key(tmp_path: Path) -> None:
    make_keys(tmp_path / "root", {"a": [], "b": []}, home=lambda name: tmp_path / name)
    root = json.loads((tmp_path / "root" / "root.json").read_text())
    bundles = {name: json.loads((tmp_path / name / f"{name}.json").read_text()) for name in "ab"}
    for name, bundle in bundles.items():
        assert [root for root in bundle["roots"] if "d" in root] == []
        assert root["current"]["d"] not in json.dumps(bundle)
        assert bundle["private"]["d"] != bundles["b" if name == "a" else "a"]["private"]["d"]
    assert bundles["a"]["secret"] != bundles["b"]["secret"]


def test_keys_that_are_not_there_are_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="xiehui keys"):
        Keyring.load(tmp_path, "nobody")
