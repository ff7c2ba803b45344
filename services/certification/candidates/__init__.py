"""报名, who enrols in a batch and with what (C1, C2, X5)."""
