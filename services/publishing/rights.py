"""Who may do what in publishing: roles and their permissions."""

from shared.api.administration import PERMISSION
from shared.identity.principals import Grants

EDIT = "publishing.article.edit"
"""What makes an editor: the editorial review, and every unit's articles in the register."""

GRANTS: Grants = {
    "administrator": [PERMISSION],
    "correspondent": ["publishing.article.submit", "publishing.article.read", "publishing.article.review"],
    "editor": ["publishing.*"],
}
