"""Made-up families and staff."""
