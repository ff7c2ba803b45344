"""Who may do what with dues standards (M3)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.dues_standard.*"],
    **dict.fromkeys(
        (
            "exam_officer",
            "editor",
            "correspondent",
            "accountant",
            "cashier",
            "officer",
            "deputy_secretary_general",
            "representative",
        ),
        ("membership.dues_standard.read",),
    ),
}
