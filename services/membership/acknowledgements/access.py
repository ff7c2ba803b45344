"""Who may do what with acknowledgements (M6)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": [
        "membership.acknowledgement.serve",
        "membership.acknowledgement.read",
        "membership.acknowledgement.report",
    ],
    "officer": ["membership.acknowledgement.read", "membership.acknowledgement.report"],
    "deputy_secretary_general": ["membership.acknowledgement.read", "membership.acknowledgement.report"],
    "representative": [OwnUnit("membership.acknowledgement.read"), OwnUnit("membership.acknowledgement.give")],
}
