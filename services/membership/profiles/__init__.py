"""Profiles of units 单位档案: everything the association knows of a unit (M1)."""
