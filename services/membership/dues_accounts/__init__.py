"""The yearly account of dues 会费专账: figures, on paper, and sent to the members (M3)."""
