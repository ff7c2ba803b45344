"""Reporting periods 统计期: a month, who reports for it and until when (M13)."""
