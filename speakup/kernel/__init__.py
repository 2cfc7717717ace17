"""The vocabulary every package shares: database, unit of work, actor, errors, identifiers, clock."""
