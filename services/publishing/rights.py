"""Who may do what in publishing: roles and their permissions."""

from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.identity.reach import Grants, OwnUnit
from shared.personal.operations import SEE, SWEEP

EDIT = "publishing.article.edit"
"""What makes an editor: the editorial review."""

GRANTS: Grants = {
    "service:membership": [SEE],
    "administrator": [PERMISSION, READ_AUDIT, SWEEP],
    "inspector": [READ_AUDIT],
    # Another unit's text may hold what the trade-secret check will hold back (P5), and its fee is not theirs to see;
    # what came out is read in the newsletter.
    "correspondent": [
        OwnUnit("publishing.article.submit"),
        OwnUnit("publishing.article.read"),
        OwnUnit("publishing.article.review"),
    ],
    "representative": [OwnUnit("publishing.article.read")],
    "editor": ["publishing.*"],
}
