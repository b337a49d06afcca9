"""Which rule looks at which columns, a file a group."""
