"""异议, objections against publicised results and their decision (C6, X8)."""
