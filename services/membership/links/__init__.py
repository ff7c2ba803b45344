"""Links 链接: handed to somebody so that they set a password of their own, as a newcomer or having lost it (M11)."""
