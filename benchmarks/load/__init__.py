"""What the measurements share: a visitor who fills in real forms, a place to visit, and cases to find there."""
