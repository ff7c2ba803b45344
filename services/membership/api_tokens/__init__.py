"""API tokens 接口令牌: what a machine of somebody's asks with, held to a part of their rights (M11)."""
