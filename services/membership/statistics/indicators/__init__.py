"""Indicators 统计指标: what is counted, in versions (M13, X4)."""
