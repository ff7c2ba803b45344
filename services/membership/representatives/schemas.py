"""What comes in and goes out about representatives."""

from shared.api import fields as f


class RepresentativeIn(f.Schema):
    """A person who acts for the unit."""

    person_id = f.UUID("人员", "Person", required=True)
    first_day = f.Date("起始日（默认今天）", "First day (today)", load_default=None, allow_none=True)
    last_day = f.Date("截止日（含当日）", "Last day, included", load_default=None, allow_none=True)


class EndIn(f.Schema):
    last_day = f.Date("截止日（含当日，默认今天）", "Last day, included (today)", load_default=None, allow_none=True)


class RepresentativeOut(f.Schema):
    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    person_id = f.UUID("人员", "Person")
    first_day = f.Date("起始日", "First day")
    last_day = f.Date("截止日", "Last day", allow_none=True)
    named_at = f.Moment("登记时间", "Recorded at")
    ended_at = f.Moment("终止登记时间", "End recorded at", allow_none=True)
