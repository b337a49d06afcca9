"""Rows of a file become records through the form that a person fills in."""
