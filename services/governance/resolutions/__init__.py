"""Resolutions 决议: adopted motions under their numbers, until revoked or superseded (X6, X7)."""
