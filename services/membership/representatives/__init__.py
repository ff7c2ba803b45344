"""Representatives 单位代表: which person acts for which unit, from which day to which (M2)."""
