"""Who may read reductions of invoices (M3)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    **dict.fromkeys(
        ("clerk", "accountant", "cashier", "officer", "deputy_secretary_general"),
        ("membership.invoice_reduction.read",),
    ),
    "representative": [OwnUnit("membership.invoice_reduction.read")],
}
