"""认定批次, a batch from its draft to its certificates (C2)."""
