"""What the made-up region stands on: its plan, names, numbers, places, rows."""
