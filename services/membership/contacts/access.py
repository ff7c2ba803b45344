"""Who may do what with contacts of units (M4)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.contact.*"],
    "representative": [OwnUnit("membership.contact.*")],
}
