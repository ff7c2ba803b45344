"""Complaints 投诉 about breaches of the pact, and their handling (M12)."""
