"""Small cells 小单元格: no figure about fewer than the smallest cell is shown, nor can be had by subtraction (M8).

A row is the cells of a total, such as how many responses name each operator. Where a total and all cells but one are
known, that one is known. So of a row with a hidden cell at least two are hidden, and what is left of the total for them
together is no small cell either; where no such choice is left, the total is hidden as well.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Hidden(Generic[K]):
    """The cells of a row that are not shown, and whether its total is not."""

    cells: frozenset[K]
    total: bool


def hide(counts: Mapping[K, int], smallest: int, also: Collection[K] = ()) -> Hidden[K]:
    """What of a row is hidden. ``counts``: cell → how many people stand behind it; their sum is the total.

    Hidden are the cells below ``smallest`` (nobody at all is such a cell), those of ``also``, and of the others as few
    as need be, the smallest first, in the order of ``counts`` where they are alike.
    """
    hidden = {key for key, count in counts.items() if count < smallest or key in also}
    others = sorted((key for key in counts if key not in hidden), key=lambda key: counts[key])
    while hidden and not _safe(counts, hidden, smallest) and others:
        hidden.add(others.pop(0))
    total = not _safe(counts, hidden, smallest) if hidden else sum(counts.values()) < smallest
    return Hidden(frozenset(hidden), total)


def _safe(counts: Mapping[K, int], hidden: Collection[K], smallest: int) -> bool:
    return len(hidden) > 1 and sum(counts[key] for key in hidden) >= smallest
