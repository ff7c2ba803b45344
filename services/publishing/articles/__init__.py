"""Articles 稿件: their length, their reviews, their states (P1, P5, P6)."""
