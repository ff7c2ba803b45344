"""Who may do what with the aging of dues (M4)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    **dict.fromkeys(
        ("clerk", "accountant", "cashier", "officer", "deputy_secretary_general"), ("membership.dues_aging.read",)
    ),
}
