"""Keys change while those who hold them run: nobody is refused who should not be, nor believed who should not."""

import base64
import json
import os
import stat
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from shared.errors import Invalid, NotFound, Unauthenticated
from shared.identity import rotating, watching
from shared.identity.bundles import Bundle
from shared.identity.keys import Keyring, make_keys
from shared.identity.principals import ACCESS_LIFETIME
from shared.identity.roots import Root
from shared.identity.rotating import Keyrings
from shared.identity.sealing import Vault
from shared.identity.statements import new_key, sign

NAMES = {"membership": ["tokens"], "finance": [], "gateway": []}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_keys(tmp_path / "keys", NAMES)
    return tmp_path / "keys"


@pytest.fixture(autouse=True)
def looking_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running processes look at their file whenever they use it, so that no test waits."""
    monkeypatch.setattr(watching, "LOOK_EVERY", 0.0)


@pytest.fixture
def looking_never(looking_always: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """They look by themselves only when they must."""
    monkeypatch.setattr(watching, "LOOK_EVERY", 3600.0)


def key_of(folder: Path, name: str) -> str:
    return next(holder.key for holder in Keyrings(folder).holders() if holder.service == name)


def believed(reader: Keyring, token: str) -> bool:
    try:
        reader.verify("note", token)
    except Unauthenticated:
        return False
    return True


# --- one service's key --------------------------------------------------------------------------------------


def test_a_new_key_is_used_at_once_and_the_old_ones_tokens_hold(folder: Path) -> None:
    signer, reader = Keyring.load(folder, "membership"), Keyring.load(folder, "finance")
    before, old = key_of(folder, "membership"), signer.sign("note", {"n": 1})
    new = Keyrings(folder).rotate("membership")
    assert new == key_of(folder, "membership") != before
    after = signer.sign("note", {"n": 1})
    assert after != old
    for token in (old, after):
        payload, by = reader.verify("note", token)
        assert (payload, by.service, by.grants) == ({"n": 1}, "membership", frozenset({"tokens"}))


def test_a_new_key_is_believed_by_those_who_have_not_looked(folder: Path, looking_never: None) -> None:
    reader = Keyring.load(folder, "finance")
    Keyrings(folder).rotate("membership")
    assert believed(reader, Keyring.load(folder, "membership").sign("note", {}))


def test_a_process_looks_again_after_a_while_and_not_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY", 2.0)
    now = 100.0
    watched = watching.Watched(folder / "membership.json", Bundle.read, monotonic=lambda: now)
    before = watched.current()
    Keyrings(folder).rotate("membership")
    now += 1.9
    assert watched.current() is before
    now += 0.1
    assert watched.current().identity != before.identity


@pytest.mark.parametrize("looks", ["looking_always", "looking_never"])
def test_nobody_is_refused_while_keys_and_root_are_rotated(
    folder: Path, looks: str, request: pytest.FixtureRequest
) -> None:
    """Threads sign and verify; the keys of all change all the while, and the root's as far as its overlap."""
    request.getfixturevalue(looks)
    failed: list[Exception] = []
    stop = threading.Event()

    def call(signer: Keyring, reader: Keyring) -> None:
        while not stop.is_set() and not failed:
            try:
                reader.verify("note", signer.sign("note", {}))
            except Exception as error:
                failed.append(error)

    rings = [Keyring.load(folder, name) for name in NAMES]
    threads = [threading.Thread(target=call, args=(one, other)) for one in rings for other in rings]
    for thread in threads:
        thread.start()
    try:
        keyrings = Keyrings(folder)
        for name in [*NAMES, *NAMES, *NAMES]:
            keyrings.rotate(name)
        keyrings.rotate_root()
        for name in NAMES:
            keyrings.rotate(name)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []


def test_a_retired_key_is_refused_at_once_also_where_it_was_believed_just_now(folder: Path) -> None:
    signer, readers = Keyring.load(folder, "membership"), [Keyring.load(folder, name) for name in NAMES]
    old_key, old = key_of(folder, "membership"), signer.sign("note", {})
    keyrings = Keyrings(folder)
    keyrings.rotate("membership")
    new = signer.sign("note", {})
    assert all(believed(reader, token) for reader in readers for token in (old, new))
    keyrings.retire("membership", old_key)
    for reader in readers:
        assert (believed(reader, old), believed(reader, new)) == (False, True)
    (holder,) = (one for one in keyrings.holders() if one.service == "membership")
    assert (holder.retired, holder.believed) == ((old_key,), ())


def test_what_was_retired_stays_so_whatever_is_rotated_next(folder: Path) -> None:
    signer, reader = Keyring.load(folder, "membership"), Keyring.load(folder, "finance")
    old_key, old = key_of(folder, "membership"), signer.sign("note", {})
    keyrings = Keyrings(folder)
    keyrings.rotate("membership")
    keyrings.retire("membership", old_key)
    keyrings.rotate("finance")
    keyrings.rotate_root()
    keyrings.finish_root(at_once=True)
    make_keys(folder, {**NAMES, "late": []})
    for each in (reader, Keyring.load(folder, "late")):
        assert not believed(each, old)
        assert believed(each, signer.sign("note", {}))


def test_the_key_one_signs_with_is_not_retired_nor_one_that_never_was(folder: Path) -> None:
    keyrings = Keyrings(folder)
    with pytest.raises(Invalid, match="give it another first"):
        keyrings.retire("finance", key_of(folder, "finance"))
    for key in (key_of(folder, "membership"), "x"):
        with pytest.raises(NotFound):
            keyrings.retire("finance", key)
    assert Root.read(folder / "root.json").retired == ()


def test_a_list_of_retired_keys_that_no_root_signed_is_not_taken(folder: Path) -> None:
    reader = Keyring.load(folder, "finance")
    token = Keyring.load(folder, "membership").sign("note", {})
    bundle = Bundle.read(folder / "finance.json")
    kept = json.loads((folder / "finance.json").read_text())
    forged = sign(new_key(), {"keys": [key_of(folder, "membership")]}, {"typ": "retired"})
    (folder / "finance.json").write_text(json.dumps({**kept, "retirement": forged}))
    assert believed(reader, token), "what was there before goes on"
    with pytest.raises(Exception, match=r"(?i)signature"):
        Keyring.load(folder, "finance")
    bundle.write(folder / "finance.json")
    assert believed(reader, token)


# --- the root's ---------------------------------------------------------------------------------------------


def test_a_root_gives_way_in_its_steps(folder: Path) -> None:
    signer, reader = Keyring.load(folder, "membership"), Keyring.load(folder, "finance")
    keyrings = Keyrings(folder)
    before = Root.read(folder / "root.json").current
    old = signer.sign("note", {})

    keyrings.prepare_root()
    prepared = signer.sign("note", {})
    assert Root.read(folder / "root.json").current.thumbprint() == before.thumbprint()
    assert len(Bundle.read(folder / "finance.json").roots) == 2

    keyrings.rotate_root()
    during = signer.sign("note", {})
    assert all(holder.vouched for holder in keyrings.holders())
    assert Root.read(folder / "root.json").current.thumbprint() != before.thumbprint()
    assert [believed(reader, token) for token in (old, prepared, during)] == [True] * 3

    keyrings.finish_root(at_once=True)
    after = signer.sign("note", {})
    assert [believed(reader, token) for token in (old, prepared, during, after)] == [False, False, True, True]
    assert len(Bundle.read(folder / "finance.json").roots) == 1


def test_a_new_root_is_believed_by_those_who_have_not_looked(folder: Path, looking_never: None) -> None:
    reader = Keyring.load(folder, "finance")
    Keyrings(folder).rotate_root()
    assert believed(reader, Keyring.load(folder, "membership").sign("note", {}))


def test_the_former_root_can_vouch_for_nobody_once_it_is_finished(folder: Path) -> None:
    stolen = Root.read(folder / "root.json")
    thief = new_key()
    kept = Bundle.read(folder / "membership.json")
    forged = replace(kept, private=thief, identity=stolen.vouch("membership", ["tokens"], thief))
    (folder / "thief").mkdir()
    forged.write(folder / "thief" / "membership.json")
    token = Keyring.load(folder / "thief", "membership").sign("note", {})
    reader = Keyring.load(folder, "finance")
    assert believed(reader, token)
    Keyrings(folder).rotate_root()
    Keyrings(folder).finish_root(at_once=True)
    assert not believed(reader, token)


def test_the_former_root_is_kept_as_long_as_a_token_under_it_may_be_in_use(folder: Path) -> None:
    keyrings = Keyrings(folder)
    with pytest.raises(Invalid, match="nothing to finish"):
        keyrings.finish_root()
    keyrings.rotate_root()
    since = Root.read(folder / "root.json").since
    assert since is not None
    with (
        time_machine.travel(since + ACCESS_LIFETIME - timedelta(seconds=1)),
        pytest.raises(Invalid, match="15 minutes"),
    ):
        keyrings.finish_root()
    with time_machine.travel(since + ACCESS_LIFETIME):
        keyrings.finish_root()
    assert Root.read(folder / "root.json").former is None


def test_a_root_that_is_still_giving_way_makes_no_further_one(folder: Path) -> None:
    keyrings = Keyrings(folder)
    keyrings.rotate_root()
    current = Root.read(folder / "root.json").current.thumbprint()
    keyrings.rotate_root()
    assert Root.read(folder / "root.json").current.thumbprint() == current
    with pytest.raises(Invalid):
        keyrings.prepare_root()


class PowerCut(Exception):
    """Raised in the place of a write."""


@pytest.fixture
def cut_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """``cut_at[0] = n``: the n-th file that is written from then on is not."""
    left = [0]
    write = rotating.Bundle.write

    def perhaps(bundle: Bundle, path: Path) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise PowerCut
        write(bundle, path)

    monkeypatch.setattr(rotating.Bundle, "write", perhaps)
    return left


@pytest.mark.parametrize("cut", range(1, 7))
def test_a_root_whose_rotation_was_cut_off_is_rotated_by_doing_it_again(
    folder: Path, cut_at: list[int], cut: int
) -> None:
    rings = [Keyring.load(folder, name) for name in NAMES]
    keyrings = Keyrings(folder)
    cut_at[0] = cut
    with pytest.raises(PowerCut):
        keyrings.rotate_root()
    assert all(believed(reader, signer.sign("note", {})) for signer in rings for reader in rings)
    keyrings.rotate_root()
    assert all(holder.vouched for holder in keyrings.holders())
    keyrings.finish_root(at_once=True)
    assert all(believed(reader, signer.sign("note", {})) for signer in rings for reader in rings)


# --- the files ----------------------------------------------------------------------------------------------


def test_files_stay_their_owners_and_no_service_sees_anothers(tmp_path: Path) -> None:
    make_keys(tmp_path / "root", NAMES, home=lambda name: tmp_path / name)
    keyrings = Keyrings(tmp_path)
    assert keyrings.names == sorted(NAMES)
    owner = os.getuid()
    if owner == 0:
        owner = 10001
        for name in NAMES:
            os.chown(tmp_path / name / f"{name}.json", owner, -1)
    keyrings.rotate("finance")
    keyrings.rotate_secret("finance")
    keyrings.rotate_root()
    keyrings.finish_root(at_once=True)
    secrets = {}
    for name in NAMES:
        (path,) = (tmp_path / name).iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_uid == owner
        kept = json.loads(path.read_text())
        secrets[name] = {kept["private"]["d"], kept["secret"], *kept["sealing"].values()}
        assert [root for root in kept["roots"] if "d" in root] == []
    (root,) = (tmp_path / "root").iterdir()
    assert stat.S_IMODE(root.stat().st_mode) == 0o600
    assert Root.read(root).current.as_dict(private=True)["d"] not in json.dumps(
        [list(each) for each in secrets.values()]
    )
    assert len(set.union(*secrets.values())) == sum(map(len, secrets.values()))


def test_keys_made_before_they_could_be_rotated_are_rotated(folder: Path) -> None:
    root = json.loads((folder / "root.json").read_text())
    (folder / "root.json").write_text(json.dumps(root["current"]))
    for name in NAMES:
        kept = json.loads((folder / f"{name}.json").read_text())
        old = {key: kept[key] for key in ("service", "private", "identity", "secret")}
        (folder / f"{name}.json").write_text(json.dumps({**old, "root": kept["roots"][0]}))
    signer, reader = Keyring.load(folder, "membership"), Keyring.load(folder, "finance")
    old_token, sealed = signer.sign("note", {}), Vault(signer.secret, signer).seal("x")
    keyrings = Keyrings(folder)
    keyrings.rotate("membership")
    keyrings.rotate_root()
    assert believed(reader, old_token)
    assert believed(reader, signer.sign("note", {}))
    assert keyrings.rotate_secret("membership") == 1
    vault = Vault(signer.secret, signer)
    assert vault.open(sealed) == ("x", 0)
    assert vault.open(vault.seal("x")) == ("x", 1)


def test_a_file_that_cannot_be_read_leaves_what_was_there(folder: Path) -> None:
    signer, reader = Keyring.load(folder, "membership"), Keyring.load(folder, "finance")
    kept = (folder / "finance.json").read_text()
    for broken in ("", "{", "[]", "{}"):
        (folder / "finance.json").write_text(broken)
        assert believed(reader, signer.sign("note", {}))
    (folder / "finance.json").unlink()
    assert believed(reader, signer.sign("note", {}))
    (folder / "finance.json").write_text(kept)
    Keyrings(folder).rotate("finance")
    assert believed(signer, reader.sign("note", {}))


def test_without_the_root_key_nothing_is_rotated(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"root\.json"):
        Keyrings(tmp_path / "nowhere")
    with pytest.raises(NotFound, match="gateway"):
        Keyrings(folder).rotate("stranger")
    make_keys(tmp_path / "other", {"finance": []})
    (folder / "finance.json").write_text((tmp_path / "other" / "finance.json").read_text())
    with pytest.raises(Invalid, match="not of this root key"):
        Keyrings(folder).rotate("finance")


def test_a_new_secret_is_the_services_own_and_seals_from_then_on(folder: Path) -> None:
    ring = Keyring.load(folder, "finance")
    vault = Vault(ring.secret, ring)
    index, sealed = vault.blind("x"), vault.seal("x")
    assert [Keyrings(folder).rotate_secret("finance") for _ in range(2)] == [1, 2]
    assert vault.open(vault.seal("x")).number == 2
    assert vault.unseal(sealed) == "x"
    assert vault.blind("x") == index
    kept = json.loads((folder / "finance.json").read_text())["sealing"]
    assert all(len(base64.b64decode(secret)) == 32 for secret in kept.values())
