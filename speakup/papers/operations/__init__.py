"""Everything that changes a publication."""
