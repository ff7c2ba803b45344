"""What comes in and goes out about results before the public (X12)."""

from services.certification.vocabulary import OCCUPATION_NAMES, RESULTS
from shared.api import fields as f


class NoticeLineOut(f.Schema):
    """One result: nothing but name, occupation and outcome."""

    name = f.String("姓名", "Name")
    occupation = f.Choice("职业", "Occupation", OCCUPATION_NAMES)
    result = f.Choice("结果", "Result", RESULTS)


class NoticeOut(f.Schema):
    """A public notice, in the order of enrolment."""

    batch = f.String("批次", "Batch")
    posted_at = f.Moment("公示时间", "Posted at")
    last_day = f.Date("公示截止日期", "Last day")
    lines = f.List("结果", "Results", f.Nested("结果", "Result", NoticeLineOut))
