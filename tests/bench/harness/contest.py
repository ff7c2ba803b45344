"""Rounds: every contender does every burst in turn, a round after the other, and only medians count.

What one machine does in one second says little. So contenders take turns within seconds of each other, the first round
only warms up, the order changes from round to round, and a ratio is the median of the ratios within each round.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from statistics import median

Sample = Mapping[str, float]
"""What one burst showed, e.g. {"per_second": 1234.0, "p99": 8.1}."""
Burst = Callable[[], Sample]
Opener = Callable[[], AbstractContextManager[Mapping[str, Burst]]]
"""Starts a contender's processes for as long as the block lasts, and gives its bursts by name."""


class Missing(LookupError):
    """A contender failed, so there is nothing to compare."""


@dataclass
class Contest:
    """What came of it. ``samples[contender, burst]`` has one for each round; ``failures`` says who dropped out why."""

    names: list[str] = field(default_factory=list)
    samples: dict[tuple[str, str], list[Sample]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def median(self, contender: str, burst: str, what: str) -> float:
        return median(sample[what] for sample in self._of(contender, burst))

    def ratio(self, contender: str, other: str, burst: str, what: str) -> float:
        """The median over the rounds of what ``contender`` showed for one of ``other``."""
        pairs = zip(self._of(contender, burst), self._of(other, burst), strict=True)
        return median(ours[what] / theirs[what] for ours, theirs in pairs)

    def _of(self, contender: str, burst: str) -> list[Sample]:
        if contender in self.failures or not self.samples.get((contender, burst)):
            raise Missing(f"{contender}: {burst}")
        return self.samples[contender, burst]


def turns(contenders: Sequence[str], number: int) -> list[str]:
    """Who comes after whom in round ``number``: each begins once, and the odd rounds go backwards, so that nobody
    always follows the same one."""
    if not contenders:
        return []
    first = number % len(contenders)
    order = [*contenders[first:], *contenders[:first]]
    return order if number % 2 == 0 else order[::-1]


def hold(openers: Mapping[str, Opener], bursts: Sequence[str], *, rounds: int, told: Callable[[str], None]) -> Contest:
    """Open all contenders, and let them do ``bursts`` in ``rounds`` rounds after one that only warms up.

    ``told`` hears what comes next. A contender that fails drops out with its reason; the others go on.
    """
    contest = Contest(list(openers))
    with ExitStack() as rooms:
        opened: dict[str, Mapping[str, Burst]] = {}
        for name, opener in openers.items():
            told(f"{name} …")
            try:
                opened[name] = rooms.enter_context(opener())
            except Exception as error:
                contest.failures[name] = _reason(error)
        for number in range(rounds + 1):
            for burst in bursts:
                for name in turns(list(opened), number):
                    if name in contest.failures:
                        continue
                    told(f"{name} · {burst} · {number or 'warm-up'}/{rounds}")
                    try:
                        sample = opened[name][burst]()
                    except Exception as error:
                        contest.failures[name] = _reason(error)
                    else:
                        if number:
                            contest.samples.setdefault((name, burst), []).append(sample)
    return contest


def _reason(error: Exception) -> str:
    return str(error) if type(error).__name__ == "RoleFailed" else f"{type(error).__name__}: {error}"
