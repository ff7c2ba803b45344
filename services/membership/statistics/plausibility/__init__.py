"""Plausibility checks 数据校验: what is doubtful in figures, and what is said to it (M13)."""
