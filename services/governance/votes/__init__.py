"""Votes 表决: ballots counted and what came of them (G12)."""
