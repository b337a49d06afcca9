"""Accounts, the rights of roles, one's own profile."""
