"""Membership dues 会费 as receivables: paid in parts, overpaid, settled, acknowledged by a slip (M3, F12)."""
