"""Every reading of a case."""
