"""Meetings 会议 of the bodies: called, opened, adjourned, closed, and the motions put there (G2, G5, G8, G9)."""
