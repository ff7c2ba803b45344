"""Mail addresses 本人邮箱: where somebody gets a link to set a lost password anew (M11)."""
