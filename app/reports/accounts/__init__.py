"""Printed papers of accounts and rights: the matrix, slips, the sheet of handing over."""
