"""Sessions 登录: signing in and out, tokens that run on, guesses that are slowed down (M11)."""
