"""Starts the jobs that are due each day. Where no process was there at the hour, the next one that day starts them.

Whether one was started is asked of the jobs themselves, under a lock: of any number of processes one starts it.
"""

from collections.abc import Iterable
from datetime import datetime, time

from sqlalchemy import exists, select

from shared.api.jobs import JobSpec
from shared.identity.principals import Principal
from shared.runtime import Runtime
from shared.standards.calendar import BUSINESS_ZONE
from shared.store.tables import Job
from shared.store.tx import Origin

EVERY = 60.0
"""Seconds between two looks at the clock."""


class Timer:
    """The daily jobs of one service."""

    def __init__(self, runtime: Runtime, specs: Iterable[JobSpec]) -> None:
        self._runtime = runtime
        self._itself = Principal("service", service=runtime.name)
        self.daily = {each.kind: each.daily_from for each in specs if each.daily_from is not None}

    def work(self) -> bool:
        """Start what is due and was not started today."""
        with self._runtime.begin(Origin(self._itself, "timer")) as tx:
            now = tx.now.astimezone(BUSINESS_ZONE)
            due = [kind for kind, hour in self.daily.items() if now.hour >= hour]
            if due:
                tx.hold("timer")
            midnight = datetime.combine(tx.today, time(), BUSINESS_ZONE)
            for kind in due:
                today = exists().where(Job.kind == kind, Job.principal == self._itself.name, Job.created_at >= midnight)
                if not tx.session.scalar(select(today)):
                    tx.start_job(kind)
        return False
