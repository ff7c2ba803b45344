"""Who may do what with applications for membership (M1)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.application.*"],
    "officer": ["membership.application.read"],
    "deputy_secretary_general": ["membership.application.read"],
}
