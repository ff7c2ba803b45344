"""Acknowledgements 落实情况: what was served on which units, who has read and acknowledged it (M6)."""
