"""Reports 调查报告: drafted, audited by others, published, reported to members and the authority (M8, X7, X8)."""
