"""Self-discipline 行业自律: the pact of the industry, and complaints about breaches of it (M12)."""
