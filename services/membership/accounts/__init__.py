"""Accounts 账号: user names, passwords and roles (M11)."""
