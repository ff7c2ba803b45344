"""Who may do what with billing runs (M3)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.billing_run.*"],
    **dict.fromkeys(("accountant", "cashier", "officer", "deputy_secretary_general"), ("membership.billing_run.read",)),
}
