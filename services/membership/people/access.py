"""Who may do what with people (X5)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.person.*"],
}
