"""Spans of days, as tenures, absences and grants last: half open, so that one ends on the day the next begins."""

from datetime import date


class HalfOpen:
    """Days of Asia/Shanghai, ``[since, until)``; without ``until`` no end is known. To be mixed into a dataclass that
    has the two as fields."""

    __slots__ = ()

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether it lasts on ``day``. A span whose ``until`` is its ``since`` lasts on none."""
        return self.since <= day and (self.until is None or day < self.until)
