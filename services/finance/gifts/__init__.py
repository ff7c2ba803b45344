"""Gifts 捐赠 as membership tells of them: income of those received, an expenditure for each to be given (M9, F7)."""
