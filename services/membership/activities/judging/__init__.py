"""Judging 评选: entries, scores, ranking, and prizes by a decision of the council (M9, G21, X8)."""
