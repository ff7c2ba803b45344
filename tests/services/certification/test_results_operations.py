import json

import pytest

from shared.store.base import new_id
from shared.testing.association import Person, eventually

POSTED = "2022-03-14T09:00:00+08:00"
LAST_EVENING = "2022-03-18T23:59:00+08:00"
OVER = "2022-03-19T00:00:01+08:00"
EXAMINED, DAY = "2022-03-10T18:00:00+08:00", "2022-03-10"


@pytest.mark.rule(id="C4")
@pytest.mark.rule(id="X8")
def test_who_entered_scores_or_closed_them_does_not_review_them(office):
    batch = office.batch("examined")
    office.upload("import_scores", batch, office.workbook(scores=office.pick(0, 1, 6)[1]), as_=office.both)
    office.do("close_scoring", id=batch)
    answer = office.do("review_results", as_=office.both, id=batch)
    assert office.refused(answer) == ("C4", "own-scores")
    assert answer.problem["detail"] == "登记过成绩的人不得审核认定结果（C4、X8）"
    assert office.state(batch) == "scored"
    assert office.do("review_results", id=batch)["state"] == "reviewed"

    closed = office.batch("examined")
    office.upload("import_scores", closed, office.workbook(scores=office.pick(0, 1, 6)[1]))
    office.do("close_scoring", as_=office.both, id=closed)
    assert office.refused(office.do("review_results", as_=office.both, id=closed)) == ("C4", "own-scores")


@pytest.mark.rule(id="X8")
def test_one_corrected_score_is_enough_to_be_no_reviewer(office):
    batch = office.batch("scored")
    candidate = office.candidates(batch)[0]
    office.do("enter_scores", as_=office.both, id=candidate["id"], theory="77", reason="复核")
    office.do("enter_scores", id=candidate["id"], theory=candidate["theory"], reason="复核有误")
    assert office.refused(office.do("review_results", as_=office.both, id=batch)) == ("C4", "own-scores")


@pytest.mark.rule(id="C6")
@pytest.mark.rule(id="X12")
def test_the_notice_shows_name_occupation_and_result_while_it_stands(office):
    batch = office.batch("reviewed")
    assert office.refused(office.anybody("get_notice", id=batch), 404)[1] == "no-notice"
    office.at(POSTED)
    posted = office.do("post_notice", id=batch)
    assert posted["notice_last_day"] == "2022-03-18"
    assert office.do("get_batch", id=batch)["publicity_period"] == "publicity-2020"
    assert len(office.events("batch.publicised.v1", batch)) == 1
    office.at(LAST_EVENING)
    notice = office.anybody("get_notice", id=batch)
    assert notice["last_day"] == "2022-03-18"
    assert notice["lines"] == [
        {"name": each["name"], "occupation": "呼叫中心服务员", "result": "passed" if each["passed"] else "failed"}
        for each in office.candidates(batch)
    ]
    assert {line["result"] for line in notice["lines"]} == {"passed", "failed"}
    assert not [each for each in office.candidates(batch) if each["id"] in json.dumps(notice.body)]
    office.at(OVER)
    assert office.refused(office.anybody("get_notice", id=batch), 404)[1] == "no-notice"


@pytest.mark.rule(id="C6")
def test_results_are_reported_only_when_the_notice_is_over(office):
    batch = office.batch("publicised")
    office.at(LAST_EVENING)
    assert office.refused(office.do("report_results", id=batch)) == ("C6", "publicity-running")
    assert office.state(batch) == "publicised"
    assert office.events("candidate.qualified.v1", batch) == []
    office.at(OVER)
    assert office.do("report_results", id=batch).status == 200
    eventually(lambda: office.state(batch) == "certified")
    passed = [each["id"] for each in office.candidates(batch) if each["passed"]]
    assert [each["candidate_id"] for each in office.certificates(batch)] == passed


@pytest.mark.rule(id="C6")
@pytest.mark.parametrize(("state", "code"), [("reviewed", "not-publicised"), ("certified", "publicity-over")])
def test_an_objection_is_taken_only_while_the_notice_stands(office, state, code):
    batch = office.batch(state)
    candidate = office.candidates(batch)[0]["id"]
    assert office.refused(office.do("raise_objection", id=candidate, grounds="替考")) == ("C6", code)
    assert office.do("list_objections", id=batch)["items"] == []


def objected(office, places=(0, 1, 2, 6)):
    """A publicised batch and the objection against its second candidate."""
    batch = office.batch("publicised", places)
    candidate = office.candidates(batch)[1]["id"]
    objection = office.do("raise_objection", id=candidate, grounds="有人替考")
    assert objection.status == 201
    return batch, candidate, objection["id"]


@pytest.mark.rule(id="C6")
def test_an_objection_freezes_that_person_alone_until_it_is_dismissed(office):
    batch, frozen, objection = objected(office)
    assert [each["frozen"] for each in office.candidates(batch)] == [False, True, False, False]
    office.at(OVER)
    assert office.do("report_results", id=batch)["state"] == "results_reported"
    eventually(lambda: len(office.certificates(batch)) == 2)
    assert frozen not in [each["candidate_id"] for each in office.certificates(batch)]
    assert office.state(batch) == "results_reported"

    decided = office.do("decide_objection", as_=office.second, id=objection, decision="dismissed", reason="查无实据")
    assert (decided["decision"], decided["decided_by"]) == ("dismissed", office.second.person)
    eventually(lambda: office.state(batch) == "certified")
    assert [each["candidate_id"] for each in office.certificates(batch)][-1] == frozen
    assert len(office.events("batch.certified.v1", batch)) == 1


@pytest.mark.rule(id="C6")
def test_an_upheld_objection_voids_that_result_and_holds_nobody_else(office):
    batch, void, objection = objected(office)
    office.at(OVER)
    office.do("report_results", id=batch)
    eventually(lambda: len(office.certificates(batch)) == 2)
    office.do("decide_objection", as_=office.second, id=objection, decision="upheld", reason="经查属实")
    assert office.state(batch) == "certified"
    assert office.events("candidate.qualified.v1", void) == []
    seen = office.do("get_candidate", id=void)
    assert (seen["void"], seen["certificate_number"]) == (True, None)
    assert [each["reason"] for each in seen["objections"]] == ["经查属实"]
    assert office.do("get_batch", id=batch)["statistics"]["text"] == "2/4 = 50.00%"


@pytest.mark.rule(id="C6")
def test_an_objection_dismissed_in_time_changes_nothing(office):
    batch, candidate, objection = objected(office)
    office.do("decide_objection", as_=office.second, id=objection, decision="dismissed", reason="查无实据")
    assert office.events("candidate.qualified.v1", candidate) == []
    office.at(OVER)
    office.do("report_results", id=batch)
    eventually(lambda: office.state(batch) == "certified")
    assert len(office.certificates(batch)) == 3
    assert len(office.events("candidate.qualified.v1", candidate)) == 1


@pytest.mark.rule(id="C6")
def test_two_objections_are_two_decisions(office):
    batch, candidate, first = objected(office)
    second = office.do("raise_objection", id=candidate, grounds="成绩有误")["id"]
    office.at(OVER)
    office.do("report_results", id=batch)
    office.do("decide_objection", as_=office.second, id=first, decision="dismissed", reason="查无实据")
    assert office.events("candidate.qualified.v1", candidate) == []
    office.do("decide_objection", as_=office.second, id=second, decision="dismissed", reason="核对无误")
    eventually(lambda: office.state(batch) == "certified")
    assert len(office.certificates(batch)) == 3


@pytest.mark.rule(id="X8")
def test_nobody_decides_an_objection_of_their_own(office):
    batch, _, objection = objected(office)
    answer = office.do("decide_objection", id=objection, decision="dismissed", reason="无")
    assert office.refused(answer) == ("X8", "own-objection")
    [seen] = office.do("list_objections", id=batch)["items"]
    assert seen["decision"] is None


@pytest.mark.rule(id="X8")
def test_who_scored_or_reviewed_decides_no_objection_to_it(office):
    """No single role lets one; this is for whoever has several."""
    _, candidate, objection = objected(office)
    decision = {"id": objection, "decision": "dismissed", "reason": "无"}
    for who, code in ((office.scorer, "own-scores"), (office.reviewer, "own-review")):
        officer_too = office.association.person("exam_officer", person=who.person)
        assert office.refused(office.do("decide_objection", as_=officer_too, **decision)) == ("X8", code)
        assert office.refused(office.do("decide_objection", as_=who, **decision), 403) == (None, "not-permitted")
    assert office.do("get_candidate", id=candidate)["frozen"] is True


@pytest.mark.rule(id="X8")
def test_a_unit_keeps_its_people_from_whatever_becomes_of_its_candidates(office):
    unit, other = str(new_id()), str(new_id())
    batch = office.batch("enrolling")
    enrolments, scores = office.pick(0, 1)
    office.upload("enrol_candidates", batch, office.workbook(enrolments[:1]), unit_id=unit)
    office.upload("enrol_candidates", batch, office.workbook(enrolments[1:]))
    office.at(EXAMINED)
    office.do("record_examination", id=batch, days=[DAY])
    own, foreign = (each["id"] for each in office.candidates(batch))
    assert office.do("get_candidate", id=own)["unit_id"] == unit
    assert office.do("get_candidate", id=foreign)["unit_id"] is None

    def tied(role: str, of: str = unit) -> Person:
        return office.association.person(role, unit=of)

    marks, refused = {"theory": "80", "practical": "80"}, ("X8", "own-unit")
    assert office.refused(office.do("enter_scores", as_=tied("assessor"), id=own, **marks)) == refused
    sheet = office.file(office.workbook(scores=scores))
    assert office.refused(office.do("import_scores", as_=tied("assessor"), id=batch, sheet=sheet)) == refused
    assert office.do("enter_scores", as_=tied("assessor"), id=foreign, **marks).status == 200
    assert office.do("enter_scores", as_=tied("assessor", other), id=own, **marks).status == 200
    office.do("close_scoring", id=batch)
    assert office.refused(office.do("review_results", as_=tied("exam_supervisor"), id=batch)) == refused
    assert office.do("review_results", as_=tied("exam_supervisor", other), id=batch).status == 200

    office.at(POSTED)
    office.do("post_notice", id=batch)
    objection = office.do("raise_objection", id=own, grounds="替考")["id"]
    decision = {"id": objection, "decision": "dismissed", "reason": "查无实据"}
    assert office.refused(office.do("decide_objection", as_=tied("exam_officer"), **decision)) == refused
    assert office.do("decide_objection", as_=office.second, **decision).status == 200
    office.at(OVER)
    office.do("report_results", id=batch)
    eventually(lambda: len(office.certificates(batch)) == 2)
    number = next(each["number"] for each in office.certificates(batch) if each["candidate_id"] == own)
    revocation = {"number": number, "reason": "替考"}
    assert office.refused(office.do("revoke_certificate", as_=tied("exam_officer"), **revocation)) == refused
    assert office.do("revoke_certificate", **revocation).status == 200


@pytest.mark.rule(id="C6")
def test_an_objection_is_reasoned_and_decided_once(office):
    batch, candidate, objection = objected(office)
    assert office.refused(office.do("raise_objection", id=candidate, grounds=" ")) == ("C6", "unsaid")
    decision = {"as_": office.second, "id": objection, "decision": "dismissed"}
    assert office.refused(office.do("decide_objection", **decision, reason=" ")) == ("C6", "unsaid")
    assert office.do("decide_objection", **decision, reason="查无实据").status == 200
    again = office.do("decide_objection", **{**decision, "decision": "upheld"}, reason="改判")
    assert office.refused(again) == ("C6", "objection-decided")
    assert len(office.events("objection.decided.v1", batch)) == 1


@pytest.mark.rule(id="C2")
def test_a_batch_in_which_nobody_passed_ends_with_its_report(office):
    batch = office.batch("publicised", places=(6,))
    office.at(OVER)
    assert office.do("report_results", id=batch)["state"] == "certified"
    assert [step["taken_by"] for step in office.do("get_batch", id=batch)["steps"]][-1] is None
    assert office.certificates(batch) == []
