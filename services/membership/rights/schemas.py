"""What membership hears of posts and absences."""

from shared.api import fields as f
from shared.bus.events import Heard


class PostTakenUp(Heard):
    """Somebody holds a post from ``since`` up to, not including, ``until`` (M11)."""

    tenure_id = f.UUID("任职", "Tenure", required=True)
    post_code = f.String("职务代码", "Code of the post", required=True)
    person_id = f.UUID("任职人", "Person", required=True)
    since = f.Date("任职起始日", "Held from", required=True)
    until = f.Date("不再任职之日", "No longer held on", required=True, allow_none=True)


class PostLeft(Heard):
    """A tenure ends: ``until`` is the first day on which it is no longer held (M11)."""

    tenure_id = f.UUID("任职", "Tenure", required=True)
    post_code = f.String("职务代码", "Code of the post", required=True)
    person_id = f.UUID("任职人", "Person", required=True)
    until = f.Date("不再任职之日", "No longer held on", required=True)


class AbsenceRecorded(Heard):
    """Somebody is away from a post; ``until`` is the first day back (G11)."""

    absence_id = f.UUID("请假", "Absence", required=True)
    post_code = f.String("职务代码", "Code of the post", required=True)
    person_id = f.UUID("请假人", "Person", required=True)
    since = f.Date("请假起始日", "Away from", required=True)
    until = f.Date("返岗日", "Back on", required=True, allow_none=True)


class AbsenceEnded(Heard):
    """An absence ends earlier than on record; one that was called off ends on its first day (G11)."""

    absence_id = f.UUID("请假", "Absence", required=True)
    post_code = f.String("职务代码", "Code of the post", required=True)
    person_id = f.UUID("请假人", "Person", required=True)
    until = f.Date("返岗日", "Back on", required=True)
