"""Member units 会员单位 (M1, M2)."""
