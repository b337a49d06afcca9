"""Compliance with the terms, and the printed forms."""
