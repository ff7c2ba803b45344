"""Who may do what with studies (M12)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.study.*"],
    "officer": ["membership.study.read"],
}
