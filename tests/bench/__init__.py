"""``make bench``: how fast this is, beside others that do the same work in the same minute."""
