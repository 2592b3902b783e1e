"""History again: `psea replay` and its report."""
