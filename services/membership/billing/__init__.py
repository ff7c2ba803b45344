"""Billing runs 年度会费开具: every member invoiced its dues of a year, in one go and once (M3)."""
