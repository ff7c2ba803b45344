import pytest

from services.certification import sample


def of(office, batch, place=1):
    return next(each for each in office.candidates(batch) if each["place"] == place)


def scores_in(office, batch):
    return office.rows(
        f"SELECT s.* FROM scores s JOIN candidates c ON c.id = s.candidate_id WHERE c.batch_id = '{batch}'"
    )


@pytest.mark.rule(id="C5")
def test_59_5_is_stored_and_fails(office):
    batch = office.batch("examined")
    candidate = of(office, batch)["id"]
    entered = office.do("enter_scores", id=candidate, theory="59.5", practical="60")
    assert (entered["theory"], entered["practical"], entered["passed"]) == ("59.5", "60.0", False)
    assert entered["reason"].startswith("理论知识考试59.5分，未达60.0分")
    assert entered["pass_marks"] == "pass-marks-2020"
    stored = {row["part"]: str(row["score"]) for row in scores_in(office, batch)}
    assert stored == {"theory": "59.5", "practical": "60.0"}


@pytest.mark.rule(id="C5")
def test_60_and_60_pass_and_half_an_examination_is_no_outcome(office):
    batch = office.batch("examined")
    candidate = of(office, batch)["id"]
    assert office.do("enter_scores", id=candidate, theory="60.0")["passed"] is None
    assert office.do("enter_scores", id=candidate, practical="60.0")["passed"] is True


@pytest.mark.rule(id="C5")
@pytest.mark.parametrize(
    "score", ["100.5", "−1", "-1", "NaN", "六十", "６０", "60.55", "1e1", " 60", "", 100.5, -1, True, [60], {"a": 1}]
)
def test_what_is_no_score_is_refused_and_nothing_stored(office, score):
    batch = office.batch("examined")
    answer = office.do("enter_scores", id=of(office, batch)["id"], theory="80", practical=score)
    assert office.refused(answer) == ("C5", "score")
    assert set(answer.problem["errors"]) == {"practical"}
    assert scores_in(office, batch) == []


@pytest.mark.rule(id="C5")
def test_absence_is_a_mark_that_counts_as_not_taken(office):
    batch = office.batch("examined", places=(0, 1))
    first, second = office.candidates(batch)
    absent = office.do("enter_scores", id=first["id"], theory="缺考", practical="缺考")
    assert (absent["theory"], absent["passed"]) == ("缺考", False)
    office.do("enter_scores", id=second["id"], theory="80", practical="80")
    assert office.do("close_scoring", id=batch)["state"] == "scored"
    assert office.do("get_batch", id=batch)["statistics"]["text"] == "1/1 = 100.00%"


@pytest.mark.rule(id="C5")
@pytest.mark.parametrize(("given", "code"), [({}, "score-required"), ({"review": "80"}, "part-not-due")])
def test_only_the_parts_of_the_level_are_scored(office, given, code):
    batch = office.batch("examined")
    assert office.refused(office.do("enter_scores", id=of(office, batch)["id"], **given)) == ("C5", code)


@pytest.mark.rule(id="X7")
def test_a_correction_needs_a_reason_and_keeps_what_stood(office):
    batch = office.batch("scored", places=(6,))
    candidate = of(office, batch)["id"]
    assert office.refused(office.do("enter_scores", id=candidate, theory="60.5")) == ("X7", "reason-required")
    corrected = office.do("enter_scores", as_=office.both, id=candidate, theory="60.5", reason="登分笔误")
    assert (corrected["theory"], corrected["passed"]) == ("60.5", True)
    theory = [each for each in corrected["scores"] if each["part"] == "theory"]
    assert [(each["score"], each["reason"], each["entered_by"]) for each in theory] == [
        ("59.5", "", office.scorer.person),
        ("60.5", "登分笔误", office.both.person),
    ]
    assert office.do("get_batch", id=batch)["statistics"]["passed"] == 1


@pytest.mark.rule(id="X7")
def test_the_same_mark_again_is_no_correction(office):
    batch = office.batch("scored", places=(6,))
    again = office.do("enter_scores", id=of(office, batch)["id"], theory="59.5")
    assert again.status == 200
    assert len(scores_in(office, batch)) == 2
    assert office.upload("import_scores", batch, office.workbook(scores=office.pick(6)[1]))["state"] == "done"
    assert len(scores_in(office, batch)) == 2


@pytest.mark.rule(id="C2")
@pytest.mark.parametrize("state", ["enrolling", "reviewed"])
def test_scores_are_entered_between_examination_and_review(office, state):
    batch = office.batch(state)
    if state == "enrolling":
        office.upload("enrol_candidates", batch, office.workbook(office.pick(0)[0]))
    before = scores_in(office, batch)
    candidate = of(office, batch)["id"]
    assert office.refused(office.do("enter_scores", id=candidate, theory="99", reason="改")) == ("C2", "not-scoring")
    sheet = office.file(office.workbook(scores=office.pick(0)[1]))
    assert office.refused(office.do("import_scores", id=batch, sheet=sheet)) == ("C2", "not-scoring")
    assert scores_in(office, batch) == before


def test_an_unknown_candidate_is_not_found(office):
    nobody = "01a00000-0000-7000-8000-000000000000"
    assert office.do("enter_scores", id=nobody, theory="60").status == 404
    assert office.do("get_candidate", id=nobody).status == 404


@pytest.mark.rule(id="X6")
def test_a_sheet_with_bad_rows_names_them_and_enters_nothing(office):
    batch = office.batch("examined", places=(0, 1, 2, 6))
    _, rows = office.pick(0, 1, 2, 6)
    rows[0]["theory"], rows[1]["practical"] = "六十", None
    rows[2]["identity_number"] = sample.candidates()[100].identity_number.reveal()
    job = office.upload("import_scores", batch, office.workbook(scores=rows))
    assert set(job["problem"]["zh"]["errors"]) == {"rows.2.theory", "rows.3.practical", "rows.4.identity_number"}
    assert scores_in(office, batch) == []
    job = office.upload("import_scores", batch, office.workbook(scores=rows), take_rest=True)
    assert (job["result"]["scored"], len(job["result"]["refused_rows"])) == (1, 3)
    assert [each["theory"] for each in office.candidates(batch)] == [None, None, None, "59.5"]
    assert office.refused(office.do("close_scoring", id=batch)) == ("C5", "scores-missing")
    assert office.state(batch) == "examined"


@pytest.mark.rule(id="X7")
def test_a_sheet_that_corrects_needs_a_reason(office):
    batch = office.batch("scored", places=(6,))
    _, rows = office.pick(6)
    rows[0]["theory"] = "61"
    job = office.upload("import_scores", batch, office.workbook(scores=rows))
    assert (job["state"], job["problem"]["zh"]["rule"]) == ("failed", "X7")
    assert of(office, batch)["theory"] == "59.5"
    job = office.upload("import_scores", batch, office.workbook(scores=rows), reason="复核更正")
    assert job["state"] == "done"
    assert of(office, batch)["theory"] == "61.0"
