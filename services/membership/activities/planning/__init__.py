"""Planning 活动计划: what is to take place, for whom, and what became of it (M9)."""
