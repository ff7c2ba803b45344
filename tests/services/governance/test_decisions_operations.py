"""Meetings, motions, votes and resolutions through the bus (G1, G2, G4, G9, G12, G19, X1, X4, X6, X7, X9)."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.testing.association import Answer, Association, eventually

# Years of its own: posts filled here are not seen by tests about the founding data, nor theirs here.
TODAY = "2031-04-15"
CLOCK = "2031-04-15T09:00:00+08:00"
DUES = {"amounts": [{"tier": "member", "amount": "5000.00"}], "effective_from": TODAY}
TELLERS = {"scrutineer": str(uuid.uuid4()), "counter": str(uuid.uuid4())}


class Secretariat:
    """The secretariat, as it prepares and minutes the meetings."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk")

    def call(self, operation: str, **asked: Any) -> Answer:
        return self.association.call("governance", operation, as_=self.clerk, **asked)

    def meeting(self, body: str = "assembly", present: int = 100, **asked: Any) -> str:
        """A meeting that is open."""
        roll = {"roll": 100} if body == "assembly" else {}
        called = self.call("call_meeting", **{"body": body, "held_on": TODAY, **roll, **asked})
        opened = self.call("open_meeting", id=called["id"], present=present)
        assert opened["state"] == "open"
        return str(called["id"])

    def motion(self, meeting: str, matter: str = "dues-standard", payload: Any = DUES, **asked: Any) -> str:
        put = self.call(
            "put_motion", id=meeting, **{"matter": matter, "title": "关于会费标准的议案", "payload": payload, **asked}
        )
        return str(put["id"])

    def vote(self, motion: str, present: int, yes: int, *, key: str | None = None, **count: Any) -> Answer:
        """Everybody present gets a ballot and hands it in; who is not in favour is against."""
        tally = {"issued": present, "returned": present, "invalid": 0, "abstained": 0, "no": present - yes}
        asked = {"ballot": "secret", "tellers": TELLERS, **tally, **count}
        return self.call("vote_on_motion", id=motion, key=key, present=present, yes=yes, **asked)

    def told(self, about: str) -> list[tuple[str, dict[str, Any]]]:
        """The events about one thing, in order."""
        rows = self.association.rows(
            "governance", f"SELECT type, body FROM chassis.outbox WHERE subject LIKE '%%{about}' ORDER BY position"
        )
        return [(row["type"], json.loads(row["body"])) for row in rows]

    def serial(self, body: str = "assembly") -> int:
        """The last serial this year."""
        (row,) = self.association.rows(
            "governance",
            f"SELECT coalesce(max(serial), 0) AS last FROM resolutions WHERE body = '{body}' AND year = 2031",
        )
        return int(row["last"])

    def want(self, expenditure: str, amount: str = "50000.00") -> None:
        """What finance tells when it needs a resolution."""
        event = {"expenditure_id": expenditure, "amount": amount, "kind": "equipment"}
        self._tell("expenditure.resolution-wanted.v1", expenditure, event)

    def close(self, expenditure: str, how: str) -> None:
        """Finance has ``how``, "refused" or "withdrawn", this expenditure."""
        self._tell(f"expenditure.{how}.v1", expenditure, {"expenditure_id": expenditure})

    def apply(self, application: str) -> None:
        """What membership tells when it wants the council to decide on an application."""
        event = {"application_id": application, "body": "council"}
        self._tell("application.decision-wanted.v1", application, event, source="membership")

    def take_back(self, application: str) -> None:
        event = {"application_id": application}
        self._tell("application.withdrawn.v1", application, event, source="membership")

    def _tell(self, kind: str, about: str, event: dict[str, Any], source: str = "finance") -> None:
        attributes = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": source,
            "type": kind,
            "time": CLOCK,
            "subject": f"{kind.partition('.')[0]}/{about}",
            "datacontenttype": "application/json",
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish(f"{source}.events", kind, json.dumps(event).encode(), headers=headers)

    def wanted(self, expenditure: str) -> dict[str, Any]:
        found = self.call("list_wanted_resolutions", expenditure_id=expenditure)["items"]
        assert len(found) == 1, found
        return dict(found[0])

    def wanted_for(self, application: str) -> dict[str, Any]:
        found = self.call("list_wanted_resolutions", about="application", subject_id=application)["items"]
        assert len(found) == 1, found
        return dict(found[0])


@pytest.fixture
def secretariat(association: Association) -> Secretariat:
    association.set_clock(CLOCK)
    return Secretariat(association)


@pytest.fixture(scope="module")
def standing_council(association: Association) -> None:
    """A standing council of six: with president and executive vice-president on record, four more are named."""
    association.set_clock(CLOCK)
    clerk = association.person("clerk")
    posts = {
        post["code"]: post["id"] for post in association.call("governance", "list_posts", as_=clerk, limit=200)["items"]
    }
    for code in ("vice-president", "standing-director", "standing-director", "standing-director"):
        named: dict[str, Any] = {
            "person_id": str(uuid.uuid4()),
            "since": "2031-01-01",
            "until": "2032-01-01",
            "decision": "决议",
        }
        assert association.call("governance", "take_up_post", as_=clerk, id=posts[code], **named).status == 201


def problem(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


@pytest.mark.rule(id="G2")
def test_the_assembly_sets_the_dues(secretariat: Secretariat) -> None:
    """66 of 100 are no quorum; 33 of 67 fail; 34 of 67 pass; 34 of 68 pass and are stamped (X1)."""
    meeting, before = secretariat.meeting(present=66), secretariat.serial()

    first = secretariat.motion(meeting)
    refused = secretariat.vote(first, 66, 66)
    assert problem(refused) == (409, "G2", "no-quorum")
    assert refused.problem is not None
    assert "3×66=198 < 2×100=200" in refused.problem["detail"]

    failed = secretariat.vote(first, 67, 33)
    assert (failed["outcome"], failed["stamp"], failed["resolution"]) == ("rejected", None, None)
    assert secretariat.serial() == before

    unstamped = secretariat.vote(secretariat.motion(meeting), 67, 34)
    assert (unstamped["outcome"], unstamped["stamp"]) == ("adopted", None)
    assert unstamped["resolution"]["number"] == f"会员代表大会决议〔2031〕{before + 1}号"
    assert "2×34=68 > 67" in unstamped["arithmetic"]["zh"]

    stamped = secretariat.vote(secretariat.motion(meeting), 68, 34)
    assert (stamped["outcome"], stamped["stamp"]) == ("adopted", {"zh": "恰为半数", "en": "exactly half"})
    assert stamped["resolution"]["number"] == f"会员代表大会决议〔2031〕{before + 2}号"
    assert "2×34=68 = 68" in stamped["arithmetic"]["en"]

    closed = secretariat.call("close_meeting", id=meeting)
    assert [motion["state"] for motion in closed["motions"]] == ["rejected", "adopted", "adopted"]
    assert (closed["state"], closed["entitled"], closed["entitled_basis"]) == ("closed", 100, "roll")


@pytest.mark.rule(id="X6")
def test_without_a_quorum_nothing_is_used_up(secretariat: Secretariat) -> None:
    meeting, before = secretariat.meeting(), secretariat.serial()
    motion = secretariat.motion(meeting)
    assert problem(secretariat.vote(motion, 66, 66)) == (409, "G2", "no-quorum")

    (standing,) = secretariat.call("get_meeting", id=meeting)["motions"]
    assert (standing["state"], standing["votes"], secretariat.told(motion)) == ("pending", [], [])
    assert secretariat.serial() == before

    adopted = secretariat.vote(motion, 68, 68)
    assert adopted["resolution"]["number"] == f"会员代表大会决议〔2031〕{before + 1}号"


@pytest.mark.rule(id="M3")
def test_adoption_is_told_with_what_the_resolution_carries(secretariat: Secretariat) -> None:
    meeting = secretariat.meeting()
    motion = secretariat.motion(meeting)
    made = secretariat.vote(motion, 68, 34)["resolution"]
    assert secretariat.told(made["id"]) == [
        (
            "resolution.adopted.v1",
            {
                "resolution_id": made["id"],
                "number": made["number"],
                "body": "assembly",
                "matter": "dues-standard",
                "adopted_on": TODAY,
                "subject_id": None,
                "limit": None,
                "dues_amounts": [{"tier": "member", "amount": "5000.00"}],
                "effective_from": TODAY,
                "dues_joining": "whole_year",
                "dues_leaving": "nothing_back",
                "dues_waivers": [],
                "exactly_half": True,
            },
        )
    ]
    resolution = secretariat.call("get_resolution", id=made["id"])
    assert (resolution["motion_id"], resolution["standing"], resolution["vote"]["yes"]) == (motion, "in-force", 34)
    assert resolution["payload"]["amounts"] == [{"tier": "member", "amount": "5000.00"}]
    assert resolution["number_text"]["en"].startswith("Assembly of member delegates, resolution No. ")
    found = secretariat.call("list_resolutions", number=made["number"])["items"]
    assert [line["id"] for line in found] == [made["id"]]


@pytest.mark.rule(id="M3")
def test_a_dues_standard_says_what_is_prorated_and_waived(secretariat: Secretariat) -> None:
    unit = str(uuid.uuid4())
    waivers = [
        {"tier": "member", "unit": None, "year": 2031, "reason": "服务小微企业"},
        {"tier": None, "unit": unit, "year": None, "reason": "受灾停产"},
    ]
    payload = {**DUES, "joining": "by_month", "leaving": "by_month", "waivers": waivers}
    made = secretariat.vote(secretariat.motion(secretariat.meeting(), payload=payload), 68, 34)["resolution"]
    ((_, told),) = secretariat.told(made["id"])
    assert (told["dues_joining"], told["dues_leaving"]) == ("by_month", "by_month")
    assert told["dues_waivers"] == [
        {"tier": "member", "unit": None, "year": 2031},
        {"tier": None, "unit": unit, "year": None},
    ], "why stays in the resolution (X11)"
    carried = secretariat.call("get_resolution", id=made["id"])["payload"]
    assert {name: carried[name] for name in payload} == payload


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"joining": "by_week"}, (422, None, "invalid")),
        ({"leaving": None}, (422, None, "invalid")),
        ({"waivers": [{"tier": "member"}]}, (422, None, "invalid")),
        ({"waivers": [{"unit": "汾河", "reason": "受灾"}]}, (422, None, "invalid")),
        ({"waivers": [{"tier": "member", "year": 1, "reason": "受灾"}]}, (422, None, "invalid")),
        ({"waivers": [{"reason": "受灾"}]}, (409, "M3", "waiver-whose")),
    ],
)
def test_a_waiver_that_is_none_is_refused(
    secretariat: Secretariat, said: dict[str, Any], expected: tuple[int, str | None, str]
) -> None:
    asked = {"matter": "dues-standard", "title": "会费", "payload": {**DUES, **said}}
    assert problem(secretariat.call("put_motion", id=secretariat.meeting(), **asked)) == expected


def test_proration_belongs_to_a_dues_standard_alone(secretariat: Secretariat) -> None:
    asked = {"matter": "large-expenditure", "title": "支出", "payload": {"limit": "1.00", "joining": "by_month"}}
    assert secretariat.call("put_motion", id=secretariat.meeting(), **asked).status == 422


def test_a_rejection_is_told(secretariat: Secretariat) -> None:
    motion = secretariat.motion(secretariat.meeting())
    secretariat.vote(motion, 67, 33)
    told = {
        "motion_id": motion,
        "body": "assembly",
        "matter": "dues-standard",
        "subject_id": None,
        "decided_on": TODAY,
    }
    assert secretariat.told(motion) == [("motion.rejected.v1", told)]


@pytest.mark.rule(id="G1")
@pytest.mark.parametrize("body", ["council", "standing-council", "supervisory-board"])
def test_the_dues_standard_belongs_to_the_assembly(secretariat: Secretariat, body: str) -> None:
    meeting = secretariat.call("call_meeting", body=body, held_on=TODAY)["id"]
    put = secretariat.call("put_motion", id=meeting, matter="dues-standard", title="会费", payload=DUES)
    assert problem(put) == (409, "G1", "wrong-body")
    assert put.problem is not None
    assert "会员代表大会" in put.problem["detail"]
    assert secretariat.call("get_meeting", id=meeting)["motions"] == []


@pytest.mark.rule(id="X9")
def test_before_annex_2_the_standing_council_decides_no_expenditure(secretariat: Secretariat) -> None:
    notice = {"held_on": "2021-02-28", "notified_on": "2021-02-20"}
    meeting = secretariat.call("call_meeting", body="standing-council", **notice)["id"]
    asked = {"matter": "large-expenditure", "title": "支出", "subject_id": str(uuid.uuid4())}
    put = secretariat.call("put_motion", id=meeting, payload={"limit": "50000.00"}, **asked)
    assert problem(put) == (409, "X9", "matter-not-in-force")


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["5000.005", "5e3", "５０００", "-1"])
def test_amounts_are_exact(secretariat: Secretariat, amount: str) -> None:
    meeting = secretariat.meeting()
    payload = {"amounts": [{"tier": "member", "amount": amount}], "effective_from": TODAY}
    asked = {"matter": "dues-standard", "title": "会费"}
    assert secretariat.call("put_motion", id=meeting, payload=payload, **asked).status == 422
    assert secretariat.call("put_motion", id=meeting, payload={"limit": amount}, **asked).status == 422


@pytest.mark.parametrize("payload", [{}, {"effective_from": TODAY}, {**DUES, "limit": "1.00"}])
def test_a_payload_is_of_one_kind(secretariat: Secretariat, payload: dict[str, Any]) -> None:
    meeting = secretariat.meeting()
    asked = {"matter": "dues-standard", "title": "会费"}
    assert secretariat.call("put_motion", id=meeting, payload=payload, **asked).status == 422


@pytest.mark.rule(id="M3")
def test_a_dues_standard_does_not_reach_back(secretariat: Secretariat) -> None:
    payload = {**DUES, "effective_from": "2031-04-14"}
    put = secretariat.call(
        "put_motion", id=secretariat.meeting(), matter="dues-standard", title="会费", payload=payload
    )
    assert problem(put) == (409, "M3", "dues-backdated")


@pytest.mark.rule(id="G12")
def test_a_count_that_does_not_add_up_is_refused(secretariat: Secretariat) -> None:
    motion = secretariat.motion(secretariat.meeting())
    assert problem(secretariat.vote(motion, 68, 34, no=35)) == (409, "G12", "tally")
    assert problem(secretariat.vote(motion, 68, 34, issued=69)) == (409, "G12", "tally")
    assert problem(secretariat.vote(motion, 68, 34, valid=67)) == (409, "G12", "tally")
    assert problem(secretariat.vote(motion, 68, 34, no=-34)) == (409, "G12", "tally")
    same = {"scrutineer": TELLERS["counter"], "counter": TELLERS["counter"]}
    assert problem(secretariat.vote(motion, 68, 34, tellers=same)) == (409, "G12", "tellers-same")
    assert problem(secretariat.vote(motion, 101, 34)) == (409, "X1", "count")
    assert secretariat.told(motion) == []


@pytest.mark.rule(id="G2")
def test_the_dues_ballot_is_secret(secretariat: Secretariat) -> None:
    motion = secretariat.motion(secretariat.meeting())
    assert problem(secretariat.vote(motion, 68, 68, ballot="named")) == (409, "G2", "secret-ballot")


@pytest.mark.rule(id="G12")
def test_more_ballots_returned_than_issued_void_the_vote(secretariat: Secretariat) -> None:
    meeting, before = secretariat.meeting(), secretariat.serial()
    motion = secretariat.motion(meeting)
    void = secretariat.vote(motion, 68, 50, returned=69)
    assert (void["outcome"], void["rule"], void["resolution"]) == ("void", None, None)
    assert (secretariat.serial(), secretariat.told(motion)) == (before, [])

    again = secretariat.vote(motion, 68, 50)
    assert again["outcome"] == "adopted"
    (decided,) = secretariat.call("get_meeting", id=meeting)["motions"]
    assert [vote["outcome"] for vote in decided["votes"]] == ["void", "adopted"]


@pytest.mark.rule(id="G12")
def test_a_motion_is_decided_once(secretariat: Secretariat) -> None:
    motion, key = secretariat.motion(secretariat.meeting()), str(uuid.uuid4())
    first = secretariat.vote(motion, 68, 34, key=key)
    repeated = secretariat.vote(motion, 68, 34, key=key)
    assert repeated.body == first.body
    assert secretariat.vote(motion, 68, 35, key=key).status == 409
    assert problem(secretariat.vote(motion, 68, 34)) == (409, "G12", "motion-decided")
    assert len(secretariat.told(first["resolution"]["id"])) == 1


@pytest.mark.rule(id="G4")
def test_a_meeting_is_not_closed_over_an_open_motion(secretariat: Secretariat) -> None:
    meeting = secretariat.meeting()
    motion = secretariat.motion(meeting)
    assert problem(secretariat.call("close_meeting", id=meeting)) == (409, "G4", "motions-undecided")
    assert problem(secretariat.call("withdraw_motion", id=motion, reason=" ")) == (409, "X7", "reason-needed")
    withdrawn = secretariat.call("withdraw_motion", id=motion, reason="材料不全")
    assert (withdrawn["state"], withdrawn["withdrawn"]) == ("withdrawn", "材料不全")
    assert secretariat.call("close_meeting", id=meeting)["state"] == "closed"
    assert problem(secretariat.vote(motion, 68, 34)) == (409, "G4", "meeting-state")
    late = secretariat.call("put_motion", id=meeting, matter="dues-standard", title="会费", payload=DUES)
    assert problem(late) == (409, "G4", "meeting-state")


@pytest.mark.rule(id="X1")
def test_an_adjourned_meeting_goes_on_with_its_motions(secretariat: Secretariat) -> None:
    meeting = secretariat.meeting(held_on="2031-04-14", notified_on="2031-03-01", present=60)
    motion = secretariat.motion(meeting)
    assert problem(secretariat.vote(motion, 60, 60)) == (409, "G2", "no-quorum")
    assert secretariat.call("adjourn_meeting", id=meeting)["state"] == "adjourned"
    assert problem(secretariat.vote(motion, 68, 68)) == (409, "G4", "meeting-state")
    resumed = secretariat.call("resume_meeting", id=meeting, present=70)
    assert (resumed["state"], resumed["day"], resumed["held_on"]) == ("open", TODAY, "2031-04-14")
    assert secretariat.vote(motion, 70, 35)["stamp"]["zh"] == "恰为半数"


@pytest.mark.rule(id="G19")
def test_the_roll_is_frozen_at_the_notice(secretariat: Secretariat) -> None:
    called = secretariat.call("call_meeting", body="assembly", held_on=TODAY, roll=100)
    changed = secretariat.call("open_meeting", id=called["id"], present=66, roll=99)
    assert problem(changed) == (409, "G19", "roll-frozen")
    assert problem(secretariat.call("open_meeting", id=called["id"], present=101)) == (409, "X1", "count")
    assert secretariat.call("get_meeting", id=called["id"])["state"] == "called"

    unnamed = secretariat.call("call_meeting", body="assembly", held_on=TODAY)
    assert problem(secretariat.call("open_meeting", id=unnamed["id"], present=70)) == (409, "X1", "entitled")
    assert secretariat.call("open_meeting", id=unnamed["id"], present=70, roll=90)["entitled"] == 90


@pytest.mark.rule(id="G23")
def test_a_meeting_is_opened_on_its_day(secretariat: Secretariat) -> None:
    early = secretariat.call("call_meeting", body="assembly", held_on="2031-04-16", roll=100)
    assert problem(secretariat.call("open_meeting", id=early["id"], present=70)) == (409, "G23", "meeting-not-due")
    late = secretariat.call("call_meeting", body="assembly", held_on="2031-04-14", roll=100)
    assert problem(late) == (409, "G23", "notice-late")


@pytest.mark.rule(id="G1")
def test_only_bodies_that_vote_meet(secretariat: Secretariat) -> None:
    refused = secretariat.call("call_meeting", body="secretariat", held_on=TODAY)
    assert problem(refused) == (409, "G1", "body-without-votes")
    assert secretariat.call("call_meeting", body="parliament", held_on=TODAY).status == 404


def test_a_body_is_called_by_its_code_or_its_id(secretariat: Secretariat) -> None:
    by_code = secretariat.call("call_meeting", body="assembly", held_on=TODAY, roll=100)
    by_id = secretariat.call("call_meeting", body=by_code["body_id"], held_on=TODAY, roll=100)
    assert by_id["body"] == "assembly"
    listed = secretariat.call("list_meetings", body="assembly", state="called", limit=200)["items"]
    assert {by_code["id"], by_id["id"]} <= {line["id"] for line in listed}


@pytest.mark.rule(id="G9")
def test_an_expenditure_waits_for_the_standing_council(secretariat: Secretariat, standing_council: None) -> None:
    """3 of 6 are no quorum; 4 present and 2 in favour fail; 4 of 6 pass, the number named at the amount (F4)."""
    expenditure = str(uuid.uuid4())
    secretariat.want(expenditure)
    waiting = eventually(lambda: secretariat.wanted(expenditure))
    assert (waiting["state"], waiting["amount"], waiting["body"]) == ("waiting", "50000.00", "standing-council")

    meeting, before = secretariat.meeting("standing-council", 6), secretariat.serial("standing-council")
    asked: dict[str, Any] = {"matter": "large-expenditure", "payload": {"limit": "50000.00"}, "subject_id": expenditure}
    first = secretariat.motion(meeting, **asked)
    assert problem(secretariat.vote(first, 3, 3)) == (409, "G9", "no-quorum")
    assert secretariat.vote(first, 4, 2)["outcome"] == "rejected"
    failed = secretariat.wanted(expenditure)
    assert (failed["state"], failed["resolution_id"], failed["decided_on"]) == ("rejected", None, TODAY)
    ((kind, told),) = secretariat.told(first)
    assert (kind, told["subject_id"]) == ("motion.rejected.v1", expenditure)

    passed = secretariat.vote(secretariat.motion(meeting, **asked), 6, 4)
    assert (passed["rule"], passed["entitled"], passed["stamp"]) == ("G9", 6, None)
    assert passed["resolution"]["number"] == f"常务理事会决议〔2031〕{before + 1}号"
    adopted = secretariat.wanted(expenditure)
    assert (adopted["state"], adopted["resolution_id"]) == ("adopted", passed["resolution"]["id"])
    ((_, told),) = secretariat.told(passed["resolution"]["id"])
    assert (told["subject_id"], told["limit"], told["dues_amounts"]) == (expenditure, "50000.00", None)


@pytest.mark.rule(id="F4")
def test_a_resolution_made_ahead_leaves_nothing_waiting(secretariat: Secretariat, standing_council: None) -> None:
    expenditure = str(uuid.uuid4())
    asked: dict[str, Any] = {"matter": "large-expenditure", "payload": {"limit": "60000.00"}, "subject_id": expenditure}
    made = secretariat.vote(secretariat.motion(secretariat.meeting("standing-council", 6), **asked), 6, 6)
    secretariat.want(expenditure)
    wanted = eventually(lambda: secretariat.wanted(expenditure))
    assert (wanted["state"], wanted["resolution_id"]) == ("adopted", made["resolution"]["id"])


@pytest.mark.rule(id="F4")
@pytest.mark.parametrize("how", ["refused", "withdrawn"])
def test_a_closed_expenditure_waits_no_more(secretariat: Secretariat, how: str) -> None:
    expenditure = str(uuid.uuid4())
    secretariat.want(expenditure)
    eventually(lambda: secretariat.wanted(expenditure))
    secretariat.close(expenditure, how)
    assert eventually(lambda: secretariat.wanted(expenditure)["state"] == "dropped")


@pytest.mark.rule(id="F4")
def test_a_limit_names_its_expenditure(secretariat: Secretariat, standing_council: None) -> None:
    meeting = secretariat.meeting("standing-council", 6)
    asked = {"matter": "large-expenditure", "title": "支出", "payload": {"limit": "50000.00"}}
    assert problem(secretariat.call("put_motion", id=meeting, **asked)) == (409, "F4", "subject-needed")


@pytest.mark.rule(id="X7")
def test_a_later_resolution_takes_the_place_of_an_earlier_one(secretariat: Secretariat, standing_council: None) -> None:
    meeting, expenditure = secretariat.meeting("standing-council", 6), str(uuid.uuid4())

    def resolve(subject: str | None, **payload: str) -> dict[str, Any]:
        motion = secretariat.motion(meeting, "large-expenditure", payload, subject_id=subject)
        return dict(secretariat.vote(motion, 6, 6)["resolution"])

    first, second = resolve(expenditure, limit="50000.00"), resolve(expenditure, limit="60000.00")
    ended = secretariat.call("get_resolution", id=first["id"])
    assert (ended["standing"], ended["ended_by"], ended["ended_on"]) == ("superseded", second["id"], TODAY)
    assert [kind for kind, _ in secretariat.told(first["id"])] == ["resolution.adopted.v1", "resolution.ended.v1"]

    revoking = resolve(None, revokes=second["id"], reason="项目取消")
    revoked = secretariat.call("get_resolution", id=second["id"])
    assert (revoked["standing"], revoked["ended_by"], revoked["ended_reason"]) == (
        "revoked",
        revoking["id"],
        "项目取消",
    )
    again = {"matter": "large-expenditure", "title": "再撤", "payload": {"revokes": second["id"], "reason": "再撤"}}
    assert problem(secretariat.call("put_motion", id=meeting, **again)) == (409, "X7", "resolution-ended")
    about = secretariat.call("put_motion", id=meeting, subject_id=expenditure, **again)
    assert problem(about) == (409, "X7", "subject-unwanted")


@pytest.mark.rule(id="M1")
def test_an_application_waits_for_the_council_or_the_standing_council(
    secretariat: Secretariat, standing_council: None
) -> None:
    application = str(uuid.uuid4())
    secretariat.apply(application)
    waiting = eventually(lambda: secretariat.wanted_for(application))
    assert (waiting["about"], waiting["subject_id"], waiting["body"]) == ("application", application, "council")
    assert (waiting["state"], waiting["expenditure_id"], waiting["amount"]) == ("waiting", None, None)

    meeting = secretariat.meeting("standing-council", 6)
    asked: dict[str, Any] = {"matter": "unit-admission", "payload": None, "subject_id": application}
    assert secretariat.vote(secretariat.motion(meeting, **asked), 6, 3)["outcome"] == "rejected"
    assert secretariat.wanted_for(application)["state"] == "rejected"
    made = secretariat.vote(secretariat.motion(meeting, **asked), 6, 4)["resolution"]
    adopted = secretariat.wanted_for(application)
    assert (adopted["state"], adopted["resolution_id"]) == ("adopted", made["id"])

    revoking = {**asked, "subject_id": None, "payload": {"revokes": made["id"], "reason": "材料不实"}}
    secretariat.vote(secretariat.motion(meeting, **revoking), 6, 6)
    dropped = secretariat.wanted_for(application)
    assert (dropped["state"], dropped["resolution_id"]) == ("dropped", None)


@pytest.mark.rule(id="M1")
def test_a_motion_on_another_matter_leaves_the_application_waiting(
    secretariat: Secretariat, standing_council: None
) -> None:
    application = str(uuid.uuid4())
    secretariat.apply(application)
    eventually(lambda: secretariat.wanted_for(application))
    meeting = secretariat.meeting("standing-council", 6)
    other = secretariat.motion(meeting, "unit-removal", None, subject_id=application)
    assert secretariat.vote(other, 6, 6)["outcome"] == "adopted"
    assert secretariat.wanted_for(application)["state"] == "waiting"


@pytest.mark.rule(id="X7")
def test_a_withdrawn_application_waits_no_more(secretariat: Secretariat) -> None:
    application = str(uuid.uuid4())
    secretariat.apply(application)
    eventually(lambda: secretariat.wanted_for(application))
    secretariat.take_back(application)
    assert eventually(lambda: secretariat.wanted_for(application)["state"] == "dropped")


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("matter", ["unit-admission", "unit-removal"])
def test_a_motion_on_a_member_is_the_councils_and_names_whom(
    secretariat: Secretariat, standing_council: None, matter: str
) -> None:
    put = {"matter": matter, "title": "会员事项"}
    unnamed = secretariat.call("put_motion", id=secretariat.meeting("standing-council", 6), **put)
    assert problem(unnamed) == (409, "M1", "subject-needed")
    elsewhere = secretariat.call("put_motion", id=secretariat.meeting(), subject_id=uuid.uuid4(), **put)
    assert problem(elsewhere) == (409, "G1", "wrong-body")


@pytest.mark.rule(id="X1")
def test_the_seats_filled_on_the_day_are_entitled(secretariat: Secretariat, standing_council: None) -> None:
    called = secretariat.call("call_meeting", body="standing-council", held_on=TODAY)
    wrong = secretariat.call("open_meeting", id=called["id"], present=4, roll=7)
    assert problem(wrong) == (409, "X1", "entitled")
    opened = secretariat.call("open_meeting", id=called["id"], present=4)
    assert (opened["entitled"], opened["entitled_basis"]) == (6, "seats")


@pytest.mark.rule(id="X6")
def test_numbers_have_no_gaps(secretariat: Secretariat) -> None:
    meeting = secretariat.meeting()
    for yes in (34, 33, 40):
        secretariat.vote(secretariat.motion(meeting), 67, yes)
    rows = secretariat.association.rows(
        "governance", "SELECT serial FROM resolutions WHERE body = 'assembly' AND year = 2031 ORDER BY serial"
    )
    assert [row["serial"] for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.rule(id="X6")
def test_votes_at_once_decide_a_motion_once_and_number_without_gaps(secretariat: Secretariat) -> None:
    meeting, before = secretariat.meeting(), secretariat.serial()
    motions = [secretariat.motion(meeting) for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda motion: secretariat.vote(motion, 68, 34), motions * 2))
    adopted = [answer["resolution"]["number"] for answer in answers if answer.status == 200]
    refused = [problem(answer) for answer in answers if answer.status != 200]
    assert sorted(adopted) == [f"会员代表大会决议〔2031〕{before + serial}号" for serial in (1, 2, 3)]
    assert refused == [(409, "G12", "motion-decided")] * 3


def test_an_older_version_of_a_meeting_is_not_acted_on(secretariat: Secretariat) -> None:
    called = secretariat.call("call_meeting", body="assembly", held_on=TODAY, roll=100)
    assert secretariat.call("open_meeting", id=called["id"], present=70, if_match=called.etag)["state"] == "open"
    assert secretariat.call("close_meeting", id=called["id"], if_match=called.etag).status == 412


@pytest.mark.rule(id="M11")
def test_who_may_do_what(secretariat: Secretariat) -> None:
    association = secretariat.association
    meeting = secretariat.meeting()
    motion = secretariat.motion(meeting)
    count = {"present": 68, "ballot": "secret", "issued": 0, "returned": 0, "invalid": 0, "abstained": 0}
    commands: dict[str, dict[str, Any]] = {
        "call_meeting": {"body": "assembly", "held_on": TODAY},
        "open_meeting": {"id": meeting, "present": 70},
        "adjourn_meeting": {"id": meeting},
        "resume_meeting": {"id": meeting, "present": 70},
        "close_meeting": {"id": meeting},
        "put_motion": {"id": meeting, "matter": "dues-standard", "title": "会费", "payload": DUES},
        "withdraw_motion": {"id": motion, "reason": "无"},
        "vote_on_motion": {"id": motion, **count, "yes": 0, "no": 0, "tellers": TELLERS},
        "list_wanted_resolutions": {},
    }
    for name, asked in commands.items():
        assert association.call("governance", name, **asked).status == 401, name
        editor = association.call("governance", name, as_=association.person("editor"), **asked)
        assert editor.status == 403, name
    for reading in ("list_meetings", "list_resolutions"):
        assert association.call("governance", reading).status == 401
        assert association.call("governance", reading, as_=association.person("correspondent")).status == 200
    assert secretariat.call("get_meeting", id=meeting)["motions"][0]["state"] == "pending"
