"""Roles 角色: which of them nobody has together (X8)."""
