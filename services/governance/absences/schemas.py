"""What comes in and goes out about absences and about the posts that sign."""

from datetime import date

from marshmallow.validate import Range

from shared.api import fields as f


class AbsenceIn(f.Schema):
    """Somebody away from a post through ``last_day``, all of it (X3)."""

    post = f.String("职务代码", "Code of the post", required=True, max_length=100)
    person_id = f.UUID("请假人", "Person", required=True)
    since = f.Date("请假起始日（默认今天）", "Away from (today unless given)", load_default=None, allow_none=True)
    last_day = f.Date("请假最后一日", "Last day away", required=True, validate=Range(max=date.max, max_inclusive=False))


class AbsenceEndIn(f.Schema):
    last_day = f.Date(
        "请假最后一日（默认今天）",
        "Last day away (today unless given)",
        load_default=None,
        allow_none=True,
        validate=Range(max=date.max, max_inclusive=False),
    )


class AbsenceQuery(f.Schema):
    post = f.String("职务代码", "Code of the post", load_default=None, allow_none=True)
    on = f.Date("日期", "Day", load_default=None, allow_none=True)


class AbsenceOut(f.Schema):
    """An absence; ``until`` is the first day back."""

    id = f.UUID("编号", "Id")
    post_id = f.UUID("职务", "Post")
    post_code = f.String("职务代码", "Code of the post")
    person_id = f.UUID("请假人", "Person")
    since = f.Date("请假起始日", "Away from")
    until = f.Date("返回之日", "Back on")
    called_off = f.Boolean("已撤销", "Called off")
    recorded_at = f.Moment("登记时间", "Recorded at")


class SigningAbsenceOut(f.Schema):
    post_code = f.String("职务代码", "Code of the post")
    person_id = f.UUID("请假人", "Person")
    since = f.Date("请假起始日", "Away from")
    until = f.Date("返回之日", "Back on")


class SigningPostOut(f.Schema):
    """A post that signs expenditures, on one day: who holds it, who of them is away, and by which absences."""

    id = f.UUID("编号", "Id", attribute="post.id")
    code = f.String("代码", "Code", attribute="post.code")
    holders = f.List("任职人", "Held by", f.UUID("人员", "Person"))
    absent = f.List("请假的任职人", "Of these, away", f.UUID("人员", "Person"))
    absences = f.List("请假", "Absences", f.Nested("请假", "Absence", SigningAbsenceOut))
