"""Personal data: which column holds some and of which class, how long it is kept and why, what is held on a person,
and how it is erased without touching numbers, sums and the audit trail (ADR 0037)."""
