"""Who may do what with industry statistics (M13)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.statistics.*", "membership.figure.report", "membership.figure.read"],
    **dict.fromkeys(
        ("exam_officer", "editor", "correspondent", "accountant", "cashier", "officer", "deputy_secretary_general"),
        ("membership.statistics.read",),
    ),
    "representative": [
        OwnUnit("membership.figure.report"),
        OwnUnit("membership.figure.read"),
        OwnUnit("membership.figure.explain"),
        "membership.statistics.read",
    ],
}
