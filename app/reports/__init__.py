"""Printed forms: data in, PDF bytes out. No query, no request, no clock."""
