"""Who may do what with what a unit asks to have changed (M1)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.change_request.read", "membership.change_request.decide"],
    "representative": [OwnUnit("membership.change_request.read"), OwnUnit("membership.change_request.propose")],
}
