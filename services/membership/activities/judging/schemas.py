"""What comes in and goes out about entries and their judging, and what membership hears of commendations."""

from marshmallow import validate

from services.membership.people.rules import MAX_LENGTH
from shared.api import fields as f
from shared.api.sentences import SentenceOut
from shared.bus.events import Heard

_WEIGHT = validate.Range(1, 100)
_NUMBER = validate.Range(1, 1000)
_SOME = validate.Length(1, 50, error="须为 1 至 50 项 / 1 to 50")


class CriterionIn(f.Schema):
    title = f.String("评分项", "Criterion", required=True, min_length=1, max_length=100)
    weight = f.Integer("权重（合计100）", "Weight (of 100)", required=True, validate=_WEIGHT)


class JudgeIn(f.Schema):
    """Somebody who judges; ``unit_id`` is the unit they are of, if any, whose entries they leave alone (X8)."""

    person_id = f.UUID("评委", "Judge", required=True)
    unit_id = f.UUID("所在单位", "Unit they are of", load_default=None, allow_none=True)


class PrizeIn(f.Schema):
    title = f.String("奖项", "Prize", required=True, min_length=1, max_length=100)
    number = f.Integer("名额", "How many", required=True, validate=_NUMBER)


class JudgingIn(f.Schema):
    """How an activity is judged, whole: criteria, judges, and prizes with the highest first."""

    criteria = f.List("评分项", "Criteria", f.Nested("评分项", "Criterion", CriterionIn), required=True, validate=_SOME)
    judges = f.List("评委", "Judges", f.Nested("评委", "Judge", JudgeIn), required=True, validate=_SOME)
    prizes = f.List("奖项", "Prizes", f.Nested("奖项", "Prize", PrizeIn), required=True, validate=_SOME)


class CriterionOut(f.Schema):
    id = f.UUID("编号", "Id")
    title = f.String("评分项", "Criterion")
    weight = f.Integer("权重", "Weight")


class JudgeOut(f.Schema):
    person_id = f.UUID("评委", "Judge")
    unit_id = f.UUID("所在单位", "Unit they are of", allow_none=True)


class PrizeOut(f.Schema):
    id = f.UUID("编号", "Id")
    title = f.String("奖项", "Prize")
    number = f.Integer("名额", "How many")


class JudgingOut(f.Schema):
    """How an activity is judged, and how far that is."""

    activity_id = f.UUID("活动", "Activity", attribute="judging.activity_id")
    criteria = f.List("评分项", "Criteria", f.Nested("评分项", "Criterion", CriterionOut))
    judges = f.List("评委", "Judges", f.Nested("评委", "Judge", JudgeOut))
    prizes = f.List("奖项", "Prizes", f.Nested("奖项", "Prize", PrizeOut))
    terms = f.String("评选办法版本", "Version of the terms", attribute="judging.terms", allow_none=True)
    closed_at = f.Moment("评选结束时间", "Closed at", attribute="judging.closed_at", allow_none=True)
    listed_at = f.Moment("获奖名单拟定时间", "Prizes listed at", attribute="judging.listed_at", allow_none=True)
    resolution_id = f.UUID("表彰决议", "Resolution", attribute="judging.resolution_id", allow_none=True)
    awarded_at = f.Moment("授奖时间", "Awarded at", attribute="judging.awarded_at", allow_none=True)
    revoked_at = f.Moment("撤销时间", "Revoked at", attribute="judging.revoked_at", allow_none=True)


class EntryIn(f.Schema):
    """What is entered, by a unit for one of its people, or without a unit. ``body`` is the text, or where it is."""

    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    title = f.String("作品标题", "Title", required=True, min_length=1, max_length=200)
    body = f.String("正文或说明", "Text", required=True, min_length=1, max_length=20_000)
    author = f.String("作者", "Author", required=True, max_length=2 * MAX_LENGTH, personal="participant")
    person_id = f.UUID("作者（人员）", "Author (person)", load_default=None, allow_none=True)
    consent = f.Boolean("作者同意登记", "The author consents to this being kept", required=True)


class EntryQuery(f.Schema):
    activity_id = f.UUID("活动", "Activity", load_default=None, allow_none=True)


class EntryOut(f.Schema):
    """An entry as its unit sees it: results are published with the prizes."""

    id = f.UUID("编号", "Id")
    activity_id = f.UUID("活动", "Activity")
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    title = f.String("作品标题", "Title")
    body = f.String("正文或说明", "Text")
    author = f.String("作者", "Author")
    submitted_at = f.Moment("提交时间", "Submitted at")
    withdrawn_at = f.Moment("撤回时间", "Withdrawn at", allow_none=True)


class EntryToJudgeOut(f.Schema):
    """An entry as a judge sees it: not whose it is."""

    id = f.UUID("编号", "Id")
    title = f.String("作品标题", "Title")
    body = f.String("正文或说明", "Text")


class MarkIn(f.Schema):
    criterion_id = f.UUID("评分项", "Criterion", required=True)
    mark = f.Decimal("评分", "Mark", required=True)


class MarksIn(f.Schema):
    """A mark for each criterion; ``reason`` where this changes what was given before."""

    marks = f.List("评分", "Marks", f.Nested("评分", "Mark", MarkIn), required=True, validate=_SOME)
    reason = f.String("更改理由", "Why it is changed", load_default="")


class MarkOut(f.Schema):
    criterion_id = f.UUID("评分项", "Criterion")
    mark = f.Decimal("评分", "Mark")
    revision = f.Integer("第几次", "Revision")


class MarksOut(f.Schema):
    """What stands of the caller's own marks for an entry."""

    entry_id = f.UUID("作品", "Entry")
    marks = f.List("评分", "Marks", f.Nested("评分", "Mark", MarkOut))


class ResultOut(f.Schema):
    """What an entry came to; ``tied``: others share the rank."""

    entry_id = f.UUID("作品", "Entry", attribute="id")
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    title = f.String("作品标题", "Title")
    mean = f.Decimal("平均分", "Mean", allow_none=True)
    rank = f.Integer("名次", "Rank", allow_none=True)
    tied = f.Boolean("并列", "Tied", allow_none=True)
    judges = f.Integer("计入评委数", "Judges counted", allow_none=True)
    arithmetic = f.Nested("算式", "Arithmetic", SentenceOut, allow_none=True)
    prize_id = f.UUID("奖项", "Prize", allow_none=True)


class AwardIn(f.Schema):
    entry_id = f.UUID("作品", "Entry", required=True)
    prize_id = f.UUID("奖项", "Prize", required=True)


class PrizeListIn(f.Schema):
    """The list of prizes for the council to decide on; entries not in it get none."""

    awards = f.List("获奖名单", "List of prizes", f.Nested("获奖", "Award", AwardIn), required=True)


class CommendationIn(f.Schema):
    resolution_id = f.UUID("表彰决议", "Resolution", required=True)


class AwardedOut(f.Schema):
    """A prize as it is published (G21, X12)."""

    prize = f.String("奖项", "Prize")
    title = f.String("作品标题", "Title")
    unit = f.String("单位", "Unit", allow_none=True)


class AwardedListOut(f.Schema):
    items = f.List("获奖名单", "Prizes", f.Nested("获奖", "Prize", AwardedOut))


class CommendationAdopted(Heard):
    """What membership reads of a resolution on prizes."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    number = f.String("决议编号", "Number", required=True)
    body = f.String("机构", "Body", required=True)
    matter = f.String("事项", "Matter", required=True)
    adopted_on = f.Date("通过日期", "Adopted on", required=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)


class CommendationEnded(Heard):
    """What membership reads of a resolution that does not stand any more (X7)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    ended_on = f.Date("终止日期", "Ended on", required=True)
