"""Manuscript fees 稿酬: what a published article earns its author (P6, P8)."""
