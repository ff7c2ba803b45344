"""Research visits 走访调研 to units, and what is to follow from them (M12)."""
