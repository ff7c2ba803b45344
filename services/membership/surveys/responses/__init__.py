"""Responses 答卷: by invitation, by a clerk or from a sheet, with or without a telephone number (M8, X10, X11)."""
