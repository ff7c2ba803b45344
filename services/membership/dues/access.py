"""Who may do what with dues (M3, M4)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.invoice.*", "membership.standing.*"],
    **dict.fromkeys(
        ("accountant", "cashier", "officer", "deputy_secretary_general"),
        ("membership.invoice.read", "membership.standing.read"),
    ),
    "representative": [OwnUnit("membership.invoice.read"), OwnUnit("membership.standing.read")],
}
