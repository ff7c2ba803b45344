"""Motions 议案: put before a meeting, voted on, and what follows from the vote (G1, G12)."""
