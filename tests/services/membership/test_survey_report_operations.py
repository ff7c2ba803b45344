"""Results and reports of surveys through the bus: counted, audited by others, published, reported (M8, X4, X7, X8)."""

import io
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import make_url

from services.membership.surveys.books import CHECKS
from shared.books.counting import findings_in
from shared.plugins import plugins
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Association, Person
from shared.testing.spoiling import Spoiler, spoiling
from tests.services.membership.survey_desk import BEST, DAY, SECTIONS, Desk, Held, refusal

WORST = (1, 1, 3, 0, "慢")
OURS = {check.__name__.replace("_", " "): check.__name__ for check in CHECKS}


@pytest.fixture
def desk(association: Association) -> Desk:
    return Desk(association)


@pytest.fixture
def member(association: Association) -> Person:
    return association.person("representative", unit=str(new_id()))


def reports(desk: Desk, held: Held) -> list[dict[str, Any]]:
    return desk.rows(f"SELECT * FROM survey_reports WHERE survey_id = '{held.id}' ORDER BY number")


# --- results -----------------------------------------------------------------------------------------------


def test_results_are_counted_by_operator_section_and_question(desk: Desk) -> None:
    held = desk.closed((6, 0, BEST), (2, 1, (3, 4, 2, 1, None)), (3, 1, WORST))
    found = desk.do("get_survey_results", id=held.id)
    assert (found["invited"], found["valid"], found["rate"]) == (100, 11, "11.00")
    first, second = found["operators"]
    assert (first["valid"], first["index"], second["valid"]) == (6, "100.00", 5)
    # 运营商乙: 通话 9/5 → 20, 上网 11/5 → 13.33…, 服务 2/5 → 40.
    quality, service = found["sections"]
    assert [question["operators"][1] for question in quality["questions"][:2]] == [
        {"answered": 5, "total": 9, "score": "20.00"},
        {"answered": 5, "total": 11, "score": "13.33"},
    ]
    assert quality["operators"] == ["100.00", "18.03"]
    assert service["operators"] == ["100.00", "40.00"]
    assert second["index"] == "26.82"
    # Options: six, two and three; the small two go together, and are five.
    options = quality["questions"][2]["options"]
    assert [(option["answered"], option["share"]) for option in options] == [(6, "54.55"), (None, None), (None, None)]
    assert service["questions"][1]["all"] is None, "three wrote something"


def test_a_small_operator_is_not_shown_and_not_to_be_had_by_subtraction(desk: Desk) -> None:
    held = desk.closed((12, 0, BEST), (7, 1, WORST), (4, 2, WORST), operators=3)
    found = desk.do("get_survey_results", id=held.id)
    assert [operator["valid"] for operator in found["operators"]] == [12, None, None]
    assert found["valid"] == 23
    for section in found["sections"]:
        assert section["operators"][1:] == [None, None]


def test_fewer_than_five_in_all_show_nothing(desk: Desk) -> None:
    held = desk.closed((2, 0, BEST), (2, 1, WORST))
    found = desk.do("get_survey_results", id=held.id)
    assert [found["valid"], found["rate"], found["index"]] == [None] * 3
    assert all(cell is None for section in found["sections"] for each in section["questions"] for cell in [each["all"]])


def test_void_and_incomplete_responses_do_not_count(desk: Desk) -> None:
    held = desk.open()
    for _ in range(6):
        wrong = desk.enter(held)
    desk.enter(held, values=(None, None, 1, None, "好"))
    desk.do("void_survey_response", id=wrong["id"], reason="重复录入")
    desk.do("close_survey", id=held.id)
    assert desk.do("get_survey_results", id=held.id)["operators"][0]["valid"] is None
    assert desk.do("get_survey_results", id=held.id)["valid"] == 5


def test_there_are_no_results_before_the_close(desk: Desk) -> None:
    held = desk.open()
    assert refusal(desk.call("get_survey_results", desk.clerk, id=held.id)) == (409, "M8", "survey-not-closed")
    assert refusal(desk.call("draft_survey_report", desk.clerk, id=held.id, summary="好")) == (
        409,
        "M8",
        "survey-not-closed",
    )


def test_ten_thousand_responses_are_taken_in_and_counted(desk: Desk) -> None:
    held = desk.planned()
    desk.do("open_survey", id=held.id)
    for _ in range(2):
        desk.do("invite_to_survey", id=held.id, channel="telephone", invited=5000)
    rows = [(number % 2, (1 + number % 5, 1 + number % 10, 1, number % 2, None)) for number in range(10_000)]
    job = desk.upload(held, desk.csv(rows), channel="telephone")
    assert (job["state"], job["result"]) == ("done", {"imported": 10_000})
    desk.do("close_survey", id=held.id)
    found = desk.do("get_survey_results", id=held.id)
    assert (found["valid"], found["rate"]) == (10_000, "100.00")
    assert found["sections"][0]["questions"][0]["all"] == {"answered": 10_000, "total": 30_000, "score": "50.00"}
    assert [operator["valid"] for operator in found["operators"]] == [5000, 5000]


# --- the report --------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X4")
def test_a_report_goes_from_draft_to_members_and_authority(desk: Desk, member: Person) -> None:
    held = desk.closed((6, 0, BEST), (6, 1, WORST))
    drafted = desk.draft(held)
    assert (drafted["state"], drafted["number"]) == ("draft", 1)
    assert drafted["figures"] == desk.do("get_survey_results", id=held.id)
    assert drafted["figures"]["formula"] == "weighted-means-1"
    report = drafted["id"]
    changed = desk.do("change_survey_report", id=report, if_match="*", summary="通话满意，上网有待改善。")
    assert changed["summary"] == "通话满意，上网有待改善。"
    audited = desk.do("audit_survey_report", desk.officer, id=report, passed=True, note="数字无误")
    assert (audited["state"], audited["audit_note"]) == ("audited", "数字无误")
    assert desk.call("get_published_report", member, id=report).status == 404
    published = desk.do("publish_survey_report", desk.officer, id=report)
    assert (published["state"], published["published_on"]) == ("published", DAY)
    for audience in ("members", "authority"):
        told = desk.do("record_report_delivery", id=report, audience=audience, means="书面")
    assert [(each["audience"], each["on"]) for each in told["deliveries"]] == [("members", DAY), ("authority", DAY)]
    read = desk.do("get_published_report", member, id=report)
    assert (read["figures"]["index"], read["number"]) == ("50.00", 1)
    assert report in {each["id"] for each in desk.do("list_published_reports", member, limit=200)["items"]}


def test_a_report_nobody_audited_is_not_published_nor_reported(desk: Desk, member: Person) -> None:
    held = desk.closed((6, 0, BEST))
    report = desk.draft(held)["id"]
    answer = desk.call("publish_survey_report", desk.officer, id=report)
    assert refusal(answer) == (409, "M8", "report-unaudited")
    early = desk.call("record_report_delivery", desk.clerk, id=report, audience="members", means="书面")
    assert refusal(early) == (409, "M8", "report-unpublished")
    assert desk.do("get_survey_report", id=report)["state"] == "draft"
    for operation in ("get_published_report", "print_published_report"):
        assert desk.call(operation, member, id=report).status == 404


@pytest.mark.rule(id="X8")
def test_planner_author_and_whoever_represents_an_operator_do_not_audit(desk: Desk, association: Association) -> None:
    both = association.person("clerk", "officer")
    planner, writer, drafter, changer = (association.person("clerk", "officer") for _ in range(4))
    mine, desk.clerk = desk.clerk, planner
    survey = desk.plan()
    held = Held(survey["id"], survey["operators"])
    desk.do("write_questionnaire", writer, id=held.id, sections=SECTIONS)
    desk.clerk = mine
    desk.do("open_survey", id=held.id)
    desk.do("close_survey", id=held.id)
    report = desk.do("draft_survey_report", drafter, id=held.id, summary="好")["id"]
    desk.do("change_survey_report", changer, id=report, if_match="*", summary="很好")
    biased = association.person("officer", "representative", unit=held.operators[0])
    expected = {planner: "planned-survey", writer: "planned-survey", drafter: "drafted-report"}
    expected |= {changer: "drafted-report", biased: "own-unit-survey"}
    for somebody, code in expected.items():
        answer = desk.call("audit_survey_report", somebody, id=report, passed=True)
        assert refusal(answer) == (409, "X8", code)
    assert desk.do("get_survey_report", id=report)["state"] == "draft"
    assert desk.do("audit_survey_report", both, id=report, passed=True)["state"] == "audited"


@pytest.mark.rule(id="X7")
def test_a_returned_report_is_changed_and_an_audited_one_is_frozen(desk: Desk) -> None:
    held = desk.closed((6, 0, BEST))
    report = desk.draft(held)["id"]
    bare = desk.call("audit_survey_report", desk.officer, id=report, passed=False)
    assert refusal(bare) == (409, "M8", "audit-note")
    returned = desk.do("audit_survey_report", desk.officer, id=report, passed=False, note="结论与数字不符")
    assert returned["state"] == "returned"
    again = desk.call("audit_survey_report", desk.officer, id=report, passed=True)
    assert refusal(again) == (409, "M8", "report-not-draft")
    desk.do("change_survey_report", id=report, if_match="*", summary="改过了")
    desk.do("audit_survey_report", desk.officer, id=report, passed=True)
    late = desk.call("change_survey_report", desk.clerk, id=report, if_match="*", summary="又改")
    assert refusal(late) == (409, "M8", "report-frozen")


@pytest.mark.rule(id="X7")
def test_a_new_version_supersedes_the_published_one_and_is_told(desk: Desk, member: Person) -> None:
    held = desk.closed((6, 0, BEST))
    first = desk.published(held)
    assert refusal(desk.call("draft_survey_report", desk.clerk, id=held.id, summary="新")) == (
        409,
        "X7",
        "report-reason",
    )
    second = desk.draft(held, reason="结论有误")["id"]
    assert refusal(desk.call("draft_survey_report", desk.clerk, id=held.id, summary="三", reason="再")) == (
        409,
        "M8",
        "report-in-draft",
    )
    assert desk.do("get_published_report", member, id=first)["number"] == 1
    desk.do("audit_survey_report", desk.officer, id=second, passed=True)
    key = str(new_id())
    for _ in range(2):
        desk.do("publish_survey_report", desk.officer, id=second, key=key)
    assert [row["state"] for row in reports(desk, held)] == ["superseded", "published"]
    assert desk.call("get_published_report", member, id=first).status == 404
    assert refusal(desk.call("publish_survey_report", desk.officer, id=first)) == (409, "M8", "report-published")
    query = (
        f"SELECT body FROM chassis.outbox WHERE subject = 'survey/{held.id}' AND type = 'survey.report-published.v1'"
    )
    said = [json.loads(row["body"]) for row in desk.rows(query + " ORDER BY position")]
    assert [(each["report_id"], each["number"], each["index"]) for each in said] == [
        (first, 1, "100.00"),
        (second, 2, "100.00"),
    ]


@pytest.mark.rule(id="X7")
def test_an_audited_report_that_was_never_published_can_be_replaced(desk: Desk) -> None:
    held = desk.closed((6, 0, BEST))
    first = desk.audited(held)
    second = desk.audited(held, reason="错别字")
    assert [row["state"] for row in reports(desk, held)] == ["superseded", "audited"]
    assert refusal(desk.call("publish_survey_report", desk.officer, id=first)) == (409, "M8", "report-published")
    desk.do("publish_survey_report", desk.officer, id=second)


def test_it_is_not_reported_on_a_day_to_come_or_before_publication(desk: Desk) -> None:
    report = desk.published(desk.closed((6, 0, BEST)))
    for day in ("2021-05-09", "2021-05-11"):
        given = {"id": report, "audience": "authority", "means": "书面", "on": day}
        assert refusal(desk.call("record_report_delivery", desk.clerk, **given)) == (409, "M8", "delivery-day")
    wrong = desk.call("record_report_delivery", desk.clerk, id=report, audience="press", means="书面")
    assert (wrong.status, (wrong.problem or {})["code"]) == (422, "invalid")


def test_figures_that_are_not_what_responses_say_do_not_pass(desk: Desk, association: Association) -> None:
    held = desk.closed((6, 0, BEST))
    report = desk.draft(held)["id"]
    with association.database("membership").begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE survey_reports SET figures = jsonb_set(figures, '{{index}}', '\"99.00\"') WHERE id = '{report}'"
        )
    answer = desk.call("audit_survey_report", desk.officer, id=report, passed=True)
    assert refusal(answer) == (409, "M8", "report-figures")


def test_a_unit_that_is_called_otherwise_later_stays_in_the_report_as_it_was(desk: Desk) -> None:
    held = desk.closed((6, 0, BEST))
    report = desk.draft(held)["id"]
    desk.do("change_unit", id=held.operators[0], if_match="*", short_name="新名称")
    desk.do("audit_survey_report", desk.officer, id=report, passed=True)
    kept = desk.do("get_survey_report", id=report)["figures"]["operators"][0]["short_name"]
    assert kept == "运营商甲"


# --- on paper ----------------------------------------------------------------------------------------------


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


def test_the_report_on_paper_says_how_it_came_about_and_hides_what_is_small(desk: Desk, member: Person) -> None:
    held = desk.closed((12, 0, BEST), (7, 1, WORST), (4, 2, WORST), operators=3)
    report = desk.draft(held)["id"]
    draft = text_of(desk.call("print_survey_report", desk.clerk, id=report).content)
    assert "未经审核，不得发布" in draft
    desk.do("audit_survey_report", desk.officer, id=report, passed=True)
    desk.do("publish_survey_report", desk.officer, id=report)
    first, again = (desk.call("print_published_report", member, id=report).content for _ in range(2))
    assert first == again
    said = text_of(first)
    for part in (
        "调查目的",
        "全省公众电信用户",
        "有效回收率",
        "23.00%",
        "四舍五入",
        "survey-2021-03-01",
        "运营商丙",
        "审核",
    ):
        assert part in said
    assert "未经审核" not in said
    assert "—" in said


# --- who may -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("clerk", {"audit_survey_report", "publish_survey_report"}),
        ("officer", {"draft_survey_report"}),
        ("representative", {"get_survey_report", "get_survey_results", "audit_survey_report", "draft_survey_report"}),
        ("inspector", {"get_survey_report", "get_published_report", "audit_survey_report"}),
    ],
)
def test_each_role_does_its_part_and_no_other(
    desk: Desk, association: Association, role: str, refused: set[str]
) -> None:
    somebody = association.person(role, unit=str(new_id()))
    given: dict[str, dict[str, Any]] = {
        "audit_survey_report": {"passed": True},
        "draft_survey_report": {"summary": "好"},
    }
    for operation in refused:
        answer = desk.call(operation, somebody, id=str(uuid.uuid4()), **given.get(operation, {}))
        assert answer.status == 403, operation


def test_nobody_reads_a_report_without_signing_in(desk: Desk) -> None:
    assert desk.call("list_published_reports", None).status == 401


# --- the books ---------------------------------------------------------------------------------------------


@contextmanager
def spoiled(postgres: EmbeddedPostgres, association: Association) -> Iterator[Spoiler]:
    url = make_url(association.settings["database_urls"]["membership"])
    with spoiling(postgres.admin_url, str(url.database)) as spoiler:
        yield spoiler


def found(spoiler: Spoiler) -> set[str]:
    findings = findings_in([plugins()["membership"]], {"membership": spoiler.session})
    return {OURS[finding.check] for finding in findings if finding.check in OURS}


def outbox(type_: str) -> Callable[[Spoiler, Held], None]:
    where = f"type = '{type_}' AND subject = 'survey/{{}}'"

    def spoil(spoiler: Spoiler, held: Held) -> None:
        (row,) = spoiler.rows("chassis.outbox", where.format(held.id))
        spoiler.take_away("chassis.outbox", row)

    return spoil


def first_row(table: str, where: str) -> Callable[[Spoiler, Held], None]:
    def spoil(spoiler: Spoiler, held: Held) -> None:
        spoiler.take_away(table, spoiler.rows(table, where.format(held.id))[0])

    return spoil


def unseal(spoiler: Spoiler, held: Held) -> None:
    (row,) = spoiler.rows("survey_contacts", f"survey_id = '{held.id}'")
    spoiler.change("survey_contacts", row, "phone")


IN_SURVEY = "response_id IN (SELECT id FROM survey_responses WHERE survey_id = '{}') AND value IS NOT NULL"


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (outbox("survey.opened.v1"), "openings_were_told_once"),
        (outbox("survey.closed.v1"), "closings_were_told_once"),
        (outbox("survey.report-published.v1"), "publications_were_told_once"),
        (first_row("survey_answers", IN_SURVEY), "figures_are_what_responses_say"),
        (first_row("survey_responses", "survey_id = '{}' AND channel = 'paper'"), "closings_were_told_once"),
        (first_row("survey_responses", "survey_id = '{}' AND channel = 'online'"), "each_invitation_is_one_response"),
        (first_row("survey_invitation_batches", "survey_id = '{}'"), "closings_were_told_once"),
        (unseal, "closed_surveys_keep_no_numbers"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_books_notice_what_is_missing_or_left(
    desk: Desk,
    association: Association,
    postgres: EmbeddedPostgres,
    spoil: Callable[[Spoiler, Held], None],
    check: str,
) -> None:
    held = desk.open()
    (token,) = desk.invite(held)
    assert desk.answer(held, token, phone="13903510009", phone_consent=True).status == 201
    for _ in range(6):
        desk.enter(held)
    desk.do("close_survey", id=held.id)
    desk.published(held)
    with spoiled(postgres, association) as spoiler:
        before = found(spoiler)
        assert check not in before
        spoil(spoiler, held)
        assert check in found(spoiler)


def test_figures_are_exact_texts_and_never_floats(desk: Desk) -> None:
    held = desk.closed((6, 0, BEST), (5, 1, (2, 7, 1, 1, None)))
    (report,) = [reports(desk, held)[0]] if desk.draft(held) else []

    def numbers(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            for each in value.values():
                yield from numbers(each)
        elif isinstance(value, list):
            for each in value:
                yield from numbers(each)
        else:
            yield value

    assert not any(isinstance(each, float) for each in numbers(report["figures"]))
    assert Decimal(report["figures"]["index"]) <= 100
