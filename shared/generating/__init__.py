"""Files that follow from the code, written by ``xiehui generate`` and checked for freshness in CI.

Each generator gives a path below the project's root and the text that belongs there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Generated(NamedTuple):
    """A file as it should be."""

    path: str
    content: str


def everything(root: Path) -> Iterator[Generated]:
    """Every generated file of the project at ``root``."""
    from shared.generating import compose, contracts, flows, permissions, personal_data, rabbitmq, rules

    yield from flows.generate(root)
    yield from contracts.generate()
    yield from compose.generate()
    yield from permissions.generate()
    yield from personal_data.generate()
    yield from rabbitmq.generate()
    yield from rules.generate(root)


def stale(root: Path) -> list[str]:
    """The generated files that are missing or not as they should be, and those that nothing generates any more."""
    wanted = {file.path: file.content for file in everything(root)}
    wrong = [
        path
        for path, content in wanted.items()
        if not (root / path).is_file() or (root / path).read_text("utf-8") != content
    ]
    contracts = {str(path.relative_to(root)) for path in (root / "docs/contracts").glob("**/*.json")}
    return sorted({*wrong, *(contracts - set(wanted))})


def write(root: Path) -> list[str]:
    """Write what is stale; its paths."""
    wrong = stale(root)
    wanted = {file.path: file.content for file in everything(root)}
    for path in wrong:
        target = root / path
        if path not in wanted:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(wanted[path], "utf-8")
    return wrong
