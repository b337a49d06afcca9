"""Printed papers of accounts and rights."""
