"""Surveys through the bus: planned, opened, answered, closed (M8, X4, X6, X7, X8, X10, X11)."""

import copy
import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Association, eventually
from tests.services.membership.survey_desk import BEST, DAY, PERIOD, SECTIONS, Desk, Held, refusal

PHONE = "13903510001"


@pytest.fixture
def desk(association: Association) -> Desk:
    return Desk(association)


def responses(desk: Desk, held: Held) -> list[dict[str, Any]]:
    return desk.rows(f"SELECT * FROM survey_responses WHERE survey_id = '{held.id}'")


def told(desk: Desk, held: Held) -> list[tuple[str, dict[str, Any]]]:
    query = f"SELECT type, body FROM chassis.outbox WHERE subject = 'survey/{held.id}' ORDER BY position"
    return [(row["type"], json.loads(row["body"])) for row in desk.rows(query)]


# --- plan and questionnaire --------------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
def test_a_survey_is_planned_changed_and_found(desk: Desk) -> None:
    survey = desk.plan(3)
    assert (survey["state"], survey["terms"], len(survey["operators"])) == ("planned", None, 3)
    turned = survey["operators"][::-1][:2]
    changed = desk.do("change_survey", id=survey["id"], if_match="*", planned_sample=800, operators=turned)
    assert (changed["planned_sample"], changed["operators"], changed["title"]) == (800, turned, survey["title"])
    assert desk.do("get_survey", id=survey["id"])["operators"] == turned
    listed = desk.do("list_surveys", state="planned", limit=200)["items"]
    assert survey["id"] in {each["id"] for each in listed}


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"ends_on": "2021-04-30"}, 409, "survey-period"),
        ({"operators": []}, 422, "invalid"),
        ({"operators": [str(uuid.uuid4())]}, 404, "not-found"),
        ({"planned_sample": 0}, 422, "invalid"),
        ({"planned_sample": "1.5"}, 422, "invalid"),
        ({"title": ""}, 422, "invalid"),
        ({"starts_on": "2021-02-30"}, 422, "invalid"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(desk: Desk, changed: dict[str, Any], status: int, code: str) -> None:
    given = {"title": "调查", "purpose": "了解", "target_group": "用户", "planned_sample": 5, **PERIOD}
    given = {**given, "operators": [desk.unit("运营商")], **changed}
    answer = desk.call("plan_survey", desk.clerk, **given)
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)


@pytest.mark.rule(id="M8")
def test_an_operator_twice_or_one_that_has_left_is_refused(desk: Desk, association: Association) -> None:
    unit = desk.unit("运营商")
    given = {"title": "调查", "purpose": "了解", "target_group": "用户", "planned_sample": 5, **PERIOD}
    twice = desk.call("plan_survey", desk.clerk, operators=[unit, unit], **given)
    assert refusal(twice) == (409, "M8", "survey-operator-twice")
    with association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '{DAY}' WHERE id = '{unit}'")
    left = desk.call("plan_survey", desk.clerk, operators=[unit], **given)
    assert refusal(left) == (409, "M1", "unit-left")


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X4")
def test_a_questionnaire_has_versions_and_is_frozen_when_the_survey_opens(desk: Desk) -> None:
    held = desk.planned()
    sections = copy.deepcopy(SECTIONS)
    sections[0]["title"] = "通信质量"
    second = desk.do("write_questionnaire", id=held.id, sections=sections)
    assert (second["number"], second["frozen_at"]) == (2, None)
    opened = desk.do("open_survey", id=held.id)
    assert (opened["state"], opened["terms"]) == ("open", "survey-2021-03-01")
    latest, first = desk.do("list_questionnaires", id=held.id)["items"]
    assert (latest["number"], latest["frozen_at"], first["frozen_at"]) == (2, opened["opened_at"], None)
    assert latest["sections"][0]["title"] == "通信质量"
    assert latest["sections"][0]["questions"][0]["weight"] == "70.50"
    for operation, given in (
        ("write_questionnaire", {"sections": SECTIONS}),
        ("change_survey", {"if_match": "*", "title": "另一个"}),
    ):
        assert refusal(desk.call(operation, desk.clerk, id=held.id, **given)) == (409, "M8", "survey-frozen")
    assert len(desk.do("list_questionnaires", id=held.id)["items"]) == 2


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("weight", "status", "field"),
    [
        ("59.99", 409, "sections"),
        ("60.001", 409, "sections.0.weight"),
        ("1e1", 422, "sections.0.weight"),
        ("NaN", 422, "sections.0.weight"),
        ("六十", 422, "sections.0.weight"),
        (True, 422, "sections.0.weight"),
    ],
)
def test_weights_that_do_not_total_a_hundred_exactly_are_refused(
    desk: Desk, weight: Any, status: int, field: str
) -> None:
    survey = desk.plan()
    sections = [{**SECTIONS[0], "weight": weight}, SECTIONS[1]]
    answer = desk.call("write_questionnaire", desk.clerk, id=survey["id"], sections=sections)
    assert answer.problem is not None
    assert (answer.status, list(answer.problem["errors"])) == (status, [field])
    assert desk.do("list_questionnaires", id=survey["id"])["items"] == []


@pytest.mark.rule(id="M8")
def test_a_survey_opens_in_its_period_with_a_questionnaire_once(desk: Desk) -> None:
    survey = desk.plan()
    bare = desk.call("open_survey", desk.clerk, id=survey["id"])
    assert refusal(bare) == (409, "M8", "survey-no-questionnaire")
    held = desk.planned()
    desk.on("2021-06-01")
    assert refusal(desk.call("open_survey", desk.clerk, id=held.id)) == (409, "M8", "survey-outside-period")
    desk.on(DAY)
    desk.do("open_survey", id=held.id)
    assert refusal(desk.call("open_survey", desk.clerk, id=held.id)) == (409, "M8", "survey-opened-before")


@pytest.mark.rule(id="X4")
def test_no_survey_opens_before_there_are_terms(desk: Desk) -> None:
    survey = desk.plan(starts_on="2021-01-01")
    desk.do("write_questionnaire", id=survey["id"], sections=SECTIONS)
    desk.on("2021-02-01")
    assert refusal(desk.call("open_survey", desk.clerk, id=survey["id"])) == (409, "X4", "no-terms")


# --- answers from outside ----------------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
def test_somebody_with_an_invitation_sees_the_form_and_answers_once(desk: Desk) -> None:
    held = desk.open()
    first, second = desk.invite(held, 2)
    assert first != second
    form = desk.call("get_survey_form", None, token=first)
    assert (form["title"], form["ends_on"]) == ("2021年度电信服务用户满意度调查", "2021-05-31")
    assert [each["operator_id"] for each in form["operators"]] == held.operators
    assert [each["id"] for section in form["sections"] for each in section["questions"]] == held.questions
    answered = desk.answer(held, first, 1, (4, 8, 2, 0, "信号再好一点"))
    assert (answered.status, answered.body) == (201, {"received_on": DAY})
    for again in (desk.answer(held, first), desk.call("get_survey_form", None, token=first)):
        assert refusal(again) == (409, "M8", "survey-invitation-used")
    assert len(responses(desk, held)) == 1
    assert desk.answer(held, second).status == 201


@pytest.mark.rule(id="M8")
def test_one_invitation_used_by_many_at_once_is_one_response(desk: Desk) -> None:
    held = desk.open()
    (token,) = desk.invite(held)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: desk.answer(held, token), range(6)))
    assert sorted(answer.status for answer in answers) == [201, *[409] * 5]
    assert len(responses(desk, held)) == 1


@pytest.mark.rule(id="X6")
def test_answering_twice_under_one_key_counts_once(desk: Desk) -> None:
    held = desk.open()
    (token,) = desk.invite(held)
    key = str(new_id())
    first, again = (desk.answer(held, token, key=key) for _ in range(2))
    assert first.status == 201
    assert again.problem is not None
    assert (again.status, again.problem["code"]) == (409, "answer-not-kept")
    assert len(responses(desk, held)) == 1


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize("token", ["", "x", "Aa-0" * 5, "'; DROP TABLE surveys; --"])
def test_an_invitation_nobody_gave_opens_nothing(desk: Desk, token: str) -> None:
    held = desk.open()
    for answer in (desk.answer(held, token), desk.call("get_survey_form", None, token=token)):
        assert refusal(answer) == (409, "M8", "survey-invitation")


@pytest.mark.rule(id="M8")
def test_of_a_token_only_the_hash_is_kept_and_no_response_names_its_invitation(desk: Desk) -> None:
    held = desk.open()
    (token,) = desk.invite(held)
    assert desk.answer(held, token, phone=PHONE, phone_consent=True).status == 201
    (invitation,) = desk.rows(
        "SELECT i.* FROM survey_invitations i JOIN survey_invitation_batches b ON b.id = i.batch_id"
        f" WHERE b.survey_id = '{held.id}'"
    )
    assert invitation["used"] is True
    assert everywhere(desk, token) == []
    (response,) = responses(desk, held)
    # The row of the command holds that the invitation is used, and nothing by which to find its response.
    assert everywhere(desk, str(response["id"])) == [
        "public.survey_answers",
        "public.survey_contacts",
        "public.survey_responses",
    ]
    assert "chassis.audit" in everywhere(desk, str(invitation["id"]))


def everywhere(desk: Desk, text: str) -> list[str]:
    """The tables of membership's database in which a row holds ``text`` anywhere."""
    tables = desk.rows(
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
        " WHERE table_schema IN ('public', 'chassis') ORDER BY 1"
    )
    names = [row["name"] for row in tables]
    # The driver reads a percent sign as its own.
    return [name for name in names if desk.rows(f"SELECT 1 FROM {name} t WHERE strpos(t::text, '{text}') > 0")]


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ((6, None, None, None, None), 409, "survey-answer"),
        ((0, None, None, None, None), 409, "survey-answer"),
        ((None, 11, None, None, None), 409, "survey-answer"),
        ((None, None, 4, None, None), 409, "survey-answer"),
        ((None, None, None, 2, None), 409, "survey-answer"),
        (("五", None, None, None, None), 409, "survey-answer"),
        ((None, None, None, None, 3), 409, "survey-answer"),
        ((None, None, None, None, "字" * 1001), 422, "invalid"),
        ((2.5, None, None, None, None), 422, "invalid"),
        ((True, None, None, None, None), 422, "invalid"),
        ((None,) * 5, 409, "survey-no-answers"),
    ],
)
def test_an_answer_off_its_scale_is_refused_and_the_invitation_stays_good(
    desk: Desk, values: Any, status: int, code: str
) -> None:
    held = desk.open()
    (token,) = desk.invite(held)
    answer = desk.answer(held, token, values=values)
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert responses(desk, held) == []
    assert desk.answer(held, token).status == 201


@pytest.mark.rule(id="M8")
def test_a_question_or_an_operator_of_another_survey_is_refused(desk: Desk) -> None:
    held, other = desk.open(), desk.open()
    (token,) = desk.invite(held)
    foreign = Held(held.id, held.operators, [*held.questions[:4], other.questions[4]])
    answer = desk.answer(foreign, token, values=(5, 5, 1, 1, "好"))
    assert refusal(answer) == (409, "M8", "survey-question")
    assert list((answer.problem or {})["errors"]) == ["answers.4.question_id"]
    elsewhere = Held(held.id, other.operators, held.questions)
    assert refusal(desk.answer(elsewhere, token)) == (409, "M8", "survey-operator")
    assert responses(desk, held) == []


@pytest.mark.rule(id="M8")
def test_answers_come_in_from_the_opening_through_the_last_day_or_the_close(desk: Desk) -> None:
    held = desk.planned()
    early = desk.call("invite_to_survey", desk.clerk, id=held.id, channel="online", invited=1)
    assert refusal(early) == (409, "M8", "survey-not-open")
    assert refusal(desk.enter(held)) == (409, "M8", "survey-not-open")
    desk.do("open_survey", id=held.id)
    one, two, three = desk.invite(held, 3)
    desk.on("2021-05-31")
    assert desk.answer(held, one).status == 201
    desk.on("2021-06-01")
    assert refusal(desk.answer(held, two)) == (409, "M8", "survey-over")
    desk.on("2021-05-31")
    desk.do("close_survey", id=held.id)
    for answer in (desk.answer(held, three), desk.call("get_survey_form", None, token=three), desk.enter(held)):
        assert refusal(answer) == (409, "M8", "survey-closed")
    assert refusal(desk.call("close_survey", desk.clerk, id=held.id)) == (409, "M8", "survey-closed")
    assert len(responses(desk, held)) == 1


# --- answers that a clerk enters ---------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
def test_a_clerk_enters_what_came_on_paper_but_no_more_than_were_asked(desk: Desk) -> None:
    held = desk.open(asked=2)
    entered = desk.enter(held, values=(3, 8, None, None, None))
    assert (entered["state"], entered["channel"]) == ("valid", "paper")
    thin = desk.enter(held, values=(None, None, 1, None, "好"))
    assert thin["state"] == "incomplete"
    assert refusal(desk.enter(held)) == (409, "M8", "survey-more-than-invited")
    assert refusal(desk.enter(held, channel="telephone")) == (409, "M8", "survey-more-than-invited")
    online = desk.enter(held, channel="online")
    assert (online.status, (online.problem or {})["code"]) == (422, "invalid")


@pytest.mark.rule(id="M8")
def test_two_clerks_at_once_do_not_enter_more_than_were_asked(desk: Desk) -> None:
    held = desk.open(asked=3)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: desk.enter(held), range(6)))
    assert sorted(answer.status for answer in answers) == [*[201] * 3, *[409] * 3]
    assert len(responses(desk, held)) == 3


@pytest.mark.rule(id="X7")
def test_a_response_entered_twice_is_voided_for_a_reason_and_makes_room(desk: Desk) -> None:
    held = desk.open(asked=1)
    entered = desk.enter(held, phone=PHONE, phone_consent=True)
    blank = desk.call("void_survey_response", desk.clerk, id=entered["id"], reason=" ")
    assert refusal(blank) == (409, "X7", "survey-void-reason")
    voided = desk.do("void_survey_response", id=entered["id"], reason="重复录入")
    assert (voided["state"], voided["void_reason"]) == ("void", "重复录入")
    assert desk.call("get_survey_contact", desk.clerk, id=entered["id"]).status == 404
    again = desk.call("void_survey_response", desk.clerk, id=entered["id"], reason="重复录入")
    assert refusal(again) == (409, "X7", "survey-response-void")
    assert desk.enter(held).status == 201
    desk.do("close_survey", id=held.id)
    late = desk.call("void_survey_response", desk.clerk, id=str(responses(desk, held)[1]["id"]), reason="有误")
    assert refusal(late)[:2] in ((409, "M8"), (409, "X7"))


@pytest.mark.rule(id="X8")
def test_whoever_represents_an_operator_enters_and_voids_nothing(desk: Desk, association: Association) -> None:
    held = desk.open()
    entered = desk.enter(held)
    biased = association.person("clerk", "representative", unit=held.operators[1])
    for answer in (
        desk.enter(held, as_=biased),
        desk.send(held, desk.csv([(0, BEST)]), as_=biased),
        desk.call("void_survey_response", biased, id=entered["id"], reason="分太低"),
    ):
        assert refusal(answer) == (409, "X8", "own-unit-survey")
    assert [row["state"] for row in responses(desk, held)] == ["valid"]


# --- sheets ------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_is_taken_by_a_job(desk: Desk, kind: str) -> None:
    held = desk.open()
    rows = [(0, (5, 10, "网上营业厅", "是", "很好")), (1, (1, None, 3, "否", None)), (1, (2, 1, 1, 0, None))]
    job = desk.upload(held, getattr(desk, kind)(rows))
    assert (job["state"], job["result"]) == ("done", {"imported": 3})
    assert [row["state"] for row in responses(desk, held)] == ["valid"] * 3
    kept = desk.rows(
        "SELECT a.value, a.text FROM survey_answers a JOIN survey_responses r ON r.id = a.response_id"
        f" WHERE r.survey_id = '{held.id}' AND r.operator_id = '{held.operators[0]}'"
    )
    assert sorted((row["value"], row["text"]) for row in kept if row["text"] is None) == [
        (1, None),
        (2, None),
        (5, None),
        (10, None),
    ]
    assert [row["text"] for row in kept if row["text"]] == ["很好"]


@pytest.mark.rule(id="X6")
def test_a_sheet_with_a_mistake_is_refused_whole_and_names_the_cells_without_quoting_them(desk: Desk) -> None:
    held = desk.open()
    rows: list[tuple[int, Any]] = [
        (0, BEST),
        (7, BEST),
        (0, (6, 10, 1, 1, None)),
        (0, (5, "张三的手机", 1, 1, None)),
        (1, (None,) * 5),
    ]
    job = desk.upload(held, desk.csv(rows))
    problem = job["problem"]["zh"]
    assert (job["state"], problem["code"]) == ("failed", "rows")
    assert set(problem["errors"]) == {
        "rows.3.operator",
        f"rows.4.{held.questions[0]}",
        f"rows.5.{held.questions[1]}",
        "rows.6",
    }
    assert "张三" not in json.dumps(job, ensure_ascii=False)
    assert responses(desk, held) == []


@pytest.mark.rule(id="M8")
def test_a_sheet_with_more_rows_than_were_asked_or_after_the_close_is_refused(desk: Desk) -> None:
    held = desk.open(asked=2)
    job = desk.upload(held, desk.csv([(0, BEST)] * 3))
    assert (job["state"], job["problem"]["zh"]["code"]) == ("failed", "survey-more-than-invited")
    assert responses(desk, held) == []
    desk.do("close_survey", id=held.id)
    assert refusal(desk.send(held, desk.csv([(0, BEST)]))) == (409, "M8", "survey-closed")


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04", "列,行\r\n1,2".encode()])
def test_what_is_no_sheet_of_responses_is_a_clear_error(desk: Desk, content: bytes) -> None:
    held = desk.open()
    answer = desk.send(held, content)
    assert answer.problem is not None
    assert answer.status in (400, 422)


def test_the_blank_sheet_can_be_filled_in_and_sent_back(desk: Desk) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    held = desk.open()
    blank = desk.call("get_response_sheet", desk.typist, id=held.id)
    workbook = load_workbook(BytesIO(blank.content))
    assert workbook.sheetnames == ["答卷", "企业", "题目"]
    sheet = workbook["答卷"]
    assert [cell.value for cell in sheet[1]] == ["企业序号", "题1.1", "题1.2", "题1.3", "题2.1", "题2.2"]
    assert [row[1].value for row in workbook["企业"].iter_rows(min_row=2)] == ["运营商甲", "运营商乙"]
    assert "2 网上营业厅" in str(workbook["题目"]["B4"].value)
    sheet.append([2, 4, 8, "客服热线", "是", None])
    saved = BytesIO()
    workbook.save(saved)
    assert desk.upload(held, saved.getvalue())["result"] == {"imported": 1}


# --- telephone numbers -------------------------------------------------------------------------------------


@pytest.mark.rule(id="X10")
@pytest.mark.parametrize(
    ("phone", "consent", "rule", "code"),
    [(PHONE, False, "X10", "consent-needed"), ("139", True, "M8", "survey-phone")],
)
def test_a_number_without_consent_or_that_is_none_is_refused(
    desk: Desk, phone: str, consent: bool, rule: str, code: str
) -> None:
    held = desk.open()
    (token,) = desk.invite(held)
    for answer in (
        desk.answer(held, token, phone=phone, phone_consent=consent),
        desk.enter(held, phone=phone, phone_consent=consent),
    ):
        assert refusal(answer) == (409, rule, code)
    assert responses(desk, held) == []


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X11")
def test_numbers_are_sealed_while_the_survey_runs_and_gone_with_its_close(desk: Desk) -> None:
    held = desk.open()
    (token,) = desk.invite(held)
    online, paper = "13903510002", "0351-5600003"
    assert desk.answer(held, token, phone=online, phone_consent=True).status == 201
    entered = desk.enter(held, phone=paper, phone_consent=True)
    kept = f"SELECT c.id, c.phone FROM survey_contacts c WHERE c.survey_id = '{held.id}'"
    sealed = desk.rows(kept)
    assert [row["phone"] is not None for row in sealed] == [True, True]
    for number in (online, paper):
        assert everywhere(desk, number) == [], "sealed, and in no answer kept, event or audit row"
        assert everywhere(desk, number.encode().hex()) == []
    consents = [
        row["terms"]
        for each in sealed
        for row in desk.rows(f"SELECT terms FROM chassis.consents WHERE subject_id = '{each['id']}'")
    ]
    assert consents == ["respondent-phone-2017"] * 2
    assert desk.do("get_survey_contact", id=entered["id"]) == {"response_id": entered["id"], "phone": paper}
    assert desk.do("get_survey", id=held.id)["state"] == "open"
    desk.do("close_survey", id=held.id)
    assert [row["phone"] for row in desk.rows(kept)] == [None, None]
    for row in sealed:
        assert everywhere(desk, bytes(row["phone"]).hex()) == [], "not even the seal is left"
    gone = desk.call("get_survey_contact", desk.clerk, id=entered["id"])
    assert gone.status == 404


@pytest.mark.rule(id="X12")
def test_whoever_looks_at_a_number_is_on_record(desk: Desk) -> None:
    held = desk.open()
    entered = desk.enter(held, phone=PHONE, phone_consent=True)
    desk.do("get_survey_contact", id=entered["id"])
    seen = desk.rows(
        "SELECT principal FROM chassis.audit WHERE operation = 'get_survey_contact'"
        f" AND target LIKE '%%{entered['id']}%%'"
    )
    assert [row["principal"] for row in seen] == [f"account:{desk.clerk.account}"]


# --- events ------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X11")
def test_opening_and_closing_are_told_once_with_figures_only(desk: Desk) -> None:
    held = desk.open(asked=20)
    for _ in range(5):
        desk.enter(held)
    key = str(new_id())
    first, again = (desk.call("close_survey", desk.clerk, id=held.id, key=key) for _ in range(2))
    assert first.body == again.body
    (opened, said), (closed, figures) = told(desk, held)
    assert (opened, closed) == ("survey.opened.v1", "survey.closed.v1")
    assert (said["terms"], said["planned_sample"]) == ("survey-2021-03-01", 500)
    assert {name: figures[name] for name in ("survey_id", "invited", "valid")} == {
        "survey_id": held.id,
        "invited": 20,
        "valid": 5,
    }
    sent = f"SELECT 1 FROM chassis.outbox WHERE subject = 'survey/{held.id}' AND sent_at IS NULL"
    eventually(lambda: desk.rows(sent) == [])


@pytest.mark.rule(id="M8")
def test_fewer_than_five_are_not_told_either(desk: Desk) -> None:
    held = desk.open()
    for _ in range(4):
        desk.enter(held)
    desk.do("close_survey", id=held.id)
    assert told(desk, held)[-1][1]["valid"] is None


# --- who may -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "inspector", "representative", "cashier"])
def test_only_clerks_plan_and_run_surveys(desk: Desk, association: Association, role: str) -> None:
    somebody = association.person(role, unit=str(new_id()))
    id = str(uuid.uuid4())
    for operation, given in (
        ("open_survey", {"id": id}),
        ("close_survey", {"id": id}),
        ("invite_to_survey", {"id": id, "channel": "online", "invited": 1}),
        ("get_survey_contact", {"id": id}),
        ("write_questionnaire", {"id": id, "sections": SECTIONS}),
    ):
        assert desk.call(operation, somebody, **given).status == 403


def test_invitations_are_shown_once_and_bounded(desk: Desk) -> None:
    held = desk.open()
    tokens = desk.invite(held, 5000)
    assert len(set(tokens)) == 5000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)
    too_many = desk.call("invite_to_survey", desk.clerk, id=held.id, channel="online", invited=5001)
    assert (too_many.status, (too_many.problem or {})["code"]) == (422, "invalid")
