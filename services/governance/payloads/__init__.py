"""What a resolution carries for others to act on: a dues standard, a limit to spend, a revocation (M3, F4, X7)."""
