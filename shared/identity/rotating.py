"""Changes the keys of a deployment while it runs: written beside the root key, heeded by whoever reads its own file.

Everything can be done again. What was left off in the middle is completed by the same call.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from shared.clock import wall_now
from shared.errors import Invalid, NotFound
from shared.identity.bundles import Bundle
from shared.identity.founding import ROOT
from shared.identity.principals import ACCESS_LIFETIME
from shared.identity.roots import IDENTITY, Root, opened
from shared.identity.sealing import LAST
from shared.identity.statements import UNREADABLE, key_id, new_key


@dataclass(frozen=True)
class Holder:
    """One service's keys, as they stand: the id of its key, since when it has it, whether the current root vouches for
    it, and of its earlier keys those that are retired and those that would still be believed."""

    service: str
    key: str
    since: datetime
    vouched: bool
    retired: tuple[str, ...]
    believed: tuple[str, ...]
    secret: int


class Keyrings:
    """The keyrings of one deployment, in ``folder`` as :func:`make_keys` lays them out: all together, or each, the
    root's too, in a folder of its own. Raises NotFound where the root key is not."""

    def __init__(self, folder: Path) -> None:
        together = (folder / f"{ROOT}.json").is_file()
        self._root_path = folder / f"{ROOT}.json" if together else folder / ROOT / f"{ROOT}.json"
        if not self._root_path.is_file():
            raise NotFound(f"{folder} 中没有根密钥 root.json", f"There is no root key, root.json, in {folder}")
        found = folder.glob("*.json") if together else folder.glob("*/*.json")
        self._paths = {
            path.stem: path
            for path in sorted(found)
            if path != self._root_path and together | (path.parent.name == path.stem)
        }

    @property
    def names(self) -> list[str]:
        return list(self._paths)

    def holders(self) -> list[Holder]:
        """Everybody's keys, by name."""
        root = self._root()
        return [self._holder(name, root) for name in self._paths]

    def rotate(self, name: str) -> str:
        """Give ``name`` a new key; its id. What the old one signed, and signs, is believed until it is retired."""
        with self._alone() as root:
            bundle = self._bundle(name)
            claims = _claims(bundle, root)
            key = new_key()
            rotated = replace(
                bundle,
                private=key,
                identity=root.vouch(name, claims["grants"], key),
                former=(*bundle.former, key_id(OKPKey.import_key(claims["key"]))),
            )
            self._in_line(rotated, root).write(self._paths[name])
            return key_id(key)

    def retire(self, name: str, key: str) -> None:
        """Have nobody believe the earlier key ``key`` of ``name`` any more. NotFound where it never had that one,
        Invalid where it signs with it still."""
        with self._alone() as root:
            bundle = self._bundle(name)
            if key == key_id(OKPKey.import_key(_claims(bundle, root)["key"])):
                raise Invalid(
                    f"{name} 正在使用此密钥，请先更换（xiehui keys rotate {name}）",
                    f"{name} signs with this key: give it another first (xiehui keys rotate {name})",
                )
            if key not in bundle.former:
                raise NotFound(f"{name} 从未有过密钥 {key}", f"{name} never had a key {key}")
            retired = replace(root, retired=tuple(dict.fromkeys([*root.retired, key])))
            retired.write(self._root_path)
            self._bring_in_line(retired)

    def prepare_root(self) -> None:
        """Make the root's successor and have everybody believe it beside the current one, which still vouches."""
        with self._alone() as root:
            self._prepare(root)

    def rotate_root(self) -> None:
        """Have the successor vouch for everybody, who believe both; the one before is believed until it is finished."""
        with self._alone() as root:
            if root.former is None:
                # All believe it before anybody is vouched for by it.
                root = self._prepare(root).succeeded()
                root.write(self._root_path)
            self._bring_in_line(root)

    def finish_root(self, *, at_once: bool = False) -> None:
        """Have nobody believe the former root any more. Invalid where there is none, and, unless ``at_once``, as long
        as a token signed under it may be in use."""
        with self._alone() as root:
            if root.former is None:
                raise Invalid("没有待停用的旧根密钥", "No former root key is believed: there is nothing to finish")
            if not at_once and root.since is not None and wall_now() < root.since + ACCESS_LIFETIME:
                minutes = int(ACCESS_LIFETIME.total_seconds() // 60)
                raise Invalid(
                    f"更换根密钥未满 {minutes} 分钟，仍有凭据在用；如旧根密钥已泄露，请加 --at-once",
                    f"Tokens under the former root hold for {minutes} minutes after rotate-root; "
                    "if it has leaked, say --at-once",
                )
            # Vouched for by the current one first, should that have been left off.
            self._bring_in_line(root)
            finished = root.finished()
            finished.write(self._root_path)
            self._bring_in_line(finished)

    def rotate_secret(self, name: str) -> int:
        """Give ``name`` a new secret to seal with; its number. What others sealed can still be opened."""
        with self._alone() as root:
            bundle = self._bundle(name)
            number = max(bundle.sealing, default=0) + 1
            if number > LAST:
                raise Invalid("封存密钥的编号已用完", "There are no numbers left for secrets")
            sealing = {**bundle.sealing, number: secrets.token_bytes(32)}
            self._in_line(replace(bundle, sealing=sealing), root).write(self._paths[name])
            return number

    @contextmanager
    def _alone(self) -> Iterator[Root]:
        """The root, while nobody else changes anything."""
        held = os.open(self._root_path.parent, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield self._root()
        finally:
            os.close(held)

    def _root(self) -> Root:
        return Root.read(self._root_path)

    def _bundle(self, name: str) -> Bundle:
        if name not in self._paths:
            known = ", ".join(self._paths)
            raise NotFound(f"没有 {name} 的密钥，现有：{known}", f"There are no keys of {name}; there are: {known}")
        return Bundle.read(self._paths[name])

    def _holder(self, name: str, root: Root) -> Holder:
        bundle = self._bundle(name)
        claims = _claims(bundle, root)
        return Holder(
            name,
            key_id(OKPKey.import_key(claims["key"])),
            datetime.fromtimestamp(claims["iat"], UTC),
            _vouched(bundle, root),
            tuple(key for key in bundle.former if key in bundle.retired),
            tuple(key for key in bundle.former if key not in bundle.retired),
            max(bundle.sealing, default=0),
        )

    def _prepare(self, root: Root) -> Root:
        if root.former is not None:
            raise Invalid(
                "上一次更换根密钥尚未完成，请先 xiehui keys finish-root",
                "The former root key is believed still: xiehui keys finish-root first",
            )
        prepared = root.prepared()
        prepared.write(self._root_path)
        self._bring_in_line(prepared)
        return prepared

    def _bring_in_line(self, root: Root) -> None:
        for name, path in self._paths.items():
            self._in_line(self._bundle(name), root).write(path)

    @staticmethod
    def _in_line(bundle: Bundle, root: Root) -> Bundle:
        """``bundle`` as ``root`` would have it: whom it believes, who is retired, by whom it is vouched for."""
        identity = bundle.identity
        if not _vouched(bundle, root):
            claims = _claims(bundle, root)
            identity = root.vouch(bundle.service, claims["grants"], OKPKey.import_key(claims["key"]))
        return replace(bundle, identity=identity, roots=root.trusted, retirement=root.retirement())


def _vouched(bundle: Bundle, root: Root) -> bool:
    try:
        opened(IDENTITY, bundle.identity, [root.current])
    except UNREADABLE:
        return False
    return True


def _claims(bundle: Bundle, root: Root) -> dict[str, Any]:
    """What the root has said of a service. Invalid where this root never did."""
    try:
        return opened(IDENTITY, bundle.identity, root.trusted)
    except UNREADABLE as error:
        raise Invalid(
            f"{bundle.service} 的密钥不属于此根密钥", f"The keys of {bundle.service} are not of this root key"
        ) from error
