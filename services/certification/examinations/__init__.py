"""What was scored in each part, and whether it passes (C5)."""
