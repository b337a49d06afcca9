"""Orders, the movement book, memberships of classes."""
