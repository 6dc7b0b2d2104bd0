"""Programs that a node runs for itself: short-lived children, and the helper."""
