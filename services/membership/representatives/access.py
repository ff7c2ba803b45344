"""Who may do what with representatives (M2)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.representative.*"],
    "representative": [OwnUnit("membership.representative.read")],
}
