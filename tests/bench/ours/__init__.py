"""Our side of the benchmark: two small services, and how they are run and called. Nothing of the chassis is off."""
