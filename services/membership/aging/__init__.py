"""Aging 会费账龄: what is open of dues, by tier and by how long it is overdue (M4)."""
