"""An environment of its own for each peer, made when it is missing or its lock has changed."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent.parent
PEERS = BENCH / "peers"
COMMON = PEERS / "common"
BUILD = ROOT / "build" / "bench"
INSTALL_SECONDS = 600


class CannotInstall(Exception):
    """pip did not do it; the message ends with what it said."""


def environment(peer: str, told: Callable[[str], None]) -> Path:
    """The folder with the commands of a peer's environment; ``told`` hears when it has to be made."""
    home, lock = BUILD / "envs" / peer, PEERS / peer / "requirements.lock"
    stamp, wanted = home / "installed", hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return home / "bin"
    told(f"{peer}: pip install")
    shutil.rmtree(home, ignore_errors=True)
    _run(peer, [sys.executable, "-m", "venv", str(home)])
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "-q", "install"]
    _run(peer, [*pip, "--require-hashes", "--requirement", str(lock)])
    stamp.write_text(wanted)
    return home / "bin"


def _run(peer: str, command: list[str]) -> None:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=INSTALL_SECONDS, check=False
    )
    if done.returncode:
        raise CannotInstall(f"{peer}: {done.stdout[-2000:]}")
