"""What goes out about results. Numbers with two places are texts, such as "83.50"; null is not shown (M8)."""

from services.membership.surveys.questionnaires.schemas import KINDS
from shared.api import fields as f


class CellOut(f.Schema):
    """A question as some answered it: how many, the sum of their points, the score from 0 to 100."""

    answered = f.Integer("作答人数", "Answered")
    total = f.Integer("分值合计", "Sum of points", allow_none=True)
    score = f.String("得分", "Score", allow_none=True)


class OptionFiguresOut(f.Schema):
    option = f.String("选项", "Option")
    answered = f.Integer("选择人数", "Chosen by", allow_none=True)
    share = f.String("占比（%）", "Share (%)", allow_none=True)


class QuestionFiguresOut(f.Schema):
    number = f.String("题号", "Number")
    text = f.String("题目", "Question")
    kind = f.Choice("题型", "Kind", KINDS)
    weight = f.String("权重（%）", "Weight (%)", allow_none=True)
    all = f.Nested("合计", "All operators", CellOut, allow_none=True)
    operators = f.List("各企业", "By operator", f.Nested("企业", "Operator", CellOut, allow_none=True))
    options = f.List("各选项", "By option", f.Nested("选项", "Option", OptionFiguresOut))


class SectionFiguresOut(f.Schema):
    number = f.Integer("序号", "Number")
    title = f.String("部分名称", "Title")
    weight = f.String("权重（%）", "Weight (%)")
    index = f.String("指数", "Index", allow_none=True)
    operators = f.List("各企业指数", "Index by operator", f.String("指数", "Index", allow_none=True))
    questions = f.List("题目", "Questions", f.Nested("题目", "Question", QuestionFiguresOut))


class OperatorFiguresOut(f.Schema):
    operator_id = f.UUID("电信运营企业", "Operator")
    short_name = f.String("简称", "Short name")
    valid = f.Integer("有效答卷数", "Valid responses", allow_none=True)
    index = f.String("满意度指数", "Satisfaction index", allow_none=True)


class FiguresOut(f.Schema):
    """All that is shown of a survey. Lists by operator are in the order of ``operators``; nothing about fewer than five
    is shown, nor can be had by subtraction (M8). ``rate`` is valid responses in a hundred that were asked."""

    terms = f.String("调查规定版本", "Version of the terms")
    formula = f.String("指数公式", "Formula of the index")
    invited = f.Integer("发放问卷数", "Invited")
    valid = f.Integer("有效答卷数", "Valid responses", allow_none=True)
    rate = f.String("有效回收率（%）", "Response rate (%)", allow_none=True)
    index = f.String("满意度指数", "Satisfaction index", allow_none=True)
    operators = f.List("各企业", "Operators", f.Nested("企业", "Operator", OperatorFiguresOut))
    sections = f.List("各部分", "Sections", f.Nested("部分", "Section", SectionFiguresOut))
