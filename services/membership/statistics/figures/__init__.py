"""Figures 统计数据: what a unit reports of an indicator for a month (M13)."""
