"""An article becomes a fee: published it is owed, told twice it counts once, retracted it is taken back (P6, F14)."""

import json
import uuid

import pytest

from shared.testing.association import Association, eventually

pytestmark = [pytest.mark.rule(id="P6"), pytest.mark.rule(id="F14")]

TEXT_OF_1450 = "通信保障无小事。" * 181 + "完毕"


class Flow:
    """Writers of one unit, editors, the accountant and the administrator, each through the bus."""

    def __init__(self, association: Association) -> None:
        self.association = association
        unit = uuid.uuid4()
        self.author = association.person("correspondent", unit=unit)
        self.colleague = association.person("correspondent", unit=unit)
        self.editor = association.person("editor")
        self.second_editor = association.person("editor")
        self.accountant = association.person("accountant")
        self.administrator = association.person("administrator")

    def do(self, operation, as_, service="publishing", **arguments):
        answer = self.association.call(service, operation, as_=as_, **arguments)
        assert answer.problem is None, answer.problem
        return answer

    def write(self, body=TEXT_OF_1450, *, as_=None, attested_by=None):
        """The id of an article that has passed its three reviews."""
        text = {"title": "三晋通信人的一天", "body": body, "column": "association_news"}
        article = self.do("submit_article", as_ or self.author, **text)["id"]
        reviewers = {
            "editorial": self.second_editor,
            "facts": attested_by or self.colleague,
            "secrecy": self.second_editor,
        }
        for kind, by in reviewers.items():
            self.do("review_article", by, id=article, kind=kind, revision=1, passed=True)
        return article

    def publish(self, *placements):
        """Bring articles out in one issue; each with its rate, None where it needs none."""
        issue = self.do("open_issue", self.editor)["id"]
        for article, rate in placements:
            self.do("place_article", self.editor, id=issue, article_id=article, rate=rate)
        return self.do("publish_issue", self.editor, id=issue)

    def retract(self, article):
        return self.do("retract_article", self.editor, id=article, reason="数据有误")

    def event(self, type_, article):
        """The id of the event of this type about an article, as the administrator finds it."""
        subject = {"subject": f"article/{article}", "type": type_}
        (event,) = self.do("list_events", self.administrator, **subject)["items"]
        return event["id"]

    def fee(self, article, state):
        """The fee of an article, once finance shows it in ``state``."""

        def found():
            fees = self.do("list_manuscript_fees", self.accountant, "finance", article_id=article)["items"]
            assert [fee["state"] for fee in fees] == [state]
            return fees[0]

        line = eventually(found)
        return self.do("get_manuscript_fee", self.accountant, "finance", id=line["id"])

    def outcomes(self, event_id):
        """What finance made of each delivery of an event, in order, by its log."""
        lines = [json.loads(line) for line in self.association.log.read_text().splitlines()]
        heard = [line for line in lines if line.get("event_id") == event_id and line.get("service") == "finance"]
        return [line["outcome"] for line in heard if "outcome" in line]

    def inbox(self, event_id):
        rows = self.association.rows("finance", f"SELECT state FROM chassis.inbox WHERE event_id = '{event_id}'")
        return [row["state"] for row in rows]

    def accounts(self, article):
        """Everything finance keeps of the fee of an article and has told of it."""
        (fee,) = self.association.rows("finance", f"SELECT * FROM manuscript_fees WHERE article_id = '{article}'")
        entries = f"SELECT * FROM manuscript_fee_entries WHERE fee_id = '{fee['id']}' ORDER BY id"
        told = f"SELECT event_id FROM chassis.outbox WHERE subject = 'fee/{fee['id']}' ORDER BY position"
        return fee, self.association.rows("finance", entries), self.association.rows("finance", told)


@pytest.fixture
def flow(association: Association) -> Flow:
    association.set_clock("2021-02-01T09:00:00+08:00")
    return Flow(association)


def test_1450_characters_are_owed_150_yuan(flow):
    article = flow.write()
    issue = flow.publish((article, None))
    fee = flow.fee(article, "accrued")
    assert (fee["amount"], fee["owed"]) == ("150.00", "150.00")
    assert (fee["author_id"], fee["issue_id"]) == (flow.author.person, issue["id"])
    assert (fee["terms"], fee["published_at"]) == ("fee-2021-01-18", issue["published_at"])
    assert [(entry["kind"], entry["amount"]) for entry in fee["entries"]] == [("accrual", "150.00")]


def test_the_same_event_delivered_again_changes_nothing(flow):
    article = flow.write()
    flow.publish((article, None))
    flow.fee(article, "accrued")
    before, told = flow.accounts(article), flow.event("article.published.v1", article)

    flow.do("redeliver_event", flow.administrator, id=told)
    eventually(lambda: flow.outcomes(told) == ["done", "duplicate"])
    assert flow.inbox(told) == ["done"]
    assert flow.accounts(article) == before


@pytest.mark.rule(id="X7")
def test_a_retraction_takes_the_fee_back_and_a_late_repeat_does_not_revive_it(flow):
    article = flow.write()
    flow.publish((article, None))
    flow.fee(article, "accrued")
    flow.association.set_clock("2021-02-10T15:00:00+08:00")
    retracted = flow.retract(article)
    fee = flow.fee(article, "reversed")
    assert (fee["amount"], fee["owed"], fee["retracted_at"]) == ("150.00", "0.00", retracted["retracted_at"])
    assert [(entry["kind"], entry["amount"]) for entry in fee["entries"]] == [
        ("accrual", "150.00"),
        ("reversal", "-150.00"),
    ]

    before = flow.accounts(article)
    for type_ in ("article.published.v1", "article.retracted.v1"):
        told = flow.event(type_, article)
        flow.do("redeliver_event", flow.administrator, id=told)
        eventually(lambda told=told: flow.outcomes(told) == ["done", "duplicate"])
    assert flow.accounts(article) == before


def test_the_secretariats_own_article_is_on_record_and_owes_nothing(flow):
    article = flow.write(as_=flow.editor, attested_by=flow.second_editor)
    flow.publish((article, None))
    fee = flow.fee(article, "unpaid")
    assert (fee["amount"], fee["owed"], fee["entries"]) == ("0.00", "0.00", [])
    assert fee["author_id"] == flow.editor.person
    flow.retract(article)
    eventually(lambda: flow.fee(article, "unpaid")["retracted_at"])
    assert flow.fee(article, "unpaid")["owed"] == "0.00"


def test_two_articles_of_one_issue_are_two_debts_and_one_retraction_leaves_the_other(flow):
    long, short = flow.write(), flow.write("短讯" * 60)
    flow.publish((long, None), (short, "30.00"))
    assert flow.fee(long, "accrued")["owed"] == "150.00"
    assert flow.fee(short, "accrued")["owed"] == "60.00"

    flow.retract(long)
    assert flow.fee(long, "reversed")["owed"] == "0.00"
    assert flow.fee(short, "accrued")["owed"] == "60.00"
    mine = {"author_id": flow.author.person}
    fees = flow.do("list_manuscript_fees", flow.accountant, "finance", **mine, sort="recorded")["items"]
    assert {fee["article_id"]: fee["state"] for fee in fees} == {long: "reversed", short: "accrued"}
    owed = flow.do("list_manuscript_fees", flow.accountant, "finance", **mine, state="accrued")["items"]
    assert [fee["article_id"] for fee in owed] == [short]


def test_one_correlation_id_leads_from_the_command_to_the_fee(flow):
    article = flow.write()
    issue = flow.do("open_issue", flow.editor)["id"]
    flow.do("place_article", flow.editor, id=issue, article_id=article)
    cause = f"scenario-{uuid.uuid4()}"
    flow.do("publish_issue", flow.editor, id=issue, headers={"correlation-id": cause})
    fee = flow.fee(article, "accrued")
    told = flow.association.rows("finance", f"SELECT headers FROM chassis.outbox WHERE subject = 'fee/{fee['id']}'")
    assert [row["headers"]["cloudEvents_correlationid"] for row in told] == [cause]
    assert told[0]["headers"]["cloudEvents_causationid"] == flow.event("article.published.v1", article)
