"""Who signs what on a day: posts, absences and the bands of the finance rules (F1–F4, G11, X8)."""
