"""A manifest may be far larger than a token, and is signed the same way."""

from pathlib import Path

from shared.identity.keys import Keyring, make_keys


def test_a_manifest_of_a_megabyte_is_signed_and_holds(tmp_path: Path) -> None:
    make_keys(tmp_path, {"teller": [], "gateway": []})
    manifest = {"service": "teller", "operations": ["x" * 1000] * 1000}

    statement = Keyring.load(tmp_path, "teller").sign("manifest", manifest)

    read, signer = Keyring.load(tmp_path, "gateway").verify("manifest", statement)
    assert read == manifest
    assert signer.service == "teller"
