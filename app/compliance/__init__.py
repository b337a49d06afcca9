"""Rules bound to facts: due dates, statuses and their reasons."""
