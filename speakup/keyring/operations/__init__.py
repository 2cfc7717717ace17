"""Every change to keys: accounts, the key log, compartments, reporters, sessions."""
