"""The region, its municipalities, and the tree of organisations below them."""
