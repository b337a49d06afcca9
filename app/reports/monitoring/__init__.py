"""Forms about all terms."""
