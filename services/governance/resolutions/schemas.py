"""What comes in and goes out about resolutions."""

from services.governance.payloads.schemas import PayloadOut
from services.governance.resolutions.rules import Standing
from services.governance.votes.schemas import VoteOut
from shared.api import fields as f
from shared.api.sentences import SentenceOut

STANDINGS = {standing.value: standing.label for standing in Standing}


class ResolutionQuery(f.Schema):
    number = f.String("决议编号", "Number", load_default=None, allow_none=True)
    body = f.String("机构代码", "Code of the body", load_default=None, allow_none=True)
    matter = f.String("事项代码", "Code of the matter", load_default=None, allow_none=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)
    standing = f.Choice("效力", "Standing", STANDINGS, load_default=None, allow_none=True)


class ResolutionLine(f.Schema):
    """A resolution in a list."""

    id = f.UUID("编号", "Id")
    number = f.String("决议编号", "Number")
    body = f.String("机构代码", "Code of the body")
    title = f.String("标题", "Title")
    matter = f.String("事项代码", "Code of the matter")
    adopted_on = f.Date("通过日期", "Adopted on")
    subject_id = f.UUID("所涉对象", "What it is about", allow_none=True)
    payload = f.Nested("内容", "Payload", PayloadOut, attribute="carries", allow_none=True)
    stamp = f.Nested("印记", "Stamp", SentenceOut, allow_none=True)
    standing = f.Choice("效力", "Standing", STANDINGS)


class ResolutionOut(ResolutionLine):
    """A resolution with the vote that decided it (X1) and what ended it (X7)."""

    number_text = f.Nested("双语编号", "Number in both languages", SentenceOut)
    motion_id = f.UUID("议案", "Motion")
    matter_version = f.UUID("职权版本", "Version of the matter")
    arithmetic = f.Nested("计算", "Arithmetic", SentenceOut)
    vote = f.Nested("表决", "Vote", VoteOut)
    ended_by = f.UUID("由何决议终止", "Ended by the resolution", allow_none=True)
    ended_on = f.Date("终止日期", "Ended on", allow_none=True)
    ended_reason = f.String("终止理由", "Why it ended", allow_none=True)
