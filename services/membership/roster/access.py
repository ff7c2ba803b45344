"""Who may do what with the roster (M1, X12)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.roster.*"],
    "officer": ["membership.roster.export"],
}
