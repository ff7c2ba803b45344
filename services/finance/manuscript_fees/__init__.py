"""Manuscript fees 稿费 as a debt to the author: accrued, paid, taxed, reversed (F14)."""
