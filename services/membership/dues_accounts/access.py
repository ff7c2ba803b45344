"""Who may do what with the yearly dues account (M3)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.dues_account.*", "membership.unit_account.read"],
    **dict.fromkeys(
        ("accountant", "cashier", "officer", "deputy_secretary_general"),
        ("membership.dues_account.read", "membership.unit_account.read"),
    ),
    "representative": [OwnUnit("membership.unit_account.read"), "membership.dues_account.read"],
}
