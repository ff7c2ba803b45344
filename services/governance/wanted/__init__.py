"""What waits for a resolution of a body: expenditures (F4, G9) and applications for membership (M1)."""
