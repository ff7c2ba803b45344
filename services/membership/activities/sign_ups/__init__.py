"""Sign-ups 报名 and the waiting list 候补 (M9)."""
