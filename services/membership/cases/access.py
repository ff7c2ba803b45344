"""Who may do what with service cases (M7). Confidential ones are for those on them, whatever their other roles."""

from shared.identity.reach import Grants, Own, OwnUnit

GRANTS: Grants = {
    "clerk": [
        "membership.case.*",
        "membership.confidential_case.raise",
        Own("membership.confidential_case.read"),
        Own("membership.confidential_case.write"),
        Own("membership.confidential_case.handle"),
    ],
    "officer": [
        Own("membership.case.read"),
        Own("membership.case.write"),
        Own("membership.case.reply"),
        Own("membership.case.close"),
        "membership.case.count",
        Own("membership.confidential_case.read"),
        Own("membership.confidential_case.write"),
        Own("membership.confidential_case.handle"),
        "membership.confidential_case.count",
    ],
    "deputy_secretary_general": [
        Own("membership.case.read"),
        Own("membership.case.write"),
        Own("membership.case.reply"),
        Own("membership.case.close"),
        Own("membership.confidential_case.read"),
        Own("membership.confidential_case.write"),
        Own("membership.confidential_case.handle"),
    ],
    # A lawyer from outside, who sees what they have in hand or were asked about.
    "legal_counsel": [
        Own("membership.case.read"),
        Own("membership.case.write"),
        Own("membership.case.reply"),
        Own("membership.case.close"),
        Own("membership.confidential_case.read"),
        Own("membership.confidential_case.write"),
        Own("membership.confidential_case.handle"),
    ],
    "representative": [
        OwnUnit("membership.case.raise"),
        OwnUnit("membership.case.read"),
        OwnUnit("membership.case.write"),
        OwnUnit("membership.confidential_case.raise"),
        Own("membership.confidential_case.read"),
        Own("membership.confidential_case.write"),
    ],
}
