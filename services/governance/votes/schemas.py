"""What comes in and goes out about votes."""

from services.governance.votes.rules import Ballot, Outcome
from shared.api import fields as f
from shared.api.sentences import SentenceOut

BALLOTS = {ballot.value: ballot.label for ballot in Ballot}
OUTCOMES = {outcome.value: outcome.label for outcome in Outcome}


class TellersIn(f.Schema):
    scrutineer = f.UUID("监票人", "Scrutineer", required=True)
    counter = f.UUID("计票人", "Counter", required=True)


class VoteIn(f.Schema):
    """The count of one vote by paper ballots. ``present`` are those there at the vote."""

    present = f.Integer("实到人数", "Present", required=True)
    ballot = f.Choice("表决方式", "Ballot", BALLOTS, required=True)
    issued = f.Integer("发出票数", "Ballots issued", required=True)
    returned = f.Integer("收回票数", "Ballots returned", required=True)
    valid = f.Integer(
        "有效票数（默认收回减无效）",
        "Valid ballots (returned less invalid unless given)",
        load_default=None,
        allow_none=True,
    )
    invalid = f.Integer("无效票数", "Invalid ballots", required=True)
    abstained = f.Integer("弃权票数", "Abstained", required=True)
    yes = f.Integer("赞成票数", "In favour", required=True)
    no = f.Integer("反对票数", "Against", required=True)
    tellers = f.Nested("监票人与计票人", "Tellers", TellersIn, required=True)


class ResolutionRefOut(f.Schema):
    id = f.UUID("编号", "Id")
    number = f.String("决议编号", "Number")


class VoteOut(f.Schema):
    """A vote: its count, its outcome, and the arithmetic it was reached by (X1, X4)."""

    id = f.UUID("编号", "Id")
    motion_id = f.UUID("议案", "Motion")
    held_at = f.Moment("登记时间", "Entered at")
    matter_version = f.UUID("职权版本", "Version of the matter")
    entitled = f.Integer("应到人数", "Entitled")
    present = f.Integer("实到人数", "Present")
    ballot = f.Choice("表决方式", "Ballot", BALLOTS)
    issued = f.Integer("发出票数", "Ballots issued")
    returned = f.Integer("收回票数", "Ballots returned")
    valid = f.Integer("有效票数", "Valid ballots")
    invalid = f.Integer("无效票数", "Invalid ballots")
    abstained = f.Integer("弃权票数", "Abstained")
    yes = f.Integer("赞成票数", "In favour")
    no = f.Integer("反对票数", "Against")
    scrutineer_id = f.UUID("监票人", "Scrutineer")
    counter_id = f.UUID("计票人", "Counter")
    outcome = f.Choice("结果", "Outcome", OUTCOMES)
    rule = f.String("所依规则", "By rule", allow_none=True)
    decision_rule_id = f.UUID("表决规则版本", "Version of how the body decides", allow_none=True)
    arithmetic = f.Nested("计算", "Arithmetic", SentenceOut)
    stamp = f.Nested("印记", "Stamp", SentenceOut, allow_none=True)
    resolution = f.Nested("决议", "Resolution", ResolutionRefOut, allow_none=True)
