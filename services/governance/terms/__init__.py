"""Terms of office 届期: when each began, when it ends and what is uncertain about that (G3)."""
