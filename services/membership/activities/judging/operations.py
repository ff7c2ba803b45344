"""Judging 评选: arranged, scored, closed; prizes listed, decided on by the council, published (M9, G21, X7, X8)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from services.membership.accounts.models import Account
from services.membership.activities.judging import rules
from services.membership.activities.judging.awarding import award, prized, revoke
from services.membership.activities.judging.models import (
    ActivityJudging,
    Commendation,
    Entry,
    EntryMark,
    Judge,
    JudgingCriterion,
    JudgingPrize,
)
from services.membership.activities.judging.schemas import (
    AwardedListOut,
    CommendationAdopted,
    CommendationEnded,
    CommendationIn,
    EntryToJudgeOut,
    JudgingIn,
    JudgingOut,
    MarksIn,
    MarksOut,
    PrizeListIn,
    ResultOut,
)
from services.membership.activities.planning.models import Activity
from services.membership.data import activity_kinds, judging_terms
from services.membership.representatives.operations import units_of
from services.membership.units.models import Unit
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.effective import in_force
from shared.errors import Forbidden, NotFound
from shared.identity.duties import Act
from shared.identity.principals import PUBLIC, SIGNED_IN
from shared.store.tx import Tx


@dataclass(frozen=True)
class Arrangement:
    """How an activity is judged."""

    judging: ActivityJudging
    criteria: Sequence[JudgingCriterion]
    judges: Sequence[Judge]
    prizes: Sequence[JudgingPrize]


class Judging:
    """Who judges entries by which criteria, and what comes of it."""

    @operation(
        "PUT /activities/{id}/judging",
        permission="membership.judging.arrange",
        request=JudgingIn,
        response=JudgingOut,
        label=("安排评选", "Arrange the judging"),
        kind="action",
    )
    def arrange_judging(
        self,
        tx: Tx,
        id: uuid.UUID,
        criteria: Sequence[dict[str, Any]],
        judges: Sequence[dict[str, Any]],
        prizes: Sequence[dict[str, Any]],
    ) -> Arrangement:
        """Sets criteria with weights that total 100, judges and prizes, in place of what was set before; they stay once
        there is a score (M9)."""
        activity = tx.change(Activity, id)
        rules.check_judged(activity_kinds()[activity.kind].judged)
        _hold(tx, activity.id)
        scored = select(EntryMark.id).join(Entry).where(Entry.activity_id == activity.id).limit(1)
        rules.check_arrangeable(activity.stands, bool(tx.all(scored)))
        people = [each["person_id"] for each in judges]
        terms = in_force(judging_terms(), tx.today, rules.TERMS)
        rules.check_arrangement([each["weight"] for each in criteria], people, terms)
        open_accounts = select(Account.person_id).where(Account.person_id.in_(people), Account.closed_at.is_(None))
        with_account = {person for person in tx.all(open_accounts) if person is not None}
        for each in judges:
            rules.check_has_account(each["person_id"], with_account)
            if each["unit_id"] is not None:
                tx.get(Unit, each["unit_id"])
        for model in (JudgingCriterion, JudgingPrize, Judge):
            tx.session.execute(delete(model).where(model.activity_id == activity.id))
        for model, given in ((JudgingCriterion, criteria), (JudgingPrize, prizes)):
            for position, each in enumerate(given, 1):
                tx.add(model(activity_id=activity.id, position=position, **each))
        for each in judges:
            tx.add(Judge(activity_id=activity.id, **each))
        if tx.find(ActivityJudging, activity_id=activity.id) is None:
            tx.add(ActivityJudging(activity_id=activity.id))
        tx.flush()
        return _arrangement(tx, activity.id)

    @operation(
        "GET /activities/{id}/judging",
        permission="membership.judging.read",
        response=JudgingOut,
        label=("评选安排", "The judging"),
        kind="detail",
    )
    def get_judging(self, tx: Tx, id: uuid.UUID) -> Arrangement:
        """How an activity is judged, and how far that is."""
        return _arrangement(tx, tx.get(ActivityJudging, id).activity_id)

    @operation(
        "GET /activities/{id}/entries-to-judge",
        permission=SIGNED_IN,
        response=EntryToJudgeOut,
        label=("待评作品", "Entries to judge"),
        kind="list",
    )
    def list_entries_to_judge(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """The entries that the caller judges: not those of their own unit, and of none whose it is (M9, X8)."""
        judge, ruled = _judge_of(tx, id)
        query = select(Entry).where(Entry.activity_id == judge.activity_id, Entry.withdrawn_at.is_(None))
        query = query.where(Entry.unit_id.is_(None) | Entry.unit_id.not_in(ruled.units))
        query = query.where(Entry.person_id.is_(None) | (Entry.person_id != judge.person_id))
        return tx.page(query, page, key=Entry.id, sorts={"submitted": Entry.submitted_at}, default="submitted")

    @operation(
        "POST /entries/{id}/marks",
        permission=SIGNED_IN,
        request=MarksIn,
        response=MarksOut,
        label=("评分", "Score an entry"),
        kind="action",
        apart=Act.SCORES,
    )
    def score_entry(self, tx: Tx, id: uuid.UUID, marks: Sequence[dict[str, Any]], reason: str) -> dict[str, Any]:
        """Marks an entry by each criterion, by one of its judges; nobody marks what is theirs or their unit's. Given
        again it takes the place of what stood, with the reason, until the judging is closed (M9, X7, X8)."""
        entry = tx.get(Entry, id)
        judge, ruled = _judge_of(tx, entry.activity_id)
        tx.keep_apart(*rules.whose_entry(entry.unit_id, entry.person_id, ruled))
        # Judges do not wait for each other, but for whoever closes the judging, who waits for them.
        _hold(tx, entry.activity_id, shared=True)
        tx.hold(f"marks of {judge.id} for {entry.id}")
        arranged = _arrangement(tx, entry.activity_id)
        activity = tx.get(Activity, entry.activity_id)
        rules.check_scoring(
            activity.stands,
            arranged=bool(arranged.criteria) and entry.withdrawn_at is None,
            closed=arranged.judging.closed_at is not None,
        )
        terms = in_force(judging_terms(), tx.today, rules.TERMS)
        read = [(each["criterion_id"], each["mark"]) for each in marks]
        given = rules.read_marks(read, [each.id for each in arranged.criteria], terms)
        before = _marks(tx, entry.id, judge.id)
        news = rules.changed({criterion: mark.mark for criterion, mark in before.items()}, given, reason)
        for criterion, mark in news.items():
            before[criterion] = tx.add(
                EntryMark(
                    entry_id=entry.id,
                    judge_id=judge.id,
                    criterion_id=criterion,
                    revision=before[criterion].revision + 1 if criterion in before else 1,
                    mark=mark,
                    given_at=tx.now,
                    reason=reason.strip(),
                )
            )
        return {"entry_id": entry.id, "marks": [before[each.id] for each in arranged.criteria]}

    @operation(
        "POST /activities/{id}/judging-close",
        permission="membership.judging.close",
        response=JudgingOut,
        label=("结束评选", "Close the judging"),
        kind="action",
    )
    def close_judging(self, tx: Tx, id: uuid.UUID) -> Arrangement:
        """Closes the judging once every judge has scored every entry that is not of their own unit; means and ranks are
        frozen with their arithmetic (M9, X2, X4, X8)."""
        activity = tx.change(Activity, id)
        _hold(tx, activity.id)
        arranged = _arrangement(tx, activity.id)
        judging = arranged.judging
        rules.check_scoring(activity.stands, arranged=bool(arranged.criteria), closed=judging.closed_at is not None)
        terms = in_force(judging_terms(), tx.today, rules.TERMS)
        weights = {each.id: each.weight for each in arranged.criteria}
        entries = _entries(tx, activity.id)
        scores: dict[uuid.UUID, list[int]] = {entry.id: [] for entry in entries}
        missing = 0
        for judge in arranged.judges:
            ruled = _ruled(tx, judge)
            for entry in entries:
                if ruled.recused(entry.unit_id, entry.person_id):
                    continue
                marks = {criterion: mark.mark for criterion, mark in _marks(tx, entry.id, judge.id).items()}
                if len(marks) == len(weights):
                    scores[entry.id].append(rules.score(marks, weights))
                else:
                    missing += 1
        rules.check_complete(missing)
        found = rules.results(scores, terms)
        for entry in entries:
            entry.follow(found[entry.id])
        judging.terms, judging.closed_at, judging.closed_by = terms.version, tx.now, tx.principal.name
        return arranged

    @operation(
        "GET /activities/{id}/results",
        permission="membership.judging.read",
        response=ResultOut,
        label=("评选结果", "Results of the judging"),
        kind="list",
    )
    def list_results(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """What the entries came to, by rank; for the secretariat and the council, until the prizes are awarded."""
        query = select(Entry).where(Entry.activity_id == tx.get(ActivityJudging, id).activity_id)
        query = query.where(Entry.rank.is_not(None))
        return tx.page(query, page, key=Entry.id, sorts={"rank": Entry.rank}, default="rank")

    @operation(
        "POST /activities/{id}/prizes",
        permission="membership.judging.close",
        request=PrizeListIn,
        response=JudgingOut,
        label=("拟定获奖名单", "List the prizes"),
        kind="action",
        apart=Act.JUDGES,
    )
    def list_prizes(self, tx: Tx, id: uuid.UUID, awards: Sequence[dict[str, Any]]) -> Arrangement:
        """Draws up the list of prizes by rank, for the council to decide on; nobody does whose unit has an entry. It
        may be drawn up anew until then (M9, G21, X7, X8)."""
        activity = tx.change(Activity, id)
        _hold(tx, activity.id)
        arranged = _arrangement(tx, activity.id)
        entries = _entries(tx, activity.id)
        tx.keep_apart(*rules.whose_list(entry.unit_id for entry in entries))
        rules.check_closed(arranged.judging.closed_at is not None)
        rules.check_not_awarded(arranged.judging.awarded)
        ranks = {entry.id: entry.rank for entry in entries if entry.rank is not None}
        listed = [(each["entry_id"], each["prize_id"]) for each in awards]
        given = rules.check_prizes(listed, {prize.id: prize.number for prize in arranged.prizes}, ranks)
        for entry in entries:
            entry.prize_id = given.get(entry.id)
        arranged.judging.list_anew(tx.now, tx.principal.name)
        return arranged

    @operation(
        "POST /activities/{id}/commendation",
        permission="membership.judging.close",
        request=CommendationIn,
        response=JudgingOut,
        label=("依决议授奖", "Award by a resolution"),
        kind="action",
    )
    def award_prizes(self, tx: Tx, id: uuid.UUID, resolution_id: uuid.UUID) -> Arrangement:
        """Awards the listed prizes by a resolution of the council on this activity that was heard of before (G21)."""
        commendation = tx.need(Commendation, resolution_id=resolution_id, activity_id=tx.change(Activity, id).id)
        _hold(tx, id)
        arranged = _arrangement(tx, id)
        award(tx, arranged.judging, commendation)
        return arranged

    @operation(
        "GET /announced-activities/{id}/prizes",
        permission=PUBLIC,
        response=AwardedListOut,
        label=("获奖名单", "Prizes"),
        kind="detail",
        rate="public",
    )
    def list_awarded_prizes(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """The prizes of an activity once the council has decided on them, and as long as its decision stands (G21)."""
        judging = tx.find(ActivityJudging, activity_id=id)
        if judging is None or not judging.awarded:
            raise NotFound("没有已公布的获奖名单", "No prizes are published")
        titles = {prize.id: prize.title for prize in _arrangement(tx, id).prizes}
        entries = prized(tx, id)
        units = {unit.id: unit.name for unit in tx.all(select(Unit).where(Unit.id.in_({e.unit_id for e in entries})))}
        return {
            "items": [
                {
                    "prize": titles[entry.prize_id] if entry.prize_id else None,
                    "title": entry.title,
                    "unit": units[entry.unit_id] if entry.unit_id else None,
                }
                for entry in entries
            ]
        }

    @on_event("governance", "resolution.adopted.v1", CommendationAdopted)
    def hear_commendation(
        self,
        tx: Tx,
        resolution_id: uuid.UUID,
        number: str,
        body: str,
        matter: str,
        adopted_on: date,
        subject_id: uuid.UUID | None,
    ) -> None:
        """Awards the listed prizes that the council has decided on. One that comes before there is a list is kept, and
        carries the list only if somebody says so (G21)."""
        if matter != rules.MATTER or subject_id is None or tx.find(Activity, id=subject_id) is None:
            return
        rules.check_resolved(body)
        _hold(tx, subject_id)
        if tx.find(Commendation, resolution_id=resolution_id) is not None:
            return
        commendation = tx.add(
            Commendation(resolution_id=resolution_id, activity_id=subject_id, number=number, adopted_on=adopted_on)
        )
        judging = tx.find(ActivityJudging, activity_id=subject_id)
        if judging is not None and judging.listed_at is not None and not judging.awarded:
            award(tx, judging, commendation)

    @on_event("governance", "resolution.ended.v1", CommendationEnded)
    def hear_commendation_ended(self, tx: Tx, resolution_id: uuid.UUID, ended_on: date) -> None:
        """Takes the prizes back whose resolution does not stand any more (X7)."""
        commendation = tx.find(Commendation, resolution_id=resolution_id)
        if commendation is None or commendation.ended_on is not None:
            return
        _hold(tx, commendation.activity_id)
        commendation.ended_on = ended_on
        judging = tx.find(ActivityJudging, activity_id=commendation.activity_id)
        if judging is not None:
            revoke(tx, judging, resolution_id)


def _hold(tx: Tx, activity_id: uuid.UUID, *, shared: bool = False) -> None:
    tx.hold(f"judging of {activity_id}", shared=shared)


def _arrangement(tx: Tx, activity_id: uuid.UUID) -> Arrangement:
    judging = tx.session.get(ActivityJudging, activity_id, populate_existing=True)
    if judging is None:
        raise NotFound("该活动未安排评选", "The activity is not judged")
    criteria = select(JudgingCriterion).where(JudgingCriterion.activity_id == activity_id)
    prizes = select(JudgingPrize).where(JudgingPrize.activity_id == activity_id)
    judges = select(Judge).where(Judge.activity_id == activity_id)
    return Arrangement(
        judging,
        criteria=tx.all(criteria.order_by(JudgingCriterion.position)),
        judges=tx.all(judges.order_by(Judge.id)),
        prizes=tx.all(prizes.order_by(JudgingPrize.position)),
    )


def _entries(tx: Tx, activity_id: uuid.UUID) -> list[Entry]:
    standing = select(Entry).where(Entry.activity_id == activity_id, Entry.withdrawn_at.is_(None))
    return tx.all(standing.order_by(Entry.id))


def _ruled(tx: Tx, judge: Judge) -> rules.Judge:
    named_for = {judge.unit_id} if judge.unit_id is not None else set()
    return rules.Judge(judge.person_id, units_of(tx, judge.person_id) | named_for)


def _judge_of(tx: Tx, activity_id: uuid.UUID) -> tuple[Judge, rules.Judge]:
    """The caller as a judge of the activity; 403 for everybody else."""
    person = tx.principal.person
    judge = tx.find(Judge, activity_id=activity_id, person_id=uuid.UUID(person)) if person else None
    if judge is None:
        raise Forbidden("您不是该活动的评委", "You are no judge of this activity", code="not-a-judge")
    return judge, _ruled(tx, judge)


def _marks(tx: Tx, entry_id: uuid.UUID, judge_id: uuid.UUID) -> dict[uuid.UUID, EntryMark]:
    """What stands of a judge's marks for an entry, by criterion: of each the latest."""
    given = select(EntryMark).where(EntryMark.entry_id == entry_id, EntryMark.judge_id == judge_id)
    return {mark.criterion_id: mark for mark in tx.all(given.order_by(EntryMark.revision))}
