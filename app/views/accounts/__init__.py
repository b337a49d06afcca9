"""Accounts, appointments, the matrix of rights."""
