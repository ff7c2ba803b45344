"""Who may do what with activities (M9). Whoever may request an expenditure may request a gift to be given."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": [
        "membership.activity.*",
        "membership.sign_up.*",
        "membership.check_in.*",
        "membership.entry.*",
        "membership.judging.*",
        "membership.gift.read",
        "membership.gift.receive",
        "membership.gift.reverse",
    ],
    "accountant": ["membership.gift.*"],
    "cashier": ["membership.gift.read"],
    "officer": ["membership.activity.read", "membership.judging.read", "membership.gift.*"],
    "deputy_secretary_general": [
        "membership.activity.read",
        "membership.judging.read",
        "membership.gift.read",
        "membership.gift.give",
    ],
    "representative": [OwnUnit("membership.sign_up.*"), OwnUnit("membership.entry.*")],
}
