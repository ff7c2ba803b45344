"""The newsletter 会刊: its issues, regular and special (P1)."""
