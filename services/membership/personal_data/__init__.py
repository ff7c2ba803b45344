"""Personal data 个人信息: what people may ask of theirs, and erasures across all services (X11, X12)."""
