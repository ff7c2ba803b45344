"""Who may do what with member units (M1)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    **dict.fromkeys(
        ("service:finance", "exam_officer", "editor", "accountant", "cashier", "officer", "deputy_secretary_general"),
        ("membership.unit.read",),
    ),
    "clerk": ["membership.unit.*"],
    "correspondent": [OwnUnit("membership.unit.read")],
    "representative": [OwnUnit("membership.unit.read"), OwnUnit("membership.unit.withdraw")],
}
