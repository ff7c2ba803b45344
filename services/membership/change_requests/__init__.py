"""Change requests 变更申请: what a unit's own people ask to have changed about it, and who approved that (M1, X8)."""
