"""Compliance with the terms and the data of the forms."""
