"""Absences 请假: who is away from a post on record, and who acts for them then (G11)."""
