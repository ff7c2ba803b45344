"""People 人员: who represents a unit, works for the association or writes for it (X5)."""
