"""Who may do what with dues (M3, M4)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": [
        "membership.invoice.*",
        "membership.standing.*",
        "membership.dues_standard.*",
        "membership.billing_run.*",
        "membership.dues_aging.read",
    ],
    **dict.fromkeys(("exam_officer", "editor", "correspondent"), ("membership.dues_standard.read",)),
    **dict.fromkeys(
        ("accountant", "cashier", "officer", "deputy_secretary_general"),
        (
            "membership.dues_standard.read",
            "membership.invoice.read",
            "membership.standing.read",
            "membership.billing_run.read",
            "membership.dues_aging.read",
        ),
    ),
    "representative": [
        OwnUnit("membership.invoice.read"),
        OwnUnit("membership.standing.read"),
        "membership.dues_standard.read",
    ],
}
