"""Made-up orders with a planted share of late and missing ones."""
