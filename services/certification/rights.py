"""Who may do what in certification: nobody by one role plans, scores, reviews and certifies (C4, X8)."""

from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.identity.reach import Grants
from shared.personal.operations import SEE, SWEEP

_FOLLOWS = ["certification.batch.read", "certification.candidate.read"]
_SEES = [*_FOLLOWS, "certification.objection.read", "certification.certificate.read"]

GRANTS: Grants = {
    "service:membership": [SEE],
    "administrator": [PERMISSION, READ_AUDIT, SWEEP],
    "inspector": [READ_AUDIT],
    "exam_officer": [
        *_SEES,
        "certification.batch.plan",
        "certification.candidate.enrol",
        "certification.batch.examine",
        "certification.result.publicise",
        "certification.objection.raise",
        "certification.objection.decide",
        "certification.result.report",
        "certification.certificate.revoke",
    ],
    "assessor": [*_FOLLOWS, "certification.score.enter", "certification.score.close"],
    "exam_supervisor": [*_SEES, "certification.result.review"],
}
