"""Who may do what with self-discipline (M12)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": [
        "membership.pact.*",
        "membership.signature.*",
        "membership.complaint.record",
        "membership.complaint.read",
        "membership.complaint.handle",
        "membership.complaint_notice.read",
    ],
    "officer": [
        "membership.pact.read",
        "membership.signature.read",
        "membership.complaint.read",
        "membership.complaint.judge",
    ],
    "representative": [
        OwnUnit("membership.signature.make"),
        OwnUnit("membership.signature.read"),
        OwnUnit("membership.complaint_notice.*"),
        "membership.pact.read",
    ],
}
