"""A secretariat that holds surveys, for tests: who does what, and a survey brought as far as a test wants it."""

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually

DAY = "2021-05-10"
PERIOD = {"starts_on": "2021-05-01", "ends_on": "2021-05-31"}
SECTIONS = [
    {
        "title": "网络质量",
        "weight": "60",
        "questions": [
            {"text": "您对通话质量满意吗？", "kind": "scale_5", "weight": "70.50"},
            {"text": "您对上网速度满意吗？", "kind": "scale_10", "weight": "29.50"},
            {"text": "您常用的办理渠道是？", "kind": "choice", "options": ["营业厅", "网上营业厅", "客服热线"]},
        ],
    },
    {
        "title": "服务",
        "weight": "40",
        "questions": [
            {"text": "客服解决了您的问题吗？", "kind": "yes_no", "weight": "100"},
            {"text": "您有什么建议？", "kind": "text"},
        ],
    },
]
BEST = (5, 10, 1, 1, None)
"""The best answer to each question in order; None leaves it out."""


@dataclass
class Held:
    """A survey: its id, operators and questions in order."""

    id: str
    operators: list[str]
    questions: list[str] = field(default_factory=list)

    def answers(self, values: Sequence[int | str | None] = BEST) -> list[dict[str, Any]]:
        """Answers to the questions in order."""
        return [
            {"question_id": question, ("text" if isinstance(value, str) else "value"): value}
            for question, value in zip(self.questions, values, strict=True)
            if value is not None
        ]


class Desk:
    """Clerks, an officer who audits, and people from outside."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk, self.typist = association.person("clerk"), association.person("clerk")
        self.officer = association.person("officer")
        self.on(DAY)

    def on(self, day: str) -> None:
        self.association.set_clock(f"{day}T10:00:00+08:00")

    def call(self, operation: str, as_: Person | None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_, **given)

    def do(self, operation: str, as_: Person | None = None, **given: Any) -> Any:
        """What a clerk, or somebody else, is answered; it must go well."""
        answer = self.call(operation, as_ or self.clerk, **given)
        assert answer.problem is None, answer.problem
        return answer.body

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.association.rows("membership", sql)

    def unit(self, name: str) -> str:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": f"{name}有限公司山西分公司", "short_name": name, "tier": "director"}
        unit: str = self.do("admit_unit", credit_code=first17 + check_character(first17), **given)["id"]
        return unit

    # --- a survey, as far as a test wants it ---------------------------------------------------------------

    def plan(self, operators: int = 2, **changed: Any) -> dict[str, Any]:
        named = [self.unit(f"运营商{'甲乙丙丁戊己'[place]}") for place in range(operators)]
        given = {
            "title": "2021年度电信服务用户满意度调查",
            "purpose": "了解用户对通话、上网与服务的评价，促进服务质量提升",
            "target_group": "全省公众电信用户",
            "planned_sample": 500,
            "operators": named,
            **PERIOD,
            **changed,
        }
        planned: dict[str, Any] = self.do("plan_survey", **given)
        return planned

    def planned(self, operators: int = 2, sections: Sequence[Mapping[str, Any]] = SECTIONS) -> Held:
        survey = self.plan(operators)
        held = Held(survey["id"], survey["operators"])
        written = self.do("write_questionnaire", id=held.id, sections=sections)
        held.questions = [question["id"] for section in written["sections"] for question in section["questions"]]
        return held

    def open(self, operators: int = 2, asked: int = 100) -> Held:
        """A survey that is open, with so many asked on paper."""
        held = self.planned(operators)
        self.do("open_survey", id=held.id)
        if asked:
            self.do("invite_to_survey", id=held.id, channel="paper", invited=asked)
        return held

    def invite(self, held: Held, invited: int = 1) -> list[str]:
        tokens: list[str] = self.do("invite_to_survey", id=held.id, channel="online", invited=invited)["tokens"]
        return tokens

    def answer(self, held: Held, token: str, operator: int = 0, values: Any = BEST, **given: Any) -> Answer:
        """What somebody from outside is answered."""
        operator_id = held.operators[operator]
        answers = held.answers(values)
        return self.call("answer_survey", None, token=token, operator_id=operator_id, answers=answers, **given)

    def enter(self, held: Held, operator: int = 0, values: Any = BEST, **given: Any) -> Answer:
        given = {"channel": "paper", "operator_id": held.operators[operator], "answers": held.answers(values), **given}
        return self.call("enter_survey_response", given.pop("as_", self.typist), id=held.id, **given)

    def closed(self, *responses: tuple[int, int, Any], operators: int = 2) -> Held:
        """A survey closed with these responses: how many, about which operator, what they answered."""
        held = self.open(operators)
        lines = [(operator, values) for times, operator, values in responses for _ in range(times)]
        if lines:
            assert self.upload(held, self.csv(lines))["state"] == "done"
        self.do("close_survey", id=held.id)
        return held

    def draft(self, held: Held, **given: Any) -> dict[str, Any]:
        drafted: dict[str, Any] = self.do("draft_survey_report", id=held.id, **{"summary": "总体满意。", **given})
        return drafted

    def audited(self, held: Held, **given: Any) -> str:
        report: str = self.draft(held, **given)["id"]
        self.do("audit_survey_report", self.officer, id=report, passed=True)
        return report

    def published(self, held: Held, **given: Any) -> str:
        report = self.audited(held, **given)
        self.do("publish_survey_report", self.officer, id=report)
        return report

    # --- sheets --------------------------------------------------------------------------------------------

    @staticmethod
    def lines(rows: Iterable[tuple[int, Any]]) -> list[list[Any]]:
        head = ["企业序号", "题1.1", "题1.2", "题1.3", "题2.1", "题2.2"]
        return [head, *([operator + 1, *values] for operator, values in rows)]

    @classmethod
    def csv(cls, rows: Iterable[tuple[int, Any]]) -> bytes:
        lines = [",".join("" if cell is None else str(cell) for cell in line) for line in cls.lines(rows)]
        return "\r\n".join(lines).encode("utf-8-sig")

    @classmethod
    def xlsx(cls, rows: Iterable[tuple[int, Any]]) -> bytes:
        workbook, saved = Workbook(), io.BytesIO()
        sheet = workbook.active
        assert sheet is not None
        for line in cls.lines(rows):
            sheet.append(line)
        workbook.save(saved)
        return saved.getvalue()

    def send(self, held: Held, content: bytes, **given: Any) -> Answer:
        sheet = {"filename": "答卷", "content": base64.b64encode(content).decode()}
        given = {"channel": "paper", **given}
        return self.call("import_survey_responses", given.pop("as_", self.typist), id=held.id, sheet=sheet, **given)

    def upload(self, held: Held, content: bytes, **given: Any) -> dict[str, Any]:
        """The job that took a sheet, once it has ended."""
        started = self.send(held, content, **given)
        assert started.status == 202, started.problem

        def ended() -> Any:
            job = self.do("get_job", self.typist, id=started["id"])
            return job["state"] in ("done", "failed") and job

        done: dict[str, Any] = eventually(ended, within=60)
        return done


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]
