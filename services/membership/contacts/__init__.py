"""Contacts 会费联系邮箱: where a unit gets what it is sent about its dues, and how it is sent (M4, M5, X5)."""
