"""Pure decisions about keys: what the key log says, and whether a key record checks out."""
