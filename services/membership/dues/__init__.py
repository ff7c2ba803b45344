"""Membership dues 会费: the standard that the assembly sets, invoices by it, and the standing that follows (M3, M4)."""
