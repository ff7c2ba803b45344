"""Service cases 服务事项: members' concerns, legal advice and the defence of their rights, some confidential (M7)."""
