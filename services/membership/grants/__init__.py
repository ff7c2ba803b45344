"""Grants 授予: the staff roles of an account, each from one day up to another (M11, X7)."""
