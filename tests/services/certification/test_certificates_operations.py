import io
import json
import re
from urllib.parse import parse_qs, urlparse

import pypdf
import pytest

from services.certification import sample
from services.certification.certificates.rules import CertificateNumber
from services.certification.data import NUMBER_PATTERNS
from shared.store.base import new_id
from shared.testing.association import eventually

pytestmark = pytest.mark.rule(id="C7")


@pytest.fixture(scope="module")
def batch(office):
    """A certified batch: candidates 1 and 2 passed, 3 did not."""
    return office.batch("certified")


@pytest.fixture
def certificate(office, batch):
    office.at("2022-03-21T09:00:00+08:00")
    return office.certificates(batch)[0]


def counters(office):
    return office.rows("SELECT * FROM chassis.counters ORDER BY series")


def tell(office, candidate, batch, event_id):
    """Put a candidate.qualified event on the bus, as if certification had told it."""
    attributes = {
        "specversion": "1.0",
        "id": event_id,
        "source": "certification",
        "type": "candidate.qualified.v1",
        "time": "2022-03-19T09:00:00+08:00",
        "subject": f"candidate/{candidate}",
    }
    office.association.publish(
        "certification.events",
        "candidate.qualified.v1",
        json.dumps({"candidate_id": candidate, "batch_id": batch}).encode(),
        headers={f"cloudEvents_{key}": value for key, value in attributes.items()},
    )


def heard(office, event_id, state):
    return eventually(
        lambda: office.rows(f"SELECT * FROM chassis.inbox WHERE event_id = '{event_id}' AND state = '{state}'")
    )


def test_certificates_count_without_a_gap_in_the_order_of_enrolment(office, batch):
    other = office.batch("certified", places=(0, 2, 250, 1))
    for each in (batch, other):
        passed = [c["id"] for c in office.candidates(each) if c["passed"]]
        numbers = {c["candidate_id"]: c["number"] for c in office.certificates(each)}
        assert set(numbers) == set(passed)
        of_three = [numbers[c["id"]] for c in office.candidates(each, level=3) if c["passed"]]
        assert of_three == sorted(of_three)
    issued = office.rows("SELECT year, level, max(serial), count(*) FROM certificates GROUP BY year, level")
    assert all(row["max"] == row["count"] for row in issued)
    number = CertificateNumber.parse(NUMBER_PATTERNS[0], office.certificates(batch)[0]["number"])
    assert (number.year, number.level, number.site) == (2022, 3, "000001")


def test_an_event_delivered_again_changes_nothing(office, batch):
    [first, *_] = office.events("candidate.qualified.v1", batch)
    certificates = office.certificates(batch)
    told = len(office.events("certificate.issued.v1", batch))
    answer = office.do("redeliver_event", as_=office.admin, id=str(first["event_id"]))
    assert answer.status == 200, answer.problem
    eventually(lambda: office.events("candidate.qualified.v1", batch)[0]["sent_at"])
    tell(office, json.loads(first["body"])["candidate_id"], batch, str(first["event_id"]))
    marker = str(new_id())
    tell(office, json.loads(first["body"])["candidate_id"], batch, marker)
    heard(office, marker, "done")
    assert office.certificates(batch) == certificates
    assert len(office.events("certificate.issued.v1", batch)) == told


def test_who_did_not_pass_gets_none_whatever_is_told(office, batch):
    failed = office.candidates(batch, passed=False)[0]["id"]
    before, event = counters(office), str(new_id())
    tell(office, failed, batch, event)
    [dead] = heard(office, event, "dead")
    assert "Not passed" in dead["error"]
    assert counters(office) == before
    assert office.do("get_candidate", id=failed)["certificate_number"] is None
    assert office.do("drop_dead_letter", as_=office.admin, event_id=event).status == 200


def text_of(answer):
    assert answer.file is not None, answer.problem
    reader = pypdf.PdfReader(io.BytesIO(answer.content))
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text()


def test_the_pdf_says_who_what_and_which_number(office, certificate):
    answer = office.do("print_certificate", number=certificate["number"])
    assert answer.file["content_type"] == "application/pdf"
    assert answer.file["filename"] == f"{certificate['number']}.pdf"
    text = text_of(answer)
    for expected in (
        "职业技能等级证书",
        certificate["name"],
        certificate["number"],
        "三级/高级工",
        "呼叫中心服务员",
        "2022年3月19日",
        "山西省通信行业协会",
        "1970年1月1日",
        "女",
    ):
        assert expected in text


@pytest.mark.rule(id="X5")
def test_the_pdf_shows_the_last_four_of_the_identity_number_only(office, certificate):
    text = text_of(office.do("print_certificate", number=certificate["number"]))
    number = sample.candidates()[0].identity_number
    assert number.masked in text
    assert number.reveal()[:14] not in re.sub(r"\s", "", text)


def test_a_reprint_is_the_same_paper(office, certificate):
    first = office.do("print_certificate", number=certificate["number"]).content
    office.at("2023-01-05T09:00:00+08:00")
    assert office.do("print_certificate", number=certificate["number"].lower()).content == first


def test_a_name_that_cannot_be_printed_is_refused_not_boxed(office):
    rows, _ = office.pick(0)
    rows[0]["name"] = "王𰀀"
    batch = office.batch("enrolling")
    office.upload("enrol_candidates", batch, office.workbook(rows))
    office.at("2022-03-10T18:00:00+08:00")
    office.do("record_examination", id=batch, days=["2022-03-10"])
    for state in ("scored", "reviewed", "publicised", "results_reported"):
        office.step(batch, state, places=(0,))
    [certificate] = eventually(lambda: office.certificates(batch))
    answer = office.do("print_certificate", number=certificate["number"])
    assert office.refused(answer) == ("C7", "missing-glyphs")


@pytest.mark.rule(id="X12")
def test_a_check_by_number_tells_validity_occupation_and_level_only(office, certificate):
    number = certificate["number"]
    seen = office.anybody("check_certificate", number=f" {number[:6].lower()} {number[6:]} ")
    assert seen.body == {
        "number": number,
        "validity": "valid",
        "occupation": "呼叫中心服务员",
        "level": "三级/高级工",
        "name_matches": None,
        "name": None,
        "work_type": None,
        "issued_on": None,
    }


@pytest.mark.rule(id="X12")
def test_a_check_with_the_token_or_the_name_tells_the_name(office, certificate):
    url = urlparse(office.do("get_certificate", number=certificate["number"])["check_url"])
    assert url.path == f"/v1/certification/certificates/{certificate['number']}/check"
    [token] = parse_qs(url.query)["token"]
    by_token = office.anybody("check_certificate", number=certificate["number"], token=token)
    spaced = " ".join(certificate["name"])
    by_name = office.anybody("check_certificate", number=certificate["number"], name=spaced)
    for seen in (by_token, by_name):
        assert (seen["name"], seen["work_type"], seen["issued_on"]) == (
            certificate["name"],
            "呼叫中心服务员",
            "2022-03-19",
        )
    assert (by_token["name_matches"], by_name["name_matches"]) == (None, True)


@pytest.mark.rule(id="X12")
def test_a_wrong_token_or_name_opens_nothing(office, batch, certificate):
    other = office.do("get_certificate", number=office.certificates(batch)[1]["number"])["check_url"]
    for token in ("", "x" * 32, "令牌", parse_qs(urlparse(other).query)["token"][0]):
        seen = office.anybody("check_certificate", number=certificate["number"], token=token)
        assert (seen["name"], seen["issued_on"], seen["validity"]) == (None, None, "valid")
    seen = office.anybody("check_certificate", number=certificate["number"], name="张三")
    assert (seen["name"], seen["name_matches"]) == (None, False)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("S000014000001223999999", "certificate-unknown"),
        ("S000014000002223000001", "certificate-elsewhere"),
        ("12345", "certificate-malformed"),
    ],
)
def test_a_number_we_do_not_know_is_told_apart(office, number, code):
    assert office.refused(office.anybody("check_certificate", number=number), 404)[1] == code


@pytest.mark.rule(id="X7")
def test_a_revoked_certificate_stays_on_file_and_on_the_list(office):
    batch = office.batch("certified")
    number, other = (each["number"] for each in office.certificates(batch))
    office.at("2022-04-01T09:00:00+08:00")
    assert office.refused(office.do("revoke_certificate", number=number, reason=" ")) == ("X7", "reason-required")
    revoked = office.do("revoke_certificate", number=number, reason="冒名顶替")
    assert (revoked["validity"], revoked["revoked_on"]) == ("revoked", "2022-04-01")
    again = office.do("revoke_certificate", number=number, reason="再次")
    assert office.refused(again) == ("X7", "revoked-already")
    assert office.refused(office.do("print_certificate", number=number)) == ("C7", "revoked")
    assert office.anybody("check_certificate", number=number)["validity"] == "revoked"
    [listed] = [each for each in office.anybody("list_revocations", limit=200)["items"] if each["number"] == number]
    assert listed == {
        "number": number,
        "occupation": "呼叫中心服务员",
        "level": "三级/高级工",
        "revoked_on": "2022-04-01",
    }
    assert other not in [each["number"] for each in office.anybody("list_revocations", limit=200)["items"]]
    assert len(office.events("certificate.revoked.v1", number)) == 1
    assert office.do("get_batch", id=batch)["certificates"] == 2


def test_an_unknown_number_is_not_found(office):
    for operation in ("get_certificate", "print_certificate", "revoke_certificate"):
        more = {"reason": "x"} if operation == "revoke_certificate" else {}
        assert office.do(operation, number="S000014000001223999999", **more).status == 404


def test_certificates_are_listed_by_batch_and_level(office, batch):
    listed = office.do("list_certificates", batch_id=batch, level=3)["items"]
    assert [each["number"] for each in listed] == sorted(each["number"] for each in office.certificates(batch))
    assert office.do("list_certificates", batch_id=batch, level=4)["items"] == []


@pytest.mark.rule(id="X11")
def test_events_carry_no_names(office, batch):
    names = [each["name"] for each in office.candidates(batch)]
    bodies = office.rows("SELECT body FROM chassis.outbox")
    assert not [body for body in bodies for name in names if name in body["body"]]
