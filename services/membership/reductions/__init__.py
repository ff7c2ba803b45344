"""Reductions of invoices 核减: what units that leave owe no more, as the dues standard says (M3, X7)."""
