"""Records of one owner as a grid: each cell is filled in place and saved by a request of its own."""
