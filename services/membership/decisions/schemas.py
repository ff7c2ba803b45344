"""What membership hears of the bodies' decisions on units."""

from shared.api import fields as f
from shared.bus.events import Heard


class ResolutionAdopted(Heard):
    """What membership reads of a resolution on a unit: what it is about (M1)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    number = f.String("决议编号", "Number", required=True)
    matter = f.String("事项", "Matter", required=True)
    adopted_on = f.Date("通过日期", "Adopted on", required=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)


class ResolutionEnded(Heard):
    """What membership reads when a resolution does not stand any more, revoked or superseded (X7)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    matter = f.String("事项", "Matter", load_default=None, allow_none=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)
    standing = f.String("效力", "Standing", load_default=None, allow_none=True)
    ended_on = f.Date("终止日期", "Ended on", required=True)


class MotionRejected(Heard):
    """What membership reads of a motion that found no majority (X1)."""

    matter = f.String("事项", "Matter", required=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)
    decided_on = f.Date("表决日期", "Decided on", required=True)
