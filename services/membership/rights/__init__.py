"""Rights 权限: what somebody may act as today, by the roles granted and the posts held (M11, G11)."""
