"""Publishing 信息与文稿: articles, the newsletter they appear in and the fee they earn (P1, P5, P6, P8)."""
