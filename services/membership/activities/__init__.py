"""Activities 活动: planned, signed up for, attended, judged; and the gifts 捐赠 received and given (M9)."""
