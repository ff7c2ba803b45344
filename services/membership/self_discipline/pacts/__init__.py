"""The pact 自律公约 in its versions, and who signed it (M12)."""
