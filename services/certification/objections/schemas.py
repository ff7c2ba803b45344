"""What comes in about objections; what goes out stands with candidates, who show theirs."""

from services.certification.vocabulary import RULINGS
from shared.api import fields as f


class ObjectionIn(f.Schema):
    grounds = f.String("异议内容", "Grounds", required=True, max_length=2000)


class DecisionIn(f.Schema):
    decision = f.Choice("处理结论", "Decision", RULINGS, required=True)
    reason = f.String("处理理由", "Reason", required=True, max_length=2000)
