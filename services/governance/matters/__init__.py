"""Matters 议题: what there is to decide, and which body decides it (G1)."""
