"""Who may do what with profiles of units (M1)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    **dict.fromkeys(
        ("clerk", "exam_officer", "editor", "accountant", "cashier", "officer", "deputy_secretary_general"),
        ("membership.profile.read",),
    ),
    "representative": [OwnUnit("membership.profile.read")],
}
