"""Every change to a learning action."""
