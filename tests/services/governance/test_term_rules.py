"""Whether a term of office has expired, where its first day is not known (G3)."""

from datetime import date

import pytest

from services.governance.terms.rules import Standing, Term, standing

THIRD = Term(date(2020, 1, 1), date(2025, 1, 1), date(2025, 12, 31))
KNOWN = Term(date(2026, 3, 10), date(2031, 3, 10), date(2031, 3, 10))


@pytest.mark.rule(id="G3")
@pytest.mark.parametrize(
    ("term", "day", "expected"),
    [
        (THIRD, date(2019, 12, 31), Standing.TO_COME),
        (THIRD, date(2020, 1, 1), Standing.RUNNING),
        (THIRD, date(2024, 12, 31), Standing.RUNNING),
        (THIRD, date(2025, 1, 1), Standing.MAY_HAVE_EXPIRED),
        (THIRD, date(2025, 12, 30), Standing.MAY_HAVE_EXPIRED),
        (THIRD, date(2025, 12, 31), Standing.EXPIRED),
        (KNOWN, date(2026, 3, 9), Standing.TO_COME),
        (KNOWN, date(2031, 3, 9), Standing.RUNNING),
        (KNOWN, date(2031, 3, 10), Standing.EXPIRED),
    ],
)
def test_a_term_is_warned_of_before_it_counts_as_expired(term: Term, day: date, expected: Standing) -> None:
    assert standing(term, day) is expected
