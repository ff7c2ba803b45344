"""Finance 财务: what the association owes and is owed; so far the manuscript fees of its authors (F14)."""
