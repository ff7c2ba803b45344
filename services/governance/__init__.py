"""How the association decides: its bodies, how each of them votes, its posts and who holds them."""
