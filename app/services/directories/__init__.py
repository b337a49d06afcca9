"""Shared directories: saving an entry, and the region's entries that come with the program."""
