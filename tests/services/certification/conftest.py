"""Everybody who works on a batch, and small batches brought to where a test begins.

Everything happens in 2022, so that the certificates of 2020 are the scenario's alone.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from services.certification import sample
from services.certification.candidates.rules import COLUMNS as ENROLMENT_COLUMNS
from services.certification.data import BATCH_2020
from services.certification.scores.rules import COLUMNS as SCORE_COLUMNS
from shared.documents.spreadsheets import Table, write_rows
from shared.testing.association import Answer, Association, Person, eventually

PLANNED = "2022-03-01T09:00:00+08:00"
EXAMINED = "2022-03-10T18:00:00+08:00"
POSTED = "2022-03-14T09:00:00+08:00"
LAST_EVENING = "2022-03-18T23:59:00+08:00"
OVER = "2022-03-19T00:00:01+08:00"
DAY = "2022-03-10"

Row = dict[str, Any]

NEXT = {
    "plan_reported": "report_plan",
    "announced": "announce_batch",
    "enrolling": "open_enrolment",
    "examined": "record_examination",
    "scored": "close_scoring",
    "reviewed": "review_results",
    "publicised": "post_notice",
    "results_reported": "report_results",
}
"""State → the operation that leads there."""

SCORING = frozenset({"import_scores", "enter_scores", "close_scoring"})
"""What the assessor does; the supervisor reviews, and the examination officer does the rest."""


@dataclass
class Office:
    """Calls certification as whoever does that, unless told otherwise.

    ``second`` is another examination officer, ``both`` somebody who is assessor and supervisor.
    """

    association: Association
    officer: Person
    second: Person
    scorer: Person
    reviewer: Person
    both: Person
    admin: Person

    def who(self, operation: str) -> Person:
        """Whose work an operation is."""
        if operation in SCORING:
            return self.scorer
        return self.reviewer if operation == "review_results" else self.officer

    @staticmethod
    def workbook(enrolments: Sequence[Row] = (), scores: Sequence[Row] = ()) -> bytes:
        """A file as officers upload it; rows by column key, what is missing is blank."""
        return write_rows(
            [
                Table(name, columns, [dict.fromkeys(column.key for column in columns) | row for row in rows])
                for name, columns, rows in (("报名", ENROLMENT_COLUMNS, enrolments), ("成绩", SCORE_COLUMNS, scores))
            ]
        )

    @staticmethod
    def file(content: bytes) -> dict[str, str]:
        """The file as it travels over the bus."""
        return {"filename": "表.xlsx", "content": base64.b64encode(content).decode()}

    @staticmethod
    def pick(*places: int) -> tuple[list[Row], list[Row]]:
        """Rows of the sample, to enrol and to score. All in level three; 0 to 5 pass, 6 has 59.5 in theory."""
        enrolments, scores = sample.enrolment_rows(), sample.score_rows()
        return [dict(enrolments[place]) for place in places], [dict(scores[place]) for place in places]

    @staticmethod
    def refused(answer: Answer, status: int = 409) -> tuple[str | None, str]:
        """The rule and the code of a refusal."""
        assert answer.problem is not None, answer.body
        assert answer.status == status, answer.problem
        return answer.problem.get("rule"), answer.problem["code"]

    def at(self, moment: str) -> None:
        self.association.set_clock(moment)

    def do(self, operation: str, *, as_: Person | None = None, **arguments) -> Answer:
        return self.association.call("certification", operation, as_=as_ or self.who(operation), **arguments)

    def anybody(self, operation: str, **arguments) -> Answer:
        """As somebody who has not signed in."""
        return self.association.call("certification", operation, **arguments)

    def rows(self, sql: str) -> list[dict]:
        return self.association.rows("certification", sql)

    def plan(self, **changes) -> Answer:
        scope = [qualification._asdict() for qualification in sorted(BATCH_2020.scope)]
        return self.do("plan_batch", **{"name": "测试批次", "scope": scope, **changes})

    def upload(self, operation: str, batch: str, content: bytes, *, as_: Person | None = None, **more) -> dict:
        """The ended job."""
        who = as_ or self.who(operation)
        if operation == "enrol_candidates":
            more = {"identity_consent": True, **more}
        started = self.do(operation, as_=who, id=batch, sheet=self.file(content), **more)
        assert started.status == 202, started.problem

        def ended():
            job = self.do("get_job", as_=who, id=started["id"]).body
            return job["state"] in ("done", "failed") and job

        return eventually(ended, within=20)

    def batch(self, state: str = "draft", places: tuple[int, ...] = (0, 1, 6)) -> str:
        """A batch of these sample candidates, brought to ``state``; the clock is left where that was reached."""
        self.at(PLANNED)
        batch = self.plan()["id"]
        for reached in NEXT:
            if self.state(batch) == state:
                break
            self.step(batch, reached, places)
        if state == "certified":
            eventually(lambda: self.state(batch) == state)
        return batch

    def step(self, batch: str, state: str, places: tuple[int, ...] = (0, 1, 6)) -> None:
        """Take the step to ``state``, with what comes before it."""
        enrolments, scores = self.pick(*places)
        if state == "examined":
            done = self.upload("enrol_candidates", batch, self.workbook(enrolments))
            assert done["state"] == "done", done["problem"]
            self.at(EXAMINED)
        if state == "scored":
            done = self.upload("import_scores", batch, self.workbook(scores=scores))
            assert done["state"] == "done", done["problem"]
        if state in ("publicised", "results_reported"):
            self.at(POSTED if state == "publicised" else OVER)
        more = {"days": [DAY]} if state == "examined" else {}
        answer = self.do(NEXT[state], id=batch, **more)
        assert answer.problem is None, answer.problem

    def state(self, batch: str) -> str:
        return self.do("get_batch", id=batch)["state"]

    def candidates(self, batch: str, **filters) -> list[dict]:
        return self.do("list_candidates", id=batch, limit=200, **filters)["items"]

    def certificates(self, batch: str) -> list[dict]:
        return self.do("list_certificates", batch_id=batch, limit=200)["items"]

    def events(self, type: str, text: str) -> list[dict]:
        """The events of ``type`` told so far whose body mentions ``text``."""
        sql = f"SELECT * FROM chassis.outbox WHERE type = '{type}' AND body LIKE '%%{text}%%' ORDER BY position"
        return self.rows(sql)


@pytest.fixture(scope="session")
def office(association: Association) -> Office:
    return Office(
        association,
        officer=association.person("exam_officer"),
        second=association.person("exam_officer"),
        scorer=association.person("assessor"),
        reviewer=association.person("exam_supervisor"),
        both=association.person("assessor", "exam_supervisor"),
        admin=association.person("administrator"),
    )
