"""Satisfaction surveys 电信服务用户满意度调查: planned, asked, answered, counted, reported (M8)."""
