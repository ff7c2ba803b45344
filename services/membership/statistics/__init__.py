"""Industry statistics 行业统计: what is counted, who reports it, what is doubtful in it, and its sum (M13)."""
