"""What comes in and goes out about questionnaires."""

from marshmallow import validate

from services.membership.surveys.questionnaires.rules import MOST_SECTIONS, OPTIONS, Kind
from shared.api import fields as f

KINDS = {kind.value: kind.label for kind in Kind}


class QuestionIn(f.Schema):
    """``weight`` in percent of the section, at most two places; a choice and a free text have none."""

    text = f.String("题目", "Question", required=True, min_length=1, max_length=500)
    kind = f.Choice("题型", "Kind", KINDS, required=True)
    weight = f.Decimal("权重（%）", "Weight (%)", load_default=None, allow_none=True)
    options = f.List(
        "选项",
        "Options",
        f.String("选项", "Option", min_length=1, max_length=100),
        load_default=list,
        validate=validate.Length(max=OPTIONS[-1]),
    )


class SectionIn(f.Schema):
    title = f.String("部分名称", "Title", required=True, min_length=1, max_length=100)
    weight = f.Decimal("权重（%）", "Weight (%)", required=True)
    questions = f.List(
        "题目", "Questions", f.Nested("题目", "Question", QuestionIn), required=True, validate=validate.Length(max=100)
    )


class QuestionnaireIn(f.Schema):
    """Sections in order. Their weights total 100, and those of the questions of each section do."""

    sections = f.List(
        "部分",
        "Sections",
        f.Nested("部分", "Section", SectionIn),
        required=True,
        validate=validate.Length(max=MOST_SECTIONS),
    )


class QuestionOut(f.Schema):
    id = f.UUID("编号", "Id")
    number = f.Integer("题号", "Number")
    text = f.String("题目", "Question")
    kind = f.Choice("题型", "Kind", KINDS)
    weight = f.Decimal("权重（%）", "Weight (%)", allow_none=True)
    options = f.List("选项", "Options", f.String("选项", "Option"))


class SectionOut(f.Schema):
    number = f.Integer("序号", "Number")
    title = f.String("部分名称", "Title")
    weight = f.Decimal("权重（%）", "Weight (%)")
    questions = f.List("题目", "Questions", f.Nested("题目", "Question", QuestionOut))


class QuestionnaireOut(f.Schema):
    id = f.UUID("编号", "Id")
    number = f.Integer("版本", "Version")
    written_at = f.Moment("拟定时间", "Written at")
    frozen_at = f.Moment("定稿时间", "Frozen at", allow_none=True)
    sections = f.List("部分", "Sections", f.Nested("部分", "Section", SectionOut))
