"""Candidates' personal data: consents, the time they are kept, what an erasure leaves (X5, X10, X11)."""

import pytest

from shared.store.audit import verify
from shared.store.base import new_id
from shared.store.database import ONE_MOMENT
from shared.testing.association import eventually

FIVE_YEARS_ON = "2027-03-02T00:00:00+08:00"
"""The day after the last of five years from the enrolment of these batches."""


@pytest.fixture(autouse=True)
def back(office):
    """Leaves the clock where other tests begin."""
    yield
    office.at("2022-03-01T09:00:00+08:00")


@pytest.mark.rule(id="X10")
def test_without_the_candidates_consent_no_identity_number_is_taken(office):
    batch = office.batch("enrolling")
    sheet = office.file(office.workbook(office.pick(0)[0]))
    assert office.refused(office.do("enrol_candidates", id=batch, sheet=sheet)) == ("X10", "consent-needed")
    assert office.candidates(batch) == []
    assert office.rows(f"SELECT * FROM chassis.jobs WHERE input ->> 'batch_id' = '{batch}'") == []


@pytest.mark.rule(id="X10")
def test_each_candidates_consent_is_a_row(office):
    batch = office.batch("examined", places=(0, 1))
    for candidate in office.candidates(batch):
        (consent,) = office.rows(f"SELECT * FROM chassis.consents WHERE subject_id = '{candidate['id']}'")
        assert (consent["data_class"], consent["terms"]) == ("identity-number", "identity-number-2021")
        assert consent["recorded_by"] == f"account:{office.officer.account}"


@pytest.mark.rule(id="X12")
def test_each_look_at_a_list_of_candidates_is_written_down(office):
    batch = office.batch("examined", places=(0,))
    reader = office.association.person("exam_officer")
    for _ in range(2):
        office.do("list_candidates", as_=reader, id=batch)
    rows = office.rows(f"SELECT * FROM chassis.audit WHERE principal = 'account:{reader.account}'")
    assert [(row["operation"], row["target"]) for row in rows] == [("list_candidates", batch)] * 2


@pytest.mark.rule(id="X5")
@pytest.mark.rule(id="X7")
@pytest.mark.rule(id="X11")
def test_a_person_known_by_identity_number_only_is_found_and_erased_and_the_certificate_stands(office):
    association = office.association
    batch = office.batch("certified", places=(2, 3))
    one, other = office.candidates(batch)
    number = str(office.pick(2)[0][0]["identity_number"])
    clerk, administrator = association.person("clerk"), association.person("administrator")

    def membership(operation, as_=clerk, **given):
        answer = association.call("membership", operation, as_=as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    person = membership("register_person", name=one["name"], identity_number=number, identity_consent=True)["id"]
    certificate = office.do("get_certificate", number=one["certificate_number"]).body

    def ordered(kind, classes):
        request = membership("enter_personal_data_request", person_id=person, kind=kind, classes=classes)["id"]
        membership("assign_personal_data_request", id=request, person_id=clerk.person)
        membership("answer_personal_data_request", id=request, decision="granted")

        def answered():
            body = membership("get_personal_data_request", id=request).body
            return body["state"] == "answered" and body

        answers = eventually(answered, within=20)["erasure"]["answers"]
        return next(each for each in answers if each["service"] == "certification")

    # Within its time it has to be kept, the withdrawal of the consent notwithstanding; of other people nothing ends.
    kept = ordered("withdraw", ["identity-number"])
    assert kept["rows"] == 0
    assert ("identity-number", "2027-03-01") in {(each["of_class"], each["until"]) for each in kept["kept"]}
    withdrawn = {row["subject_id"]: row["withdrawn_at"] for row in office.rows("SELECT * FROM chassis.consents")}
    ids = {str(subject): at is not None for subject, at in withdrawn.items()}
    assert (ids[one["id"]], ids[other["id"]]) == (True, False)

    association.set_clock(FIVE_YEARS_ON)
    order = membership("order_erasure", administrator, id=person, classes=["identity-number", "name"], reason="期满")
    eventually(lambda: membership("get_erasure", administrator, id=order["id"])["completed_at"], within=20)
    (row,) = office.rows(f"SELECT * FROM candidates WHERE id = '{one['id']}'")
    assert [row[name] for name in ("identity_sealed", "identity_index", "identity_last4", "sex")] == [None] * 4
    (row,) = office.rows(f"SELECT * FROM candidates WHERE id = '{other['id']}'")
    assert row["identity_sealed"] is not None
    # The name is kept for good, numbers and marks stand, and the certificate can be checked.
    shown = office.do("get_candidate", id=one["id"]).body
    assert (shown["name"], shown["theory"], shown["passed"]) == (one["name"], one["theory"], one["passed"])
    assert office.do("get_certificate", number=one["certificate_number"]).body == certificate
    checked = office.anybody("check_certificate", number=one["certificate_number"]).body
    assert (checked["validity"], checked["name"]) == ("valid", None)
    refused = office.refused(office.do("print_certificate", number=one["certificate_number"]))
    assert refused == ("X11", "holder-erased")
    assert not office.rows(f"SELECT * FROM chassis.subjects WHERE person_id = '{person}'")
    eventually(lambda: not office.rows("SELECT id FROM chassis.audit WHERE seal_no IS NULL"))
    with association.database("certification").connect().execution_options(**ONE_MOMENT) as connection:
        assert verify(connection).holds


@pytest.mark.rule(id="X11")
def test_candidates_whom_nobody_else_knows_go_in_their_time_when_an_administrator_says_so(office):
    batch = office.batch("examined", places=(4, 5))
    before = "SELECT count(*) AS n FROM candidates WHERE batch_id = '{}' AND identity_sealed IS NULL"
    office.at("2027-03-01T23:59:59+08:00")
    due = {
        (each["table"], each["of_class"]) for each in office.do("list_overdue_personal_data", as_=office.admin)["due"]
    }
    early = office.do("erase_overdue_personal_data", as_=office.admin, classes=["identity-number"])
    assert early.problem is None
    assert office.rows(before.format(batch)) == [{"n": 0}]
    office.at(FIVE_YEARS_ON)
    (found,) = (
        each
        for each in office.do("list_overdue_personal_data", as_=office.admin)["due"]
        if each["of_class"] == "identity-number"
    )
    assert found["rows"] >= 2
    assert found["terms"] == "identity-number-2021"
    assert ("candidates", "name") not in due
    assert office.do("erase_overdue_personal_data", as_=office.scorer, classes=["identity-number"]).status == 403
    key = str(new_id())
    swept = office.do("erase_overdue_personal_data", as_=office.admin, key=key, classes=["identity-number"])
    assert swept["rows"] == found["rows"]
    assert swept["left"] == 0
    assert office.rows(before.format(batch)) == [{"n": 2}]
    again = office.do("erase_overdue_personal_data", as_=office.admin, classes=["identity-number"])
    assert (again["rows"], again["left"]) == (0, 0)
