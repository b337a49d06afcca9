"""Directories (справочники), which the region and the schools share: the Administrator's alone to keep (3.3.2.2)."""
