"""Studies 课题 commissioned by government: agreement, deliverables, acceptance (M12)."""
