"""Addresses 来源地址: guessing from one place is slowed down, whatever names are guessed at (M11)."""
