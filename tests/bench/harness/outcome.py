"""What a measurement found: figures, rows for the table of details, and who failed why."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tests.bench.harness.contest import Contest, Missing


@dataclass(frozen=True)
class Row:
    """Medians of one contender in one burst, by what they say: "per_second", "p50", "p99" (ms), "cpu_us" (a call)."""

    title: str
    burst: str
    contender: str
    shown: Mapping[str, float]


@dataclass
class Outcome:
    values: dict[str, float] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """Lines below the table."""

    def put(self, key: str, value: Callable[[], float]) -> None:
        """Keep a figure, unless somebody it is about failed."""
        with suppress(Missing):
            self.values[key] = value()

    def take(self, title: str, contest: Contest) -> None:
        """Keep the medians of a contest as rows, and who dropped out of it."""
        self.failures |= {f"{title} · {name}": why for name, why in contest.failures.items()}
        present = [name for name in contest.names if name not in contest.failures]
        for burst in dict.fromkeys(burst for _, burst in contest.samples):
            for name in present:
                samples = contest.samples[name, burst]
                shown = {what: contest.median(name, burst, what) for what in samples[0]}
                self.rows.append(Row(title, burst, name, shown))

    def add(self, other: "Outcome") -> None:
        """Take over what another measurement found."""
        self.values |= other.values
        self.rows += other.rows
        self.failures |= other.failures
        self.notes += other.notes
