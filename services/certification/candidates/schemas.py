"""What comes in and goes out about candidates. Of an identity number only the last four are shown (X5)."""

from services.certification.vocabulary import OCCUPATIONS, PARTS, RULINGS, SEXES, WORK_TYPES
from shared.api import fields as f


class EnrolmentSheetIn(f.Schema):
    """An .xlsx file with the sheet 报名, of one unit's people or of people from anywhere; ``take_rest`` takes the rows
    in order although others are not. Identity numbers are taken only with the separate consent of everybody in it
    (X10)."""

    sheet = f.Upload("报名表", "Enrolment sheet", required=True, personal=("name", "identity-number"))
    take_rest = f.Boolean("有误的行除外，其余照收", "Take the rest", load_default=False)
    identity_consent = f.Boolean(
        "表中考生均已另行同意登记身份证号",
        "Everybody in the sheet has consented to the identity number being kept",
        load_default=False,
    )
    unit_id = f.UUID("送报单位", "Unit that sends it", load_default=None, allow_none=True)


class CandidateQuery(f.Schema):
    occupation = f.Choice("职业", "Occupation", OCCUPATIONS, load_default=None, allow_none=True)
    level = f.Integer("等级", "Level", load_default=None, allow_none=True)
    passed = f.Boolean("是否通过", "Passed", load_default=None, allow_none=True)


class CandidateLine(f.Schema):
    """A candidate in a list. ``place`` counts the candidates of the batch; a score is "59.5" or 缺考."""

    id = f.UUID("编号", "Id")
    batch_id = f.UUID("批次", "Batch")
    place = f.Integer("序号", "Place")
    name = f.String("姓名", "Name")
    identity_last4 = f.String("身份证号后四位", "Last four of the identity number", allow_none=True)
    sex = f.Choice("性别", "Sex", SEXES, allow_none=True)
    occupation = f.Choice("职业", "Occupation", OCCUPATIONS)
    work_type = f.Choice("工种", "Work type", WORK_TYPES, allow_none=True)
    level = f.Integer("等级", "Level")
    theory = f.String("理论成绩", "Theory", allow_none=True)
    practical = f.String("实操成绩", "Practical", allow_none=True)
    review = f.String("综合评审成绩", "Review", allow_none=True)
    passed = f.Boolean("通过", "Passed", allow_none=True)
    frozen = f.Boolean("有异议未处理", "Frozen by an objection")
    void = f.Boolean("成绩作废", "Void")
    certificate_number = f.String("证书编号", "Certificate number", allow_none=True)


class ScoreOut(f.Schema):
    """One mark as it was entered; later ones of the same part stand over it (X7)."""

    part = f.Choice("科目", "Part", PARTS)
    score = f.String("成绩", "Score", attribute="text")
    entered_at = f.Moment("登记时间", "Entered at")
    entered_by = f.UUID("登记人", "Entered by")
    reason = f.String("更正理由", "Reason")


class ObjectionOut(f.Schema):
    id = f.UUID("编号", "Id")
    batch_id = f.UUID("批次", "Batch")
    candidate_id = f.UUID("考生", "Candidate")
    grounds = f.String("异议内容", "Grounds")
    raised_at = f.Moment("提出时间", "Raised at")
    raised_by = f.UUID("受理登记人", "Raised by")
    decision = f.Choice("处理结论", "Decision", RULINGS, allow_none=True)
    reason = f.String("处理理由", "Reason", allow_none=True)
    decided_at = f.Moment("处理时间", "Decided at", allow_none=True)
    decided_by = f.UUID("处理人", "Decided by", allow_none=True)


class CandidateOut(CandidateLine):
    """A candidate, whole: every mark ever entered, the outcome in words, objections."""

    unit_id = f.UUID("送报单位", "Unit that sent them", allow_none=True)
    enrolled_at = f.Moment("报名时间", "Enrolled at")
    reason = f.String("结论说明", "Outcome in words", allow_none=True)
    pass_marks = f.String("合格线版本", "Version of the pass marks", allow_none=True)
    scores = f.List("成绩登记", "Scores as entered", f.Nested("成绩", "Score", ScoreOut))
    objections = f.List("异议", "Objections", f.Nested("异议", "Objection", ObjectionOut))
