"""公示, results before the public, objections and who is clear (C6, P10)."""
