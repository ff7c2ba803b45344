"""What is told about studies: ids, days and sums. What they bring in is finance's."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class StudyAgreed(EventSchema):
    """A study was agreed for a sum (M12)."""

    event = "study.agreed"
    label = Text("课题已签约", "Study agreed")

    study_id = f.UUID("课题", "Study", attribute="id")
    amount = f.Money("金额", "Sum")
    agreed_on = f.Date("协议日期", "Agreed on")
    ends_on = f.Date("终止日", "Last day")


class StudyAccepted(EventSchema):
    """The client has accepted a study, and so its sum is earned (M12)."""

    event = "study.accepted"
    label = Text("课题已验收", "Study accepted")

    study_id = f.UUID("课题", "Study", attribute="id")
    amount = f.Money("金额", "Sum")
    accepted_on = f.Date("验收日期", "Accepted on")


class StudyEnded(EventSchema):
    """A study was given up (M12)."""

    event = "study.ended"
    label = Text("课题已终止", "Study given up")

    study_id = f.UUID("课题", "Study", attribute="id")
    ended_on = f.Date("终止办理日期", "Given up on")


EVENTS = (StudyAgreed, StudyAccepted, StudyEnded)
