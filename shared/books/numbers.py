"""Numbers: from 1 to the last of each series, each given once, and no counter that numbers nothing anybody knows."""

from collections import Counter, defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.books.declared import Fault, Faults, Numbers
from shared.store.tables import Counter as Counted
from shared.text import Text


def check_numbers(session: Session, declared: tuple[Numbers, ...]) -> Faults:
    """Each series is without gaps and doubles, and ends where its counter stands."""
    counters = {row.series: row.last for row in session.execute(select(Counted.series, Counted.last))}
    for numbers in declared:
        own = {
            series: last
            for series, last in counters.items()
            if numbers.counter is not None and series.startswith(numbers.counter)
        }
        yield from _check(session, numbers, own)
    known = tuple(numbers.counter for numbers in declared if numbers.counter is not None)
    for series in sorted(series for series in counters if not series.startswith(known)):
        yield Fault(f"chassis.counters {series}", Text("不知为何物编号", "Nobody says what it numbers"))


def _check(session: Session, numbers: Numbers, counters: dict[str, int]) -> Faults:
    given: defaultdict[str, dict[int, str]] = defaultdict(dict)
    times: Counter[tuple[str, int]] = Counter()
    for series, number, where in numbers.given(session):
        times[series, number] += 1
        if times[series, number] > 1:
            yield Fault(where, Text(f"{series} 第 {number} 号重复", f"Number {number} of {series} was given before"))
        given[series][number] = where
    for series in sorted(given.keys() | counters.keys()):
        taken = given[series]
        highest = max(taken, default=0)
        last = counters.get(series, 0) if numbers.counter is not None else highest
        if highest > last:
            yield Fault(
                f"chassis.counters {series}",
                Text(f"计数为 {last}，已编至 {highest}", f"It stands at {last}, and {highest} was given"),
            )
        for number in range(1, max(last, highest) + 1):
            if number not in taken:
                label = numbers.label
                yield Fault(f"{series} {number}", Text(f"{label.zh}缺号", f"{label.en}: the number is missing"))
        for number in sorted(taken.keys() - range(1, highest + 1)):
            yield Fault(taken[number], Text(f"编号 {number} 不成序", f"{number} is no number of a series"))
