"""Reminders 催收: which unit is reminded of which invoice on which day, by mail or by hand, and the log of it (M4)."""
