"""Directories: each says its model, its place in the menu and its address; the rest is the base's."""
