"""Membership 会员: units, the people who represent them, and the accounts they sign in with (M1, M2, M11)."""
