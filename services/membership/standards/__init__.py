"""Dues standards 会费标准: what the assembly resolved that units pay, and when members were told (M3)."""
