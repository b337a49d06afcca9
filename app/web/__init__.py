"""Plumbing of a request: gate, errors, static files, health, cleaned arguments."""
