"""Who may do what with notices to units (M5)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.notice.read"],
    "representative": [OwnUnit("membership.notice.read")],
}
