"""Who may do what in publishing: roles and their permissions."""

from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.identity.principals import Grants
from shared.personal.operations import SEE, SWEEP

EDIT = "publishing.article.edit"
"""What makes an editor: the editorial review, and every unit's articles in the register."""

GRANTS: Grants = {
    "service:membership": [SEE],
    "administrator": [PERMISSION, READ_AUDIT, SWEEP],
    "inspector": [READ_AUDIT],
    "correspondent": ["publishing.article.submit", "publishing.article.read", "publishing.article.review"],
    "editor": ["publishing.*"],
}
