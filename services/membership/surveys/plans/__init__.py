"""Plans 调查方案: what a survey is for, whom it asks about which operators, and when it is open (M8)."""
