"""What may be certified: occupations, work types and levels (C1)."""
