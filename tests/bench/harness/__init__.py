"""How it is measured: rounds, roles, places, figures and the report."""
