"""National standards that any service may need: identity numbers, names, working days. Pure, no I/O."""
