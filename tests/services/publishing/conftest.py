"""A newsroom: writers of two units and editors, and articles brought to where a test begins.

Each newsroom has units and people of its own; the year is the test's choice, since numbers count by the year.
"""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.testing.association import Answer, Association, Person

TEXT_OF_1450 = "通信保障无小事。" * 181 + "完毕"


@dataclass
class Newsroom:
    """Calls publishing as its writers and editors."""

    association: Association
    unit: str = field(default_factory=lambda: str(uuid.uuid4()))
    other_unit: str = field(default_factory=lambda: str(uuid.uuid4()))

    def __post_init__(self) -> None:
        self.author = self.association.person("correspondent", unit=self.unit)
        self.colleague = self.association.person("correspondent", unit=self.unit)
        self.stranger = self.association.person("correspondent", unit=self.other_unit)
        self.editor = self.association.person("editor")
        self.second_editor = self.association.person("editor")

    @staticmethod
    def refused(answer: Answer, status: int = 409) -> tuple[str | None, str]:
        """The rule and the code of a refusal."""
        assert answer.problem is not None, answer.body
        assert answer.status == status, answer.problem
        return answer.problem.get("rule"), answer.problem["code"]

    def at(self, moment: str) -> None:
        self.association.set_clock(moment)

    def do(self, operation: str, as_: Person | None, **arguments: Any) -> Answer:
        return self.association.call("publishing", operation, as_=as_, **arguments)

    # --- articles -------------------------------------------------------------------------------------------

    def submit(self, as_: Person | None = None, **changed: Any) -> Answer:
        article = {"title": "三晋通信人的一天", "body": TEXT_OF_1450, "column": "association_news", **changed}
        return self.do("submit_article", as_ or self.author, **article)

    def review(self, article: str, kind: str, as_: Person, **changed: Any) -> Answer:
        verdict = {"id": article, "kind": kind, "revision": 1, "passed": True, **changed}
        return self.do("review_article", as_, **verdict)

    def reviewed(self, **changed: Any) -> str:
        """The id of an article that has passed all three reviews."""
        article: str = self.submit(**changed)["id"]
        for kind, by in (("editorial", self.editor), ("facts", self.colleague), ("secrecy", self.editor)):
            assert self.review(article, kind, by).status == 200
        return article

    def article(self, id: str) -> Answer:
        return self.do("get_article", self.editor, id=id)

    def retract(self, id: str, as_: Person | None = None, **changed: Any) -> Answer:
        return self.do("retract_article", as_ or self.editor, **{"id": id, "reason": "数据有误", **changed})

    # --- issues ---------------------------------------------------------------------------------------------

    def open(self, **asked: Any) -> str:
        issue: str = self.do("open_issue", self.editor, **asked)["id"]
        return issue

    def issue(self, id: str) -> Answer:
        return self.do("get_issue", self.editor, id=id)

    def place(self, issue: str, article: str, as_: Person | None = None, **asked: Any) -> Answer:
        return self.do("place_article", as_ or self.editor, id=issue, article_id=article, **asked)

    def publish(self, issue: str, as_: Person | None = None, **asked: Any) -> Answer:
        return self.do("publish_issue", as_ or self.editor, id=issue, **asked)

    def published(self, **changed: Any) -> str:
        """The id of an article that came out."""
        article, issue = self.reviewed(**changed), self.open()
        self.place(issue, article)
        assert self.publish(issue).status == 200
        return article

    # --- what stands in the database ------------------------------------------------------------------------

    def told(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        """The events about ``subject`` in the outbox, in order: type and body."""
        rows = self.association.rows(
            "publishing", f"SELECT type, body FROM chassis.outbox WHERE subject = '{subject}' ORDER BY position"
        )
        return [(row["type"], json.loads(row["body"])) for row in rows]

    def count(self, table: str) -> int:
        (row,) = self.association.rows("publishing", f"SELECT count(*) AS rows FROM {table}")
        return int(row["rows"])


@pytest.fixture
def newsroom(association: Association) -> Newsroom:
    """A newsroom of its own, on the first of February 2021."""
    association.set_clock("2021-02-01T09:00:00+08:00")
    return Newsroom(association)
