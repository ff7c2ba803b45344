"""Who may do what with reminders (M4)."""

from shared.identity.reach import Grants, OwnUnit

GRANTS: Grants = {
    "clerk": ["membership.reminder.*"],
    **dict.fromkeys(("accountant", "cashier", "officer", "deputy_secretary_general"), ("membership.reminder.read",)),
    "representative": [OwnUnit("membership.reminder.read")],
}
