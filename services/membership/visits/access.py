"""Who may do what with research visits (M12)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.visit.*"],
    "officer": ["membership.visit.read"],
}
