"""Judging over the bus: entries, marks, results, prizes by the council's decision (M9, G21, X7, X8, X11)."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer, Person, eventually

if TYPE_CHECKING:
    from tests.services.membership.conftest import Organiser

JUDGING_DAY = "2061-06-21T09:00:00+08:00"
CRITERIA = [{"title": "立意", "weight": 60}, {"title": "文采", "weight": 40}]
PRIZES = [{"title": "一等奖", "number": 1}, {"title": "二等奖", "number": 2}]


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


class Contest:
    """An essay contest with three units, an entry of each, and four judges of whom one is of the first unit."""

    def __init__(self, organiser: "Organiser") -> None:
        self.organiser = organiser
        self.administrator = organiser.association.person("administrator")
        self.id = organiser.opened(kind="essay_contest", title="庆祝建党100周年征文")
        self.units = [organiser.unit() for _ in range(3)]
        self.judges = [self.judge() for _ in range(4)]
        self.entries = [self.enter(unit, who) for unit, who in self.units]

    def call(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.organiser.call(operation, as_, **given)

    def judge(self) -> Person:
        """Somebody on file with an open account."""
        person = self.call("register_person", name="评委")["id"]
        account = {"username": f"u{new_id().hex[-12:]}", "person_id": person, "roles": ["editor"]}
        assert self.call("open_account", self.administrator, **account).status == 201
        return self.organiser.association.person("editor", person=person)

    def enter(self, unit: str, as_: Person) -> str:
        entry = {"title": "党旗下的通信人", "body": "正文。", "author": "赵 进", "consent": True}
        id: str = self.call("submit_entry", as_, id=self.id, unit_id=unit, **entry)["id"]
        return id

    def arrange(self, **changed: Any) -> Answer:
        first, *others = self.judges
        judges = [{"person_id": first.person, "unit_id": self.units[0][0]}]
        judges += [{"person_id": each.person} for each in others]
        given = {"criteria": CRITERIA, "judges": judges, "prizes": PRIZES, **changed}
        return self.call("arrange_judging", id=self.id, if_match="*", **given)

    def begin(self) -> "Contest":
        arranged = self.arrange()
        self.criteria = [each["id"] for each in arranged["criteria"]]
        self.prizes = [each["id"] for each in arranged["prizes"]]
        assert self.call("close_activity", id=self.id)["state"] == "closed"
        self.organiser.association.set_clock(JUDGING_DAY)
        return self

    def mark(self, judge: Person, entry: str, *marks: str, **given: Any) -> Answer:
        read = [{"criterion_id": c, "mark": mark} for c, mark in zip(self.criteria, marks, strict=False)]
        return self.call("score_entry", judge, id=entry, marks=read, **given)

    def mark_all(self, *by_entry: str) -> None:
        """Each judge marks each entry that is theirs to judge with one mark throughout."""
        for judge in self.judges:
            for entry, mark in zip(self.entries, by_entry, strict=True):
                if (judge, entry) != (self.judges[0], self.entries[0]):
                    assert self.mark(judge, entry, mark, mark).status == 200

    def closed(self) -> "Contest":
        self.begin().mark_all("90", "90", "80.5")
        assert self.call("close_judging", id=self.id).status == 200
        return self

    def list_prizes(self, *prizes: int, as_: Person | None = None) -> Answer:
        awards = [
            {"entry_id": entry, "prize_id": self.prizes[prize]}
            for entry, prize in zip(self.entries, prizes, strict=False)
        ]
        return self.call("list_prizes", as_, id=self.id, awards=awards)

    def resolve(self, **changed: Any) -> str:
        """The council decides to commend, as governance tells it; returns the resolution."""
        resolution = str(new_id())
        told = {
            "resolution_id": resolution,
            "number": "理事会决议〔2061〕3号",
            "body": "council",
            "matter": "commendations",
            "adopted_on": "2061-06-21",
            "subject_id": self.id,
            **changed,
        }
        self.organiser.tell("resolution.adopted.v1", f"resolution/{told['resolution_id']}", **told)
        return str(told["resolution_id"])

    def revoke(self, resolution: str) -> None:
        told = {"resolution_id": resolution, "ended_on": "2061-06-22"}
        self.organiser.tell("resolution.ended.v1", f"resolution/{resolution}", **told)

    def published(self) -> Answer:
        return self.organiser.publicly("list_awarded_prizes", id=self.id)

    def told(self, type_: str) -> list[str]:
        """The entries that this was told of."""
        told = self.organiser.told(f"activity/{self.id}")
        return sorted(body["entry_id"] for each, body in told if each == type_)


@pytest.fixture
def contest(organiser: "Organiser") -> Contest:
    return Contest(organiser)


@pytest.mark.rule(id="M9")
@pytest.mark.rule(id="X2")
def test_the_mean_leaves_the_judge_of_ones_own_unit_out_and_ties_are_stated(contest: Contest) -> None:
    contest.begin()
    marks = {
        contest.entries[0]: [None, ("90", "90"), ("80", "95"), ("88.5", "90.1")],
        contest.entries[1]: [("86", "86")] * 4,
        contest.entries[2]: [("100", "51"), ("86", "86"), ("86", "86"), ("94", "88")],
    }
    for entry, given in marks.items():
        for judge, each in zip(contest.judges, given, strict=True):
            if each is None:
                assert refusal(contest.mark(judge, entry, "100", "100")) == (409, "X8", "own-unit")
            else:
                assert contest.mark(judge, entry, *each).status == 200
    closed = contest.call("close_judging", id=contest.id)
    assert closed["terms"] == "judging-2021-03-01"
    results = {each["entry_id"]: each for each in contest.call("list_results", id=contest.id)["items"]}
    said = [results[each] for each in contest.entries]
    assert [(each["mean"], each["rank"], each["tied"], each["judges"]) for each in said] == [
        ("88.38", 1, False, 3),
        ("86.00", 2, True, 4),
        ("86.00", 2, True, 4),
    ]
    assert said[0]["arithmetic"]["zh"] == "（90.000＋86.000＋89.140）÷3＝88.38"
    again = contest.mark(contest.judges[1], contest.entries[0], "1", "1", reason="更正")
    assert refusal(again) == (409, "M9", "judging-closed")


@pytest.mark.rule(id="X8")
def test_judges_see_the_entries_of_others_and_not_whose_they_are(contest: Contest) -> None:
    contest.begin()

    def seen(by: Person) -> Answer:
        return contest.call("list_entries_to_judge", by, id=contest.id)

    assert {each["id"] for each in seen(contest.judges[0])["items"]} == set(contest.entries[1:])
    assert {each["id"] for each in seen(contest.judges[1])["items"]} == set(contest.entries)
    assert set(seen(contest.judges[1])["items"][0]) == {"id", "title", "body"}
    for stranger in (contest.organiser.clerk, contest.units[0][1]):
        assert seen(stranger).status == 403
        assert contest.mark(stranger, contest.entries[1], "1", "1").status == 403


@pytest.mark.rule(id="X8")
def test_whoever_comes_to_represent_a_unit_is_recused_from_then_on(contest: Contest) -> None:
    contest.begin()
    judge, entry, unit = contest.judges[1], contest.entries[1], contest.units[1][0]
    contest.mark_all("90", "10", "80")
    named = {"id": unit, "person_id": judge.person, "first_day": "2061-06-21"}
    assert contest.call("name_representative", **named).status == 201
    assert refusal(contest.mark(judge, entry, "100", "100", reason="更正")) == (409, "X8", "own-unit")
    contest.call("close_judging", id=contest.id)
    results = {each["entry_id"]: each for each in contest.call("list_results", id=contest.id)["items"]}
    assert results[entry]["judges"] == 3, "what they gave before is left out of the mean"


@pytest.mark.rule(id="X7")
def test_a_mark_takes_the_place_of_another_with_a_reason_and_both_are_kept(contest: Contest) -> None:
    contest.begin()
    judge, entry = contest.judges[1], contest.entries[0]
    key = str(new_id())
    first, repeated = (contest.mark(judge, entry, "80", "70", key=key) for _ in range(2))
    assert repeated.body == first.body
    assert refusal(contest.mark(judge, entry, "81", "70")) == (409, "X7", "reason-needed")
    second = contest.mark(judge, entry, "81", "70", reason="漏看一节")
    assert [(each["mark"], each["revision"]) for each in second["marks"]] == [("81", 2), ("70.0", 1)]
    kept = f"SELECT mark::text, reason FROM entry_marks WHERE entry_id = '{entry}' ORDER BY criterion_id, revision"
    rows = contest.organiser.association.rows("membership", kept)
    assert sorted((row["mark"], row["reason"]) for row in rows) == [("70.0", ""), ("80.0", ""), ("81.0", "漏看一节")]


@pytest.mark.rule(id="M9")
def test_judging_is_arranged_once_closed_once_and_complete(contest: Contest) -> None:
    assert refusal(contest.arrange(criteria=[{"title": "立意", "weight": 99}])) == (409, "M9", "weights")
    stranger = [{"person_id": contest.call("register_person", name="无账号")["id"]}]
    judges = [{"person_id": each.person} for each in contest.judges[:2]]
    assert refusal(contest.arrange(judges=judges)) == (409, "M9", "too-few-judges")
    assert refusal(contest.arrange(judges=judges + stranger)) == (409, "M9", "judge-without-account")
    assert contest.arrange().status == 200
    contest.begin()
    assert refusal(contest.mark(contest.judges[1], contest.entries[0], "80")) == (409, "M9", "marks-incomplete")
    assert refusal(contest.mark(contest.judges[1], contest.entries[0], "80", "80.05")) == (409, "X2", "mark")
    assert contest.mark(contest.judges[1], contest.entries[0], "80", "1E+2").status == 422
    assert contest.mark(contest.judges[1], contest.entries[0], "80", "80").status == 200
    assert refusal(contest.arrange()) == (409, "M9", "judging-settled")
    assert refusal(contest.call("close_judging", id=contest.id)) == (409, "M9", "scores-missing")
    assert contest.call("list_results", id=contest.id)["items"] == []
    for judge in contest.judges:
        for entry in contest.entries:
            contest.mark(judge, entry, "80", "80")
    assert contest.call("close_judging", id=contest.id).status == 200
    assert refusal(contest.call("close_judging", id=contest.id)) == (409, "M9", "judging-closed")


@pytest.mark.rule(id="M9")
def test_entries_come_while_the_activity_is_open_to_what_is_judged(contest: Contest) -> None:
    unit, somebody = contest.units[0]
    entry = {"unit_id": unit, "title": "稿", "body": "文", "author": "赵进", "consent": True}
    charity = contest.organiser.opened(kind="charity")
    assert refusal(contest.call("submit_entry", somebody, id=charity, **entry)) == (409, "M9", "not-judged")
    unasked = contest.call("submit_entry", somebody, id=contest.id, **{**entry, "consent": False})
    assert refusal(unasked) == (409, "X10", "consent-needed")
    late = contest.enter(unit, somebody)
    assert contest.call("withdraw_entry", contest.units[1][1], id=late).status == 404
    assert contest.call("withdraw_entry", somebody, id=late)["withdrawn_at"] is not None
    contest.begin()
    assert refusal(contest.mark(contest.judges[1], late, "1", "1")) == (409, "M9", "not-scoring")
    assert refusal(contest.call("submit_entry", somebody, id=contest.id, **entry)) == (409, "M9", "not-open")
    assert refusal(contest.call("withdraw_entry", somebody, id=contest.entries[0])) == (409, "M9", "not-open")


@pytest.mark.rule(id="G21")
def test_prizes_are_published_by_the_councils_decision_and_by_nothing_else(contest: Contest) -> None:
    contest.begin().mark_all("95", "90", "80")
    assert refusal(contest.list_prizes(0)) == (409, "M9", "judging-open")
    contest.call("close_judging", id=contest.id)
    assert refusal(contest.list_prizes(1, 0)) == (409, "M9", "out-of-order")
    assert contest.list_prizes(0, 1)["listed_at"] is not None
    assert contest.published().status == 404
    assert contest.told("activity.prize-awarded.v1") == []
    resolution = contest.resolve()
    published = contest.published()
    assert [(each["prize"], each["title"]) for each in published["items"]] == [
        ("一等奖", "党旗下的通信人"),
        ("二等奖", "党旗下的通信人"),
    ]
    assert contest.told("activity.prize-awarded.v1") == sorted(contest.entries[:2])
    contest.resolve(resolution_id=resolution)
    assert len(contest.told("activity.prize-awarded.v1")) == 2, "heard twice it awards once"
    assert refusal(contest.list_prizes(0)) == (409, "X7", "awarded")
    assert "通信人" not in str(contest.organiser.told(f"activity/{contest.id}"))


@pytest.mark.rule(id="X7")
def test_prizes_go_with_the_decision_they_rest_on(contest: Contest) -> None:
    contest.closed()
    contest.list_prizes(1, 1)
    resolution = contest.resolve()
    for _ in range(2):
        contest.revoke(resolution)
    assert contest.told("activity.prize-revoked.v1") == sorted(contest.entries[:2])
    assert contest.published().status == 404
    contest.list_prizes(1, 1)
    contest.resolve()
    assert contest.published().status == 200
    assert len(contest.told("activity.prize-awarded.v1")) == 4


@pytest.mark.rule(id="G21")
def test_a_decision_heard_before_there_is_a_list_carries_it_only_if_somebody_says_so(contest: Contest) -> None:
    early, of_another = contest.resolve(), str(new_id())
    contest.closed()
    given = {"id": contest.id, "resolution_id": early}
    assert refusal(contest.call("award_prizes", **given)) == (409, "G21", "no-list")
    contest.list_prizes(1, 1)
    assert contest.published().status == 404
    assert contest.call("award_prizes", id=contest.id, resolution_id=of_another).status == 404
    assert contest.call("award_prizes", **given)["resolution_id"] == early
    assert contest.published().status == 200
    assert refusal(contest.call("award_prizes", **given)) == (409, "X7", "awarded")


@pytest.mark.rule(id="X8")
def test_whose_unit_has_an_entry_does_not_draw_up_the_list(contest: Contest) -> None:
    contest.closed()
    both = contest.organiser.association.person("clerk", unit=contest.units[2][0])
    assert refusal(contest.list_prizes(1, 1, as_=both)) == (409, "X8", "own-unit")
    assert contest.list_prizes(1, 1).status == 200


def test_only_the_secretariat_arranges_and_reads_results(contest: Contest) -> None:
    contest.closed()
    representative = contest.units[0][1]
    for operation, given in (
        ("list_results", {}),
        ("get_judging", {}),
        ("close_judging", {}),
        ("list_prizes", {"awards": []}),
        ("award_prizes", {"resolution_id": new_id()}),
    ):
        assert contest.call(operation, representative, id=contest.id, **given).status == 403
    own = contest.call("get_entry", representative, id=contest.entries[0])
    assert not {"mean", "rank", "prize_id"} & set(own.body)


@pytest.mark.rule(id="G21")
def test_no_other_body_commends(contest: Contest) -> None:
    contest.closed()
    contest.list_prizes(1, 1)
    event, resolution = str(new_id()), str(new_id())
    told = {"resolution_id": resolution, "number": "1号", "body": "secretariat", "matter": "commendations"}
    attributes = {"specversion": "1.0", "id": event, "source": "governance", "type": "resolution.adopted.v1"}
    headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
    headers |= {"cloudEvents_subject": f"resolution/{resolution}", "cloudEvents_time": JUDGING_DAY}
    body = json.dumps({**told, "adopted_on": "2061-06-21", "subject_id": contest.id}).encode()
    contest.organiser.association.publish("governance.events", "resolution.adopted.v1", body, headers=headers)
    waits = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event}' AND state IN ('parked', 'dead')"
    eventually(lambda: contest.organiser.association.rows("membership", waits))
    assert contest.published().status == 404
