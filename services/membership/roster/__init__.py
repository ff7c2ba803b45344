"""The roster 会员名册: all member units as one sheet, out and in (M1, M2, X6)."""
