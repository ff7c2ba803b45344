"""Honorary posts 名誉职务: who holds which, by the council's resolution; without vote and without rights (M10)."""
