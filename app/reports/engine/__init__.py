"""Sheets, tables, text and fonts of every printed form."""
