"""成绩登记, the sheet of scores that comes back from an examination (C5, X5)."""
