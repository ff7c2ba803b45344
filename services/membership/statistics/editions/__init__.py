"""Editions 汇总: the figures of a month over all units, as they were added up and published (M13)."""
